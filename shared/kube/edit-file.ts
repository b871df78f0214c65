import {
  chownSync,
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';

/** How long another's lock is waited for. kubectl itself does not wait. */
const patience = 3000;

type Clock = Pick<Context, 'now' | 'sleep'>;

/**
 * Changes a file under kubectl's lock, at once or not at all: a reader sees the old text or the new. Mode and owner stay; a
 * symbolic link stays one. Nothing is written where the text stays the same.
 * client-go tools/clientcmd/config.go (ModifyConfig, lockFile).
 */
export async function updateFile(file: string, clock: Clock, change: (text: string) => Promise<string>): Promise<void> {
  const unlock = await lock(file, clock);
  try {
    const bytes = readFileSync(file);
    const text = bytes.toString('utf8');
    if (!Buffer.from(text, 'utf8').equals(bytes)) throw usageError(`${file} is not UTF-8 text`, 'correct the file');
    const changed = await change(text);
    if (changed !== text) replace(file, changed);
  } catch (error) {
    throw notWritable(file, error);
  } finally {
    unlock();
  }
}

/** Takes `<file>.lock`, which kubectl makes and removes around its own changes. */
async function lock(file: string, { now, sleep }: Clock): Promise<() => void> {
  const name = `${file}.lock`;
  const until = now() + patience;
  for (;;) {
    try {
      closeSync(openSync(name, 'wx', 0o600));
      return () => rmSync(name, { force: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'EEXIST' && code !== 'EPERM') throw notWritable(file, error);
      if (code === 'EPERM' || now() >= until) throw code === 'EPERM' ? notWritable(file, error) : stale(name, now());
    }
    await sleep(50);
  }
}

function stale(name: string, now: number): KfError {
  let age = '';
  try {
    const seconds = Math.max(0, Math.round((now - statSync(name).mtimeMs) / 1000));
    age = ` for ${seconds < 120 ? `${seconds}s` : `${Math.round(seconds / 60)}m`}`;
  } catch {
    // Just released.
  }
  return new KfError(Exit.failed, `the kubeconfig is being changed by another kubectl: ${name} is there${age}`, {
    hint: `try again; if no kubectl runs any more, remove it: rm ${name}`,
  });
}

function replace(file: string, text: string): void {
  const real = realpathSync(file);
  // A file that may not be written is not replaced either, though its folder would allow that.
  closeSync(openSync(real, 'r+'));
  const { mode, uid, gid } = statSync(real);
  const temporary = join(dirname(real), `.${basename(real)}.${Math.random().toString(36).slice(2)}`);
  const handle = openSync(temporary, 'wx', mode & 0o777);
  try {
    try {
      writeSync(handle, text);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    const made = statSync(temporary);
    if (made.uid !== uid || made.gid !== gid) keepOwner(temporary, uid, gid);
    renameSync(temporary, real);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** root may give the file back to whose it was; others own it already, or may not. */
function keepOwner(file: string, uid: number, gid: number): void {
  try {
    chownSync(file, uid, gid);
  } catch {
    // The file is readable to us and to nobody more than before.
  }
}

function notWritable(file: string, error: unknown): unknown {
  if (error instanceof KfError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? 'it or its folder is read-only' : message;
  return new KfError(Exit.failed, `cannot change ${file}: ${why}`, {
    hint: 'make it writable, or use -n with each command',
    cause: error,
  });
}
