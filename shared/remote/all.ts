import { Readable, Writable } from 'node:stream';
import type { Context, Output } from '../cli/context.ts';
import { Exit, errorText, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { remote } from '../kube/remote.ts';
import type { Target } from '../resources/target.ts';
import { oneLine, safe } from '../view/text.ts';
import { startFailure } from './session.ts';

/** A line without end is passed on in pieces of this. */
const longest = 1024 * 1024;

/**
 * Runs the command in all of the targets at once, standard input to each of them, every line of what they print after its pod's
 * name. Gives the worst exit code; what each failed with is said when all are done.
 */
export async function runInAll(
  kube: Kube,
  context: Context,
  targets: readonly Target[],
  command: readonly string[],
): Promise<number> {
  const width = Math.max(...targets.map(({ rank }) => oneLine(rank).length));
  const inputs = fanOut(context.stdin, targets.length);
  const ends = await Promise.all(
    targets.map(async (target, i) => {
      const prefix = `${oneLine(target.rank).padEnd(width)} | `;
      const [stdout, stderr] = [new Lines(context.stdout, prefix), new Lines(context.stderr, prefix)];
      try {
        const { namespace, pod, container } = target;
        const stdin = inputs[i]!;
        const end = await remote(kube, {
          namespace,
          pod,
          container,
          command,
          stdin,
          stdout,
          stderr,
          signal: context.signal,
        });
        return { code: end.code, said: end.failure ? startFailure(end, target, command) : [] };
      } catch (error) {
        if (!(error instanceof KfError) || error.exit === Exit.interrupted) throw error;
        return { code: error.exit, said: errorText(error).trimEnd().split('\n') };
      } finally {
        inputs[i]!.destroy();
        stdout.finish();
        stderr.finish();
      }
    }),
  ).catch((error: unknown) => {
    if (error instanceof KfError && error.exit === Exit.interrupted)
      throw new KfError(Exit.interrupted, `left; ${oneLine(command[0]!)} may go on in ${targets.length} pods`);
    throw error;
  });
  for (const [i, { code, said }] of ends.entries()) {
    const rank = oneLine(targets[i]!.rank);
    if (said.length > 0) context.stderr.write(`${rank}: ${said.join(`\n${rank}: `)}\n`);
    else if (code !== 0) context.stderr.write(`${rank} exited ${code}\n`);
  }
  return Math.max(...ends.map(({ code }) => code));
}

/** Whole lines of one pod, each after its prefix; waits where what it writes to is full. */
class Lines extends Writable {
  readonly #to: Output;
  readonly #prefix: string;
  #rest: Buffer[] = [];
  #length = 0;

  constructor(to: Output, prefix: string) {
    super({ decodeStrings: true });
    this.#to = to;
    this.#prefix = prefix;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    const end = chunk.lastIndexOf(10) + 1;
    // Kept past this call: the bytes may be used again.
    if (end === 0) this.#keep(Buffer.from(chunk));
    if (end === 0 && this.#length < longest) {
      done();
      return;
    }
    const whole = Buffer.concat([...this.#rest, chunk.subarray(0, end)]);
    this.#rest = [];
    this.#length = 0;
    if (end > 0 && end < chunk.length) this.#keep(Buffer.from(chunk.subarray(end)));
    if (this.#to.write(this.#marked(whole))) done();
    else this.#to.once('drain', () => done());
  }

  /** What has no line end yet gets one. */
  finish(): void {
    if (this.#length > 0) this.#to.write(this.#marked(Buffer.concat(this.#rest)));
    this.#length = 0;
  }

  #keep(bytes: Buffer): void {
    this.#rest.push(bytes);
    this.#length += bytes.length;
  }

  #marked(bytes: Buffer): Buffer | string {
    const text = bytes.toString(this.#to.isTTY ? 'utf8' : 'latin1');
    const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
    const shown = this.#to.isTTY ? lines.map((line) => safe(line.replace(/\r$/, ''))) : lines;
    const all = shown.map((line) => `${this.#prefix}${line}\n`).join('');
    // To a pipe the bytes of each line go as they are.
    return this.#to.isTTY ? all : Buffer.from(all, 'latin1');
  }
}

/** The same input for many, as fast as the slowest takes it; who has gone is not waited for. */
function fanOut(input: Readable, count: number): Readable[] {
  let full = 0;
  const next = () => {
    if (--full === 0) input.resume();
  };
  const outputs = Array.from({ length: count }, () => {
    let waited = false;
    const go = () => {
      if (waited) next();
      waited = false;
    };
    const leave = (_error: Error | null, done: () => void) => {
      go();
      done();
    };
    const output = new Readable({ read: go, destroy: leave });
    const push = (chunk: Buffer) => {
      if (output.destroyed || output.push(chunk) || waited) return;
      waited = true;
      full++;
    };
    return { output, push };
  });
  input.on('data', (chunk: Buffer | string) => {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    for (const { push } of outputs) push(bytes);
    if (full > 0) input.pause();
  });
  const end = () => {
    for (const { output } of outputs) if (!output.destroyed) output.push(null);
  };
  input.once('end', end);
  input.once('error', end);
  return outputs.map(({ output }) => output);
}
