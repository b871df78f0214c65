import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit, KfError } from '../../../../shared/cli/errors.ts';
import { isDuration, timeoutMs } from '../../../../shared/cli/timeout.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { asLabel, serviceHealth } from '../../../../shared/resources/service-health.ts';
import { listPrinter } from '../../../../shared/view/list-printer.ts';
import { formats, isFormat } from '../../../../shared/view/print.ts';
import { healthColumns, healthData, healthVersion } from '../../../../shared/view/service-health.ts';

export class ServicesHealth extends KubeCommand {
  static override paths = [['services', 'health']];

  static override usage = {
    description: 'see whether what a project serves is ready and answers',
    details: `
      For each notebook, model server, dashboard and other Service: how many of its pods take connections, and whether it answers when
      the API server asks it for a page (any answer below 500 counts). The exit code is 1 where something is unhealthy or degraded;
      what was stopped is neither.
    `,
    examples: [
      ['all of the project', 'kubectl kf services health'],
      ['two of them, in a script', 'kubectl kf services health notebook/mine mlflow -o json'],
      ['only what has a label, with more patience', 'kubectl kf services health -l team=vision --timeout 20s'],
    ] as [string, string][],
  };

  static override completes: Completes = { selector: 'none', timeout: 'none', output: formats, names: 'service' };

  selector = Option.String('-l,--selector', { description: 'only with these labels: key=value,…' });
  timeout = Option.String('--timeout', '5s', {
    validator: isDuration,
    description: 'how long one answer may take; 5s',
  });
  output = Option.String('-o,--output', { validator: isFormat, description: 'table, wide, json, yaml or name' });
  names = Option.Rest({ name: 'name' });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const printer = await listPrinter(this.context, this.output, {
      columns: healthColumns,
      head: { apiVersion: healthVersion, kind: 'ServiceHealthList' },
      data: healthData,
      object: ({ entry }) => entry.object,
    });
    const refused: string[] = [];
    const found: string[] = [];
    let [worse, unknown] = [0, 0];
    const query = { selector: this.selector, names: this.names, timeoutMs: timeoutMs(this.timeout) };
    for await (const page of serviceHealth(kube, this.context, query)) {
      this.checkInterrupt();
      refused.push(...page.refused);
      await printer.add(page.found);
      for (const { health, entry } of page.found) {
        found.push(entry.label, entry.object.metadata.name);
        if (health === 'Unhealthy' || health === 'Degraded') worse++;
        if (health === 'Unknown') unknown++;
      }
    }
    const lacking = this.names.filter((name) => !found.includes(asLabel(name)));
    if (found.length === 0) {
      const { checkNamespace } = await import('../../../../shared/resources/namespace.ts');
      await checkNamespace(kube, kube.namespace);
    }
    await printer.end(refused);
    for (const line of refused) this.say(`${line}: this is not the whole answer`);
    if (lacking.length > 0) {
      const message = `nothing that serves is named ${lacking.join(', ')} in ${kube.namespace}`;
      throw new KfError(Exit.notFound, message, { hint: 'what there is: kubectl kf services' });
    }
    if (refused.length > 0 && (found.length === 0 || unknown === found.length / 2)) {
      throw new KfError(Exit.forbidden, `not allowed: nothing in ${kube.namespace} may be looked at`, {
        hint: 'kubectl kf whoami says what you may do',
      });
    }
    if (found.length === 0)
      this.say(`nothing serves in ${kube.namespace}${this.selector ? ` with ${this.selector}` : ''}`);
    return worse > 0 ? Exit.failed : Exit.ok;
  }
}
