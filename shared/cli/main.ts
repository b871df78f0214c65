import { constants, homedir } from 'node:os';
import { basename } from 'node:path';
import type { Early } from '../kube/early.ts';
import { withoutBuiltin, wordsFirst } from './argv.ts';
import { startBehind } from './behind.ts';
import type { Context, Output } from './context.ts';
import { Exit, errorText, Interrupted, KfError } from './errors.ts';
import type { Group } from './group.ts';
import { version } from './version.ts';

/** The executable's entry: the process's own words, streams and signals. Everything behind it takes a {@link Context}. */
export async function main(group: Group): Promise<void> {
  // A guest's name is in argv[0] (guest.ts).
  const name = process.argv[0] === process.execPath ? process.argv0 : process.argv[0]!;
  const called = basename(name).replace(/\.exe$/i, '');
  const typed = process.argv.slice(2);
  const context = processContext();
  if (called.startsWith('kubectl_complete-') || /^__(complete|behind|refresh)$/.test(typed[0] ?? '')) {
    const { answerCompletion } = await import('./complete.ts');
    const verb = verbOf(group, called.replace('_complete', ''));
    return answerCompletion(group, typed, (words) => [...verb, ...words], context);
  }
  const args = wordsFor(group, called, typed);
  const words = args[0] === group.verbs[0] && group.verbs.length === 1 ? args.slice(1) : args;
  if (words[0] === '--version') {
    context.stdout.write(`${executable(group)} ${version}\n`);
    return finish(Exit.ok);
  }
  const code = await answer(group, args, context);
  await finish(code);
}

/** Runs what the words ask for, here or elsewhere, and gives the exit code. Never throws. */
export async function answer(group: Group, typed: string[], context: Context): Promise<number> {
  const help = typed[0] === 'help' && group.verbs.includes(typed[1] ?? '');
  const words = help ? [...typed.slice(1), '--help'] : typed;
  // Another group is to see it too.
  const args = group.verbs.includes(words[0] ?? '') ? [...withoutBuiltin(words)] : words;
  // The server works on it while the rest is looked at and loaded; what stands in a verb's place does not need it, nor mind.
  const ahead = group.asks && context.askAhead && (await import('./asks.ts')).firstAsk(group, args);
  if (ahead) await context.askAhead!(ahead);
  try {
    const verbatim = args.length === words.length && group.verbs.includes(args[0] ?? '');
    const replaced = verbatim ? await (await import('./replaced.ts')).runReplaced(args, context) : undefined;
    const code = replaced ?? (await group.elsewhere?.(args, context));
    if (code !== undefined) return code;
  } catch (error) {
    context.stderr.write(errorText(error));
    return error instanceof KfError ? error.exit : Exit.failed;
  }
  const { run } = await import('./run.ts');
  // What has come from the server is dealt with before more is loaded.
  if (ahead) await new Promise((resolve) => setImmediate(resolve));
  return run(group, args, context);
}

/**
 * The words after `kubectl kf`. A group with one verb takes what comes after it (`kubectl kf-train list`); one with several
 * takes the verb first, but not under a link that is named after a verb (`kubectl-kf-create`). design: "From words to a command".
 */
export function wordsFor(group: Group, called: string, argv: string[]): string[] {
  return wordsFirst([...verbOf(group, called), ...argv]);
}

/** The verb that the name stands for; none where it is typed. */
function verbOf(group: Group, called: string): string[] {
  if (group.verbs.length === 1) return [group.verbs[0]!];
  const verb = /^kubectl-kf[-_](.+)$/.exec(called)?.[1];
  return verb && group.verbs.includes(verb) && `kf-${verb}` !== group.name ? [verb] : [];
}

/** The name krew links it under: `kubectl-kf_train`. */
export const executable = (group: Group): string => `kubectl-${group.name.replaceAll('-', '_')}`;

function processContext(): Context {
  const { env } = process;
  const interrupt = new AbortController();
  const onSignal = (code: number) => () => {
    if (interrupt.signal.aborted) process.exit(code);
    interrupt.abort();
  };
  process.on('SIGINT', onSignal(Exit.interrupted));
  process.on('SIGTERM', onSignal(128 + constants.signals.SIGTERM));
  const plain = env.NO_COLOR || env.TERM === 'dumb' || process.argv.includes('--no-color');
  let early: Early | undefined;
  const context: Context = {
    // Opened when first asked for: the dispatcher hands over without any of them.
    get stdin() {
      return process.stdin;
    },
    get stdout() {
      return outlet('stdout');
    },
    get stderr() {
      return outlet('stderr');
    },
    get colorDepth() {
      return !plain && outlet('stdout').isTTY ? 8 : 1;
    },
    env,
    cwd: process.cwd(),
    get home() {
      try {
        return homedir();
      } catch {
        // A container's user may have neither HOME nor a line in /etc/passwd.
        return '/';
      }
    },
    platform: process.platform,
    self: process.execPath,
    signal: interrupt.signal,
    now: Date.now,
    sleep: (ms, signal = interrupt.signal) => pause(ms, signal),
    kube: async (flags) => early?.(flags) ?? (await import('../kube/open.ts')).openKube(flags, context),
    askAhead: async (ahead) => {
      early = await (await import('../kube/early.ts')).askAhead(ahead, context);
    },
    keyboard: async () => (await import('./keyboard.ts')).processKeyboard(),
    behind(file, args) {
      startBehind(file, args);
    },
    exec: async () => (await import('../process/exec.ts')).realExec(),
    pass: async (file, args, env) => (await import('./pass.ts')).pass(file, args, { env }),
    handOver,
  };
  return context;
}

const opened = new Set<'stdout' | 'stderr'>();

function outlet(name: 'stdout' | 'stderr'): Output {
  const stream = process[name];
  if (opened.has(name)) return stream;
  opened.add(name);
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader went away (`| head`): end as a program killed by SIGPIPE does.
    if (error.code === 'EPIPE') process.exit(128 + constants.signals.SIGPIPE);
  });
  return stream;
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(new Interrupted());
    const stop = () => {
      clearTimeout(timer);
      reject(new Interrupted());
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal.addEventListener('abort', stop, { once: true });
  });
}

/**
 * Becomes the program, so that signals, the terminal and the exit code are its own: in this process where it is one of ours,
 * else by execve; Windows has no such call.
 */
async function handOver(file: string, args: string[], argv0: string): Promise<number> {
  const { runGuest } = await import('./guest.ts');
  // It ends the process itself.
  if (process.platform === 'linux' && runGuest(file, args)) return new Promise(() => {});
  if (process.execve && process.platform !== 'win32') {
    // execve is marked experimental in Node and would say so on stderr.
    process.emitWarning = () => {};
    process.execve(file, [argv0, ...args], process.env as Record<string, string>);
  }
  return (await import('./pass.ts')).pass(file, args, { argv0 });
}

/** Ends the process at once when all is written: open sockets and timers are not waited for. */
async function finish(code: number): Promise<void> {
  for (const name of opened) {
    const stream = process[name];
    if (stream.writableLength > 0) await new Promise<void>((resolve) => stream.write('', () => resolve()));
  }
  process.exit(code);
}
