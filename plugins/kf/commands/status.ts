import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import { Exit, usageError } from '../../../shared/cli/errors.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import { formats, isFormat, isRaw } from '../../../shared/view/print.ts';

export class Status extends KubeCommand {
  static override paths = [['status']];

  static override usage = {
    description: 'what runs in the project, what does not, and why',
    details: `
      With the name of a component (or kind/name): its state, why it waits or failed and what to do, what it owns, its pods with
      restarts, exit codes and nodes, the last events. Without: a line for each component of the project.
      Jobs, notebooks, model servers and plain workloads are all components.
    `,
    examples: [
      ['everything in this project', 'kubectl kf status'],
      ['one component', 'kubectl kf status digits'],
      ['where two have one name', 'kubectl kf status notebook/digits'],
      ['until it runs', 'kubectl kf status --watch digits'],
      ['for a script', 'kubectl kf status digits -o json'],
    ] as [string, string][],
  };

  static override completes: Completes = { selector: 'none', output: formats, component: 'component' };

  selector = Option.String('-l,--selector', { description: 'only with these labels: key=value,…' });
  watch = Option.Boolean('-w,--watch', false, { description: 'go on, and show what changes' });
  output = Option.String('-o,--output', { validator: isFormat, description: 'table, wide, json, yaml or name' });
  component = Option.String({ name: 'component', required: false });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const { component, output, selector, watch } = this;
    if (component && selector) throw usageError('-l chooses among components; with the name of one it says nothing');
    if (watch) {
      if (isRaw(output)) throw usageError(`--watch prints for people, not -o ${output}`);
      const { watchStatus } = await import('../../../shared/view/status-watch.ts');
      await watchStatus(kube, this.context, { component, selector, wide: output === 'wide' });
    } else {
      const { printComponent, printProject } = await import('../../../shared/view/status-print.ts');
      if (component) await printComponent(kube, this.context, component, output);
      else await printProject(kube, this.context, { selector }, output);
    }
    this.checkInterrupt();
    return Exit.ok;
  }
}
