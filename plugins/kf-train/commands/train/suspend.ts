import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit } from '../../../../shared/cli/errors.ts';
import { isDuration, timeoutMs } from '../../../../shared/cli/timeout.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { findAll, setSuspendAll } from '../../../../shared/resources/change.ts';

export class TrainSuspend extends KubeCommand {
  static override paths = [['train', 'suspend']];

  static override usage = {
    description: 'stop jobs for a while and free what they hold',
    details: `
      The pods are stopped; the job stays and begins anew when it is resumed, from its last checkpoint where the code keeps one.
    `,
    examples: [
      ['free its nodes', 'kubectl kf train suspend digits'],
      ['and wait until its pods have stopped', 'kubectl kf train suspend digits --wait --timeout 5m'],
    ] as [string, string][],
  };

  static override completes: Completes = { timeout: 'none', names: 'job' };

  wait = Option.Boolean('--wait', false, { description: 'wait until its pods have stopped' });
  timeout = Option.String('--timeout', { validator: isDuration, description: 'with --wait: give up after this long' });
  names = Option.Rest({ name: 'name', required: 1 });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const jobs = await findAll(kube, this.context, this.names);
    const changed = await setSuspendAll(kube, jobs, true, {
      before: () => this.checkInterrupt(),
      say: (line) => this.say(line),
    });
    if (!this.wait) return Exit.ok;
    const { waitForAll } = await import('../../../../shared/view/wait-line.ts');
    return waitForAll(kube, this.context, changed, 'suspended', timeoutMs(this.timeout));
  }
}
