import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit } from '../../../../shared/cli/errors.ts';
import { isDuration, timeoutMs } from '../../../../shared/cli/timeout.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { findAll, setSuspendAll } from '../../../../shared/resources/change.ts';

export class TrainResume extends KubeCommand {
  static override paths = [['train', 'resume']];

  static override usage = {
    description: 'let suspended jobs go on',
    details: `
      Lets jobs that were suspended, or made so, start again.
    `,
    examples: [
      ['let it go on', 'kubectl kf train resume digits'],
      ['and wait until it runs', 'kubectl kf train resume digits --wait --timeout 5m'],
    ] as [string, string][],
  };

  static override completes: Completes = { timeout: 'none', names: 'job' };

  wait = Option.Boolean('--wait', false, { description: 'wait until it runs' });
  timeout = Option.String('--timeout', { validator: isDuration, description: 'with --wait: give up after this long' });
  names = Option.Rest({ name: 'name', required: 1 });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const jobs = await findAll(kube, this.context, this.names);
    const changed = await setSuspendAll(kube, jobs, false, {
      before: () => this.checkInterrupt(),
      say: (line) => this.say(line),
    });
    if (!this.wait) return Exit.ok;
    const { waitForAll } = await import('../../../../shared/view/wait-line.ts');
    return waitForAll(kube, this.context, changed, 'running', timeoutMs(this.timeout));
  }
}
