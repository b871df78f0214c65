import { writeSync } from 'node:fs';
import { isSea } from 'node:sea';
import { type Asked, complete, postpone, refresh } from '../completion/run.ts';
import { startBehind } from './behind.ts';
import type { Context } from './context.ts';
import type { Group } from './group.ts';

/** What nobody types as a verb: `answer` is for a shim's caller, the others get names anew, where nobody waits or sees. */
const orders = { __complete: 'answer', __behind: 'behind', __refresh: 'refresh' } as const;

/** Longer than names take to come, and a credential plugin that does not ask. */
const limit = 15_000;

/**
 * kubectl's question for completion: `kubectl_complete-kf…` is the name that a link was called under, or a shim's words come
 * after `__complete`, the place of its answer and its stamp. Nothing is ever said on stderr, and the exit code is 0.
 */
export async function answerCompletion(
  group: Group,
  argv: string[],
  wordsOf: (argv: string[]) => string[],
  context: Context,
): Promise<never> {
  const order = orders[argv[0] as keyof typeof orders];
  const [answer = '', stamp = '', ...typed] = order ? argv.slice(1) : ['', '', ...argv];
  const asked: Asked = { words: wordsOf(typed), answer, stamp };
  const behind = () => askBehind(answer, stamp, typed);
  let lines: string[] | undefined = [':4'];
  try {
    if (order === 'refresh') {
      setTimeout(() => process.exit(0), limit).unref();
      await refresh(group, asked, context);
    } else if (order === 'behind') {
      postpone(answer, context);
      behind();
    } else lines = await complete(group, asked, context, behind);
  } catch {
    // Nobody asked for an error: there is nothing to offer.
  }
  if (lines && (order === undefined || order === 'answer')) tell(`${lines.join('\n')}\n`);
  process.exit(0);
}

/** The same words for a process behind. */
function askBehind(answer: string, stamp: string, words: string[]): void {
  const self = isSea() ? [] : [process.argv[1]!];
  startBehind(process.execPath, [...self, '__refresh', answer, stamp, ...words]);
}

function tell(text: string): void {
  try {
    for (let rest = Buffer.from(text); rest.length > 0; ) rest = rest.subarray(writeSync(1, rest));
  } catch {
    // The shell went away.
  }
}
