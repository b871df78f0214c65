import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { usageError } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { parseDuration } from '../../../../shared/kube/duration.ts';
import { findJob } from '../../../../shared/resources/find.ts';

export class TrainLogs extends KubeCommand {
  static override paths = [['train', 'logs']];

  static override usage = {
    description: 'show the logs of all nodes of a job, or follow them to its end',
    details: `
      Every line of every node, each after its node's name, in the order of their times. With -f it waits for the job to start, follows
      each node from its first line to its last across restarts, new pods and broken connections, and ends as the job does.
      On a terminal control characters are removed and of a progress bar the last state is shown; --raw, and a pipe, get the bytes as they are.
    `,
    examples: [
      ['all there is', 'kubectl kf train logs digits'],
      ['follow to the end; Ctrl-C leaves the job running', 'kubectl kf train logs -f digits'],
      ['one node, the last lines', 'kubectl kf train logs digits --rank 1 --tail 20'],
      ['what the run before a restart said', 'kubectl kf train logs digits --previous'],
    ] as [string, string][],
  };

  static override completes: Completes = {
    name: 'job',
    rank: 'rank',
    step: 'step',
    container: 'container',
    since: 'none',
    tail: 'none',
    timeout: 'none',
  };

  name = Option.String({ name: 'name' });
  follow = Option.Boolean('-f,--follow', false, { description: 'follow until the job ends, and exit as it does' });
  rank = Option.Array('--rank', {
    description: 'only this node: its number, or a name such as worker-0; may be repeated',
  });
  step = Option.String('--step', { description: 'only this step: node, dataset-initializer, …' });
  container = Option.String('-c,--container', { description: "this container in place of the training's own" });
  allContainers = Option.Boolean('--all-containers', false, { description: 'all containers of each pod' });
  since = Option.String('--since', { description: 'only lines younger than this: 30s, 5m, 2h' });
  tail = Option.String('--tail', { description: 'only so many last lines of each log' });
  timestamps = Option.Boolean('--timestamps', false, { description: "each line's time before it" });
  previous = Option.Boolean('-p,--previous', false, {
    description: 'the run before the last restart of each container',
  });
  raw = Option.Boolean('--raw', false, { description: 'the bytes as they came, on a terminal too' });
  timeout = Option.String('--timeout', {
    description: 'with -f: stop following after this time (exit 5); the job goes on',
  });

  async execute(): Promise<number> {
    const options = this.#options();
    const kube = await this.kube();
    const job = await findJob(kube, this.context, this.name);
    if (this.follow) {
      const { follow } = await import('../../../../shared/train/follow.ts');
      return follow(kube, this.context, job.kind, job.object, options);
    }
    const { readLogs } = await import('../../../../shared/train/follow-read.ts');
    return readLogs(kube, this.context, job.kind, job.object, { ...options, previous: this.previous });
  }

  #options() {
    if (this.container !== undefined && this.allContainers)
      throw usageError('-c and --all-containers exclude each other', 'give one of them');
    if (this.previous && this.follow)
      throw usageError('-f and --previous exclude each other', 'a run that is over can be read, not followed');
    return {
      ranks: this.rank ?? [],
      step: this.step,
      container: this.container,
      allContainers: this.allContainers,
      sinceSeconds: this.since === undefined ? undefined : this.#seconds('--since', this.since),
      tailLines: this.tail === undefined ? undefined : this.#lines(this.tail),
      timestamps: this.timestamps,
      raw: this.raw,
      timeoutMs: this.timeout === undefined ? undefined : this.#seconds('--timeout', this.timeout) * 1000,
    };
  }

  #seconds(flag: string, text: string): number {
    const ms = parseDuration(text);
    if (ms === undefined) throw usageError(`${flag} takes a duration, not "${text}"`, 'such as 30s, 5m, 2h');
    return ms / 1000;
  }

  #lines(text: string): number {
    if (!/^\d+$/.test(text)) throw usageError(`--tail takes a whole number, not "${text}"`);
    return Number(text);
  }
}
