import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { Failure, JobState } from '../resources/resource.ts';
import { took } from '../resources/state.ts';
import { duration } from '../view/age.ts';
import { safe } from '../view/text.ts';

/** How many of a log's last lines stand for a failure that printed no traceback. */
const lastLines = 5;

/**
 * What of a log's end tells why it failed: of Python's last traceback the last place and the error, otherwise the last lines.
 * Lines lose what torchrun puts before them (`[rank1]: `).
 */
export function reasonIn(lines: readonly string[]): string[] {
  const plain = lines.map((line) => line.replace(/^\[rank\d+\]: ?/, '').trimEnd());
  const start = plain.findLastIndex((line) => line.startsWith('Traceback (most recent call last)'));
  if (start >= 0) {
    const after = (test: RegExp) => plain.findIndex((line, i) => i > start && test.test(line));
    // stdout's lines may fall in between: an exception's name is looked for first.
    const named = after(/^[\w.]*(?:Error|Exception|Exit|Interrupt|Warning|Group)\b/);
    const error = named >= 0 ? named : after(/^\S/);
    const place = plain.findLastIndex((line, i) => i > start && (error < 0 || i < error) && /^\s+File "/.test(line));
    const found = [plain[place], plain[error]].filter((line) => line !== undefined);
    if (error >= 0) return found.map((line) => `  ${line.trim()}`);
  }
  // A SyntaxError has a place and no traceback.
  return plain
    .filter((line) => line.trim() !== '')
    .slice(-lastLines)
    .map((line) => `  ${line}`);
}

/** The end of the failed container's log, where it was not followed; nothing where it can't be read. */
export async function lastLinesOf(kube: Kube, namespace: string, failure: Failure): Promise<string[]> {
  if (!failure.pod || !failure.container) return [];
  const path = `/api/v1/namespaces/${namespace}/pods/${failure.pod}/log`;
  try {
    const text = await kube.text({ path, query: { container: failure.container, tailLines: 40, limitBytes: 65536 } });
    return safe(text).split('\n');
  } catch {
    return [];
  }
}

/** ` after 42s`, from its start to its end; '' where it is not known. */
export function after(job: KubeObject | undefined, state: JobState, now: number): string {
  const seconds = took({ ...state, started: state.started ?? job?.metadata.creationTimestamp }, now);
  return seconds === undefined ? '' : ` after ${duration(seconds)}`;
}

/** `--rank 1` for node-1, `--step launcher` for what has no number. */
export const rankFlag = (rank: string): string => {
  const number = /^node-(\d+)$/.exec(rank)?.[1];
  return number === undefined ? `--rank ${rank}` : `--rank ${number}`;
};

/** A job that failed, as the error that the command ends with (exit 1). */
export function failed(name: string, took: string, state: JobState, lines: readonly string[]): KfError {
  const { failure } = state;
  const what = failure ? `${failure.rank} ${failure.text}` : state.why;
  const controller = failure && state.why && !state.why.includes(failure.text) ? [`  ${state.why}`] : [];
  return new KfError(Exit.failed, safe(`${name} failed${took}: ${what}`), {
    details: [...controller, ...reasonIn(lines)],
    hint: failure
      ? `all of it: kubectl kf train logs ${name} ${rankFlag(failure.rank)}`
      : `see kubectl kf train get ${name}`,
  });
}

/** Ctrl-C while following (exit 130). */
export const stopped = (name: string): KfError =>
  new KfError(
    Exit.interrupted,
    `stopped following; ${name} goes on. Again: kubectl kf train logs -f ${name}   Stop it: kubectl kf train suspend ${name}`,
  );

/** --timeout while following (exit 5). */
export const timedOut = (name: string, ms: number, state: JobState | undefined): KfError => {
  const phase =
    state && state.phase !== 'Unknown' ? `: it is ${state.phase}${state.why ? ` (${safe(state.why)})` : ''}` : '';
  return new KfError(Exit.unreachable, `${name} has not finished after ${duration(ms / 1000)}${phase}`, {
    hint: `${name} goes on. Again: kubectl kf train logs -f ${name}`,
  });
};

/** The job went away (exit 3). */
export const deleted = (name: string): KfError => new KfError(Exit.notFound, `${name} was deleted`);
