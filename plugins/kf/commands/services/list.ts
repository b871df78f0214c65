import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit, KfError } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { listServices, type ServiceEntry } from '../../../../shared/resources/services.ts';
import { listPrinter } from '../../../../shared/view/list-printer.ts';
import { formats, isFormat } from '../../../../shared/view/print.ts';
import { serviceColumns, serviceData, servicesVersion } from '../../../../shared/view/services.ts';

export class ServicesList extends KubeCommand {
  static override paths = [
    ['services', 'list'],
    ['services', 'ls'],
  ];

  static override usage = {
    description: 'list what a project serves, and how to reach it',
    details: `
      Dashboards, notebooks, model servers, TensorBoards and other Services, jobs and what is left of jobs, each with its state and
      its URL: that of an Ingress, an HTTPRoute, an Istio VirtualService, a load balancer or of its own status. Where there is none,
      the command that leads to it.
    `,
    examples: [
      ['what runs here and where', 'kubectl kf services list'],
      ['only what has a label', 'kubectl kf services list -l team=vision'],
      ['the URLs, for a script', 'kubectl kf services list -o json'],
    ] as [string, string][],
  };

  static override completes: Completes = { selector: 'none', output: formats };

  selector = Option.String('-l,--selector', { description: 'only with these labels: key=value,…' });
  output = Option.String('-o,--output', { validator: isFormat, description: 'table, wide, json, yaml or name' });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const printer = await listPrinter<ServiceEntry>(this.context, this.output, {
      columns: serviceColumns(this.context.now()),
      // Services come before jobs, whose words are longer.
      first: 100,
      head: { apiVersion: servicesVersion, kind: 'ServiceList' },
      data: serviceData,
      object: ({ object }) => object,
    });
    const refused: string[] = [];
    let found = 0;
    for await (const page of listServices(kube, this.context, { selector: this.selector })) {
      this.checkInterrupt();
      if (page.refused) refused.push(page.refused);
      found += page.entries.length;
      await printer.add(page.entries);
    }
    // A project that is not there has no services either, and says so.
    if (found === 0)
      await (await import('../../../../shared/resources/namespace.ts')).checkNamespace(kube, kube.namespace);
    await printer.end(refused);
    for (const line of refused) this.say(`${line}: there may be more`);
    if (found === 0 && refused.length > 0) {
      throw new KfError(Exit.forbidden, `not allowed: nothing in ${kube.namespace} may be listed that serves`, {
        hint: 'kubectl kf whoami says what you may do',
      });
    }
    if (found === 0)
      this.say(`nothing serves or runs in ${kube.namespace}${this.selector ? ` with ${this.selector}` : ''}`);
    return Exit.ok;
  }
}
