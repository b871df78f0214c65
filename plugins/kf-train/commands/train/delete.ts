import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit, KfError, usageError } from '../../../../shared/cli/errors.ts';
import { isDuration, timeoutMs } from '../../../../shared/cli/timeout.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { findAll } from '../../../../shared/resources/change.ts';
import { deleteJob, goingText, whatGoes } from '../../../../shared/resources/delete.ts';
import { labelOf } from '../../../../shared/resources/find.ts';
import { oneOf } from '../../../../shared/view/print.ts';
import { canAsk, confirm } from '../../../../shared/view/prompt.ts';

export class TrainDelete extends KubeCommand {
  static override paths = [
    ['train', 'delete'],
    ['train', 'rm'],
  ];

  static override usage = {
    description: 'delete jobs with their pods, logs and code',
    details: `
      Shows what goes, asks, deletes, and waits until it is gone. Where no one can be asked, --yes is needed. What holds a job that
      does not go is said.
    `,
    examples: [
      ['delete a job', 'kubectl kf train delete digits'],
      ['two, in a script', 'kubectl kf train delete digits bert --yes'],
      ['see what would go', 'kubectl kf train delete digits --dry-run=client'],
    ] as [string, string][],
  };

  static override completes: Completes = { dryRun: ['client', 'server'], timeout: 'none', names: 'job' };

  yes = Option.Boolean('-y,--yes', false, { description: 'do not ask' });
  dryRun = Option.String('--dry-run', {
    validator: oneOf(['client', 'server']),
    description: 'client: only show what would go; server: have the server check it too',
  });
  wait = Option.Boolean('--wait', true, { description: 'wait until all is gone (--no-wait: do not)' });
  timeout = Option.String('--timeout', { validator: isDuration, description: 'give up waiting after this long' });
  names = Option.Rest({ name: 'name', required: 1 });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const jobs = await findAll(kube, this.context, this.names);
    if (!this.yes && !this.dryRun && !canAsk(this.context)) {
      const all = jobs.map(labelOf).join(', ');
      throw usageError(
        `would delete ${all} from ${kube.namespace}, and there is no terminal to ask on`,
        'say so with --yes',
      );
    }
    const going = await Promise.all(jobs.map((job) => whatGoes(kube, job)));
    this.checkInterrupt();
    for (const each of going) this.say(`${this.dryRun ? 'would delete' : 'deletes'} ${goingText(each)}`);
    if (this.dryRun === 'client') return Exit.ok;
    if (!this.yes && !this.dryRun && !(await confirm(this.context, `delete from ${kube.namespace}?`))) {
      this.say('nothing was deleted');
      return Exit.failed;
    }
    for (const job of jobs) {
      this.checkInterrupt();
      await deleteJob(kube, job, this.dryRun === 'server');
    }
    if (this.dryRun) {
      this.say('the server would take it; nothing was deleted');
      return Exit.ok;
    }
    if (this.wait) {
      const { waitGone } = await import('../../../../shared/view/wait-gone.ts');
      await this.#waitGone(
        jobs.map((job) => job.name),
        () => waitGone(kube, this.context, jobs, timeoutMs(this.timeout)),
      );
    }
    for (const job of jobs) this.say(`${labelOf(job)} ${this.wait ? 'deleted' : 'is being deleted'}`);
    return Exit.ok;
  }

  /** Ctrl-C stops the wait, not the deletion: says so. */
  async #waitGone(names: string[], wait: () => Promise<void>): Promise<void> {
    try {
      await wait();
    } catch (error) {
      if (!(error instanceof KfError) || error.exit !== Exit.interrupted) throw error;
      throw new KfError(Exit.interrupted, `stopped waiting; ${names.join(', ')} is being deleted all the same`, {
        hint: 'what is left: kubectl kf train list',
      });
    }
  }
}
