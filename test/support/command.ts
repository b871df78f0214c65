/** Commands by argv, in this process, with streams in memory and everything else injected. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import type { Context, Output } from '../../shared/cli/context.ts';
import type { Group } from '../../shared/cli/group.ts';
import { answer } from '../../shared/cli/main.ts';
import { openKube } from '../../shared/kube/open.ts';

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export interface World extends Partial<Omit<Context, 'stdout' | 'stderr' | 'stdin'>> {
  stdin?: string;
  /** A terminal of so many columns, with colour unless colorDepth says otherwise. */
  terminal?: number;
}

class Memory extends Writable {
  text = '';
  isTTY?: boolean;
  columns?: number;
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** A context in which nothing of this machine is seen: an empty home, no environment, a clock that stands unless it is told to go. */
export function context(world: World = {}): { context: Context; stdout: () => string; stderr: () => string } {
  const { stdin = '', terminal, ...given } = world;
  const [out, err] = [new Memory(), new Memory()];
  if (terminal !== undefined)
    for (const stream of [out, err]) Object.assign(stream, { isTTY: true, columns: terminal });
  const dir = given.home ?? emptyHome();
  const made: Context = {
    stdin: Readable.from([stdin]),
    stdout: out as Output,
    stderr: err as Output,
    env: {},
    colorDepth: terminal === undefined ? 1 : 8,
    cwd: dir,
    home: dir,
    platform: 'linux',
    self: join(dir, 'kubectl-kf'),
    now: Date.now,
    sleep: async () => {},
    signal: new AbortController().signal,
    kube: (flags) => openKube(flags, made),
    keyboard: async () => ({ raw: () => () => {} }),
    exec: async () => {
      throw new Error('this test runs no program');
    },
    pass: async () => {
      throw new Error('this test runs no program');
    },
    handOver: async () => {
      throw new Error('this test hands nothing over');
    },
    ...given,
  };
  return { context: made, stdout: () => out.text, stderr: () => err.text };
}

let homes: string | undefined;
function emptyHome(): string {
  if (!homes) {
    const dir = mkdtempSync(join(tmpdir(), 'kf-home-'));
    process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
    homes = dir;
  }
  return mkdtempSync(join(homes, 'h-'));
}

/** Runs `kubectl kf <argv>` in this process. */
export async function runCommand(group: Group, argv: string[], world: World = {}): Promise<Result> {
  const made = context(world);
  const code = await answer(group, argv, made.context);
  return { code, stdout: made.stdout(), stderr: made.stderr() };
}
