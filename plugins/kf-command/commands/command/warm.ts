import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit, usageError } from '../../../../shared/cli/errors.ts';
import { isDuration, timeoutMs } from '../../../../shared/cli/timeout.ts';
import type { Completes } from '../../../../shared/completion/table.ts';

export class CommandWarm extends KubeCommand {
  static override paths = [['command', 'warm']];

  static override usage = {
    description: 'keep a pod ready in the project, so that subcommands start there at once',
    details: `
      A run in the cluster takes a job of its own otherwise, whose pod needs some seconds to start. The runner takes the runs of everyone in the project
      that want its image, each in a folder of its own; it ends when none has come for a while.
    `,
    examples: [
      ['for as long as it is used', 'kubectl kf command warm'],
      ['also over a longer break', 'kubectl kf command warm --for 2h'],
      ['end it', 'kubectl kf command warm --stop'],
    ] as [string, string][],
  };

  static override completes: Completes = { unused: 'none', image: 'none' };

  unused = Option.String('--for', '30m', {
    validator: isDuration,
    description: 'end it when it was unused for this long: 30m (that is the default), 2h',
  });
  image = Option.String('--image', { description: "for runs with this image, in place of the cluster's own" });
  stop = Option.Boolean('--stop', false, { description: 'end it, and what runs in it' });

  async execute(): Promise<number> {
    if (this.stop && this.image !== undefined) throw usageError('--stop takes no --image: a project has one runner');
    const [{ warm, cool }, kube] = await Promise.all([import('../../../../shared/added/warm.ts'), this.kube()]);
    if (this.stop) {
      await cool(kube);
      this.say(`the runner in ${kube.namespace} ends`);
      return Exit.ok;
    }
    const { image, already } = await warm(kube, this.context, this.image, timeoutMs(this.unused)!);
    this.say(`the runner in ${kube.namespace} is ready${already ? ', as before' : ''} (${image})`);
    if (!already) this.say(`it ends when unused for ${this.unused}, or with: kubectl kf command warm --stop`);
    return Exit.ok;
  }
}
