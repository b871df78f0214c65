import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit, errorText, KfError } from '../../../../shared/cli/errors.ts';
import { isDuration, timeoutMs } from '../../../../shared/cli/timeout.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { findAll } from '../../../../shared/resources/change.ts';
import type { FoundJob } from '../../../../shared/resources/find.ts';
import { type WaitTarget, waitFor, waitTargets } from '../../../../shared/resources/wait.ts';
import { after, deleted, failed, lastLinesOf } from '../../../../shared/train/follow-end.ts';
import { oneOf } from '../../../../shared/view/print.ts';
import { WaitLine } from '../../../../shared/view/wait-line.ts';

const goals: Record<WaitTarget, string> = {
  complete: 'to finish',
  running: 'to run',
  suspended: 'to be suspended',
  deleted: 'to be deleted',
};

export class TrainWait extends KubeCommand {
  static override paths = [['train', 'wait']];

  static override usage = {
    description: 'wait for jobs to finish, and end as they do',
    details: `
      Waits until every job that is named has finished, and says meanwhile why one waits. Ends with 0 where all succeeded, 1 where
      one failed, 5 when --timeout has passed. The jobs go on whatever becomes of the wait.
    `,
    examples: [
      ['until it is done', 'kubectl kf train wait digits'],
      ['for two, at most an hour', 'kubectl kf train wait digits bert --timeout 1h'],
      ['until it has started', 'kubectl kf train wait digits --for running'],
    ] as [string, string][],
  };

  static override completes: Completes = { until: waitTargets, timeout: 'none', names: 'job' };

  until = Option.String('--for', 'complete', {
    validator: oneOf(waitTargets),
    description: 'complete (that is the default), running, suspended or deleted',
  });
  timeout = Option.String('--timeout', {
    validator: isDuration,
    description: 'give up after this long: 90s, 10m, 1h30m',
  });
  names = Option.Rest({ name: 'name', required: 1 });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const jobs = await findAll(kube, this.context, this.names);
    const line = new WaitLine(this.context, goals[this.until]);
    const codes = await Promise.all(jobs.map((job) => this.#one(job, line)));
    line.clear();
    // One that failed says more than one that was not waited for long enough.
    return (
      [Exit.interrupted, Exit.failed, Exit.forbidden, Exit.notFound, Exit.unreachable].find((c) => codes.includes(c)) ??
      Exit.ok
    );
  }

  /** Says how it ended; what is wrong with one job does not end the wait for the others. */
  async #one(job: FoundJob, line: WaitLine): Promise<number> {
    try {
      await this.#wait(job, line);
      return Exit.ok;
    } catch (error) {
      if (!(error instanceof KfError)) throw error;
      line.done(job.name);
      this.context.stderr.write(errorText(error));
      return error.exit;
    }
  }

  async #wait(job: FoundJob, line: WaitLine): Promise<void> {
    const kube = await this.kube();
    const waited = await waitFor(kube, this.context, job, {
      until: this.until,
      timeoutMs: timeoutMs(this.timeout),
      onState: (state, ms) => line.update(job.name, state, ms),
      onTrouble: (message) => line.trouble(message),
    });
    line.done(job.name);
    if (!waited) {
      if (this.until === 'deleted') return this.say(`${job.name} is deleted`);
      throw deleted(job.name);
    }
    const { state, object } = waited;
    const took = after(object, state, this.context.now());
    if (state.phase === 'Failed') {
      const lines = state.failure ? await lastLinesOf(kube, job.namespace, state.failure) : [];
      throw failed(job.name, took, state, lines);
    }
    if (state.phase === 'Succeeded') return this.say(`${job.name} succeeded${took}`);
    this.say(`${job.name} is ${state.phase.toLowerCase()}`);
  }
}
