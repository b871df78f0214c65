import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit, usageError } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { noUse, projectUse, type UseRow } from '../../../../shared/resources/service-use.ts';
import { listPrinter } from '../../../../shared/view/list-printer.ts';
import { formats, isFormat } from '../../../../shared/view/print.ts';
import { useColumns, useData, useVersion } from '../../../../shared/view/service-use.ts';

export class ServicesStats extends KubeCommand {
  static override paths = [['services', 'stats']];

  static override usage = {
    description: 'see what runs in a project, and how much it uses of what it asks for',
    details: `
      CPU and memory of each component, or of each pod of those that are named: what is used, what is asked for (request/limit), and
      the part that is used of the limit, of the request where there is none. From the metrics API where the cluster has one,
      otherwise from the kubelets of the nodes.
    `,
    examples: [
      ['the whole project', 'kubectl kf services stats'],
      ['each pod of a job', 'kubectl kf services stats trainjob/digits'],
      ['for a script: cores and bytes', 'kubectl kf services stats -o json'],
    ] as [string, string][],
  };

  static override completes: Completes = { selector: 'none', output: formats, names: 'component' };

  selector = Option.String('-l,--selector', { description: 'only with these labels: key=value,…' });
  output = Option.String('-o,--output', { validator: isFormat, description: 'table, wide, json, yaml or name' });
  names = Option.Rest({ name: 'name' });

  async execute(): Promise<number> {
    if (this.names.length > 0 && this.selector) throw usageError('give names or -l, not both');
    const kube = await this.kube();
    const answer = this.names.length > 0 ? await this.#ofNames() : await projectUse(kube, this.context, this.selector);
    this.checkInterrupt();
    if (answer.rows.length === 0 && this.names.length === 0) {
      const { checkNamespace } = await import('../../../../shared/resources/namespace.ts');
      await checkNamespace(kube, kube.namespace);
    }
    const printer = await listPrinter<UseRow>(this.context, this.output, {
      columns: useColumns(this.context.stdout.isTTY === true),
      head: { apiVersion: useVersion, kind: 'ServiceStatsList' },
      data: useData,
      object: ({ object }) => object,
    });
    await printer.add(answer.rows);
    await printer.end(answer.lacking);
    if (answer.rows.length === 0) this.say(`nothing runs in ${kube.namespace}`);
    else if (answer.source === 'none') throw noUse(answer);
    else for (const line of answer.lacking) this.say(line);
    return Exit.ok;
  }

  async #ofNames() {
    const { podsBehind } = await import('../../../../shared/resources/service-target.ts');
    const { useOfPods } = await import('../../../../shared/resources/service-use.ts');
    const kube = await this.kube();
    const pods = await Promise.all(this.names.map((word) => podsBehind(kube, this.context, word)));
    return useOfPods(kube, this.context, pods.flat());
  }
}
