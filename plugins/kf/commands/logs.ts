import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import { usageError } from '../../../shared/cli/errors.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import { parseDuration } from '../../../shared/kube/duration.ts';
import { oneOf } from '../../../shared/view/print.ts';

export class Logs extends KubeCommand {
  static override paths = [['logs']];

  static override usage = {
    description: 'show or follow what a component prints: all containers of all its pods',
    details: `
      A component is a job, notebook, model server, package, workload or pod, by its name or kind/name. Without a container all of them come,
      those that prepare a pod too, each line after its source; what belongs together, such as a traceback, stays together. With -f it waits
      for the start and says why, goes on over restarts, new pods and broken connections without losing or repeating a line, and ends when a
      job or pod does. On a terminal control characters are removed; --raw, and a pipe, get the bytes as they are.
    `,
    examples: [
      ['all there is', 'kubectl kf logs digits'],
      ['follow one container of a notebook', 'kubectl kf logs -f notebook/mine istio-proxy'],
      ['only errors of the last hour', "kubectl kf logs digits --since 1h --grep '(?i)error|warn'"],
      ['what it said before its last restart', 'kubectl kf logs digits --previous'],
      ['for a program, an object a line', 'kubectl kf logs digits -o json'],
    ] as [string, string][],
  };

  static override completes: Completes = {
    component: 'component',
    container: 'container',
    containerFlag: 'container',
    since: 'none',
    tail: 'none',
    grep: 'none',
    output: ['json'],
    timeout: 'none',
  };

  component = Option.String({ name: 'component' });
  container = Option.String({ name: 'container', required: false });
  follow = Option.Boolean('-f,--follow', false, { description: 'go on with what is printed from now on' });
  containerFlag = Option.String('-c,--container', { description: 'this container; the same as the second word' });
  since = Option.String('--since', { description: 'only lines younger than this: 30s, 5m, 2h' });
  tail = Option.String('--tail', { description: 'only so many last lines of each log' });
  timestamps = Option.Boolean('--timestamps', false, { description: "each line's time before it" });
  previous = Option.Boolean('-p,--previous', false, {
    description: 'the run before the last restart of each container',
  });
  grep = Option.String('--grep', {
    description: 'only what this regular expression is in; (?i) in front: upper and lower case alike',
  });
  raw = Option.Boolean('--raw', false, { description: 'the bytes as they came, on a terminal too' });
  output = Option.String('-o,--output', {
    validator: oneOf(['json'] as const),
    description: 'json: an object a line, with source, pod, container, time, message',
  });
  timeout = Option.String('--timeout', { description: 'with -f: stop following after this time (exit 5)' });

  async execute(): Promise<number> {
    const options = await this.#options();
    const kube = await this.kube();
    const { resolveComponent } = await import('../../../shared/resources/resolve.ts');
    const component = await resolveComponent(kube, this.context, this.component);
    if (this.follow) {
      const { followComponent } = await import('../../../shared/logs/component-follow.ts');
      return followComponent(kube, this.context, component, options);
    }
    const { readComponent } = await import('../../../shared/logs/component-read.ts');
    return readComponent(kube, this.context, component, { ...options, previous: this.previous });
  }

  async #options() {
    if (this.previous && this.follow)
      throw usageError('-f and --previous exclude each other', 'a run that is over can be read, not followed');
    if (this.container !== undefined && this.containerFlag !== undefined)
      throw usageError('the container is given twice', 'give it as the second word, or with -c');
    if (this.tail !== undefined && !/^\d+$/.test(this.tail))
      throw usageError(`--tail takes a whole number, not "${this.tail}"`);
    return {
      container: this.container ?? this.containerFlag,
      sinceSeconds: this.#seconds('--since', this.since),
      tailLines: this.tail === undefined ? undefined : Number(this.tail),
      timestamps: this.timestamps,
      raw: this.raw,
      json: this.output === 'json',
      matches:
        this.grep === undefined ? undefined : (await import('../../../shared/logs/filter.ts')).lineFilter(this.grep),
      timeoutMs: (this.#seconds('--timeout', this.timeout) ?? 0) * 1000,
    };
  }

  #seconds(flag: string, text: string | undefined): number | undefined {
    if (text === undefined) return undefined;
    const ms = parseDuration(text);
    if (ms === undefined) throw usageError(`${flag} takes a duration, not "${text}"`, 'such as 30s, 5m, 2h');
    return ms / 1000;
  }
}
