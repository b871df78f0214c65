import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { findJob } from '../../../../shared/resources/find.ts';
import { formats, isFormat, isRaw, printObject } from '../../../../shared/view/print.ts';

export class TrainGet extends KubeCommand {
  static override paths = [['train', 'get']];

  static override usage = {
    description: 'show a job: its state and why, its nodes, its last events',
    details: `
      Shows what the job runs, its state and why it waits or failed, each rank's pod with its exit code, the last lines of a
      rank that failed, and the last events. The job may be of any kind; where two kinds have one of that name, give kind/name.
    `,
    examples: [
      ['all about one job', 'kubectl kf train get digits'],
      ['the object itself', 'kubectl kf train get digits -o yaml'],
      ['one of another kind', 'kubectl kf train get pytorchjob/bert'],
    ] as [string, string][],
  };

  static override completes: Completes = { output: formats, name: 'job' };

  output = Option.String('-o,--output', { validator: isFormat, description: 'table, wide, json, yaml or name' });
  name = Option.String({ name: 'name' });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const job = await findJob(kube, this.context, this.name);
    if (isRaw(this.output)) {
      await printObject(this.context, this.output, job.object);
      return Exit.ok;
    }
    const { jobDetail } = await import('../../../../shared/resources/detail.ts');
    const detail = await jobDetail(kube, this.context, job);
    this.checkInterrupt();
    const { printDetail } = await import('../../../../shared/view/detail.ts');
    await printDetail(this.context, detail, this.output === 'wide');
    return Exit.ok;
  }
}
