import { basename, join, resolve } from 'node:path';
import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import { digestOf } from './digest.ts';
import type { Origin, Runtime, Version } from './entry.ts';
import type { GitTarget } from './git-target.ts';
import { isGitTarget, parseGitTarget } from './git-target.ts';
import type { Understood } from './source.ts';

/** A source that was read and understood, and has neither version nor digest yet. */
export interface Incoming extends Understood {
  origin: Origin;
  /** As a person calls it: `tune.py`, `jobs/tune.py of https://host/repo.git at 1a2b3c4`. */
  from: string;
}

export interface IncomingOptions {
  name?: string | undefined;
  /** A branch, tag or commit of a git repository. */
  ref?: string | undefined;
  runtime?: Runtime | undefined;
}

/** Reads a file, folder or manifest of this machine, or a git repository at one commit. */
export async function readIncoming(target: string, context: Context, options: IncomingOptions = {}): Promise<Incoming> {
  if (isGitTarget(target)) return fromGit(parseGitTarget(target, options.ref), context, options);
  if (options.ref !== undefined) throw usageError('--ref goes with a git repository', `${oneLine(target)} is none`);
  const understood = await understand(target, context, options);
  return { ...understood, origin: { url: resolve(context.cwd, target) }, from: basename(resolve(context.cwd, target)) };
}

/** What it came from, once more: for a branch, its newest commit. */
export async function readAgain(origin: Origin, context: Context, options: IncomingOptions): Promise<Incoming> {
  const { url, path } = origin;
  if (!isGitTarget(url)) return readIncoming(url, context, options);
  const ref = options.ref ?? origin.ref ?? origin.commit;
  const target = { ...parseGitTarget(path === undefined ? url : `${url}#${path}`, ref) };
  return fromGit(target, context, options);
}

async function fromGit(target: GitTarget, context: Context, options: IncomingOptions): Promise<Incoming> {
  const { checkOut, holds } = await import('./git.ts');
  const checkout = await checkOut(context, target);
  try {
    const { path, ref, url } = target;
    const file = path?.replace(/:[^/:]*$/, '');
    const short = checkout.commit.slice(0, 12);
    if (file !== undefined && !holds(checkout, file)) {
      throw new KfError(Exit.notFound, `there is no ${oneLine(file)} in ${oneLine(url)} at ${short}`);
    }
    // In its folder, so that what is said of the source names it as the repository does.
    const inside = { ...context, cwd: join(checkout.folder, '..') };
    const understood = await understand(join(basename(checkout.folder), path ?? ''), inside, options);
    return {
      ...understood,
      origin: { url, ...(ref === undefined ? {} : { ref }), commit: checkout.commit, ...(path ? { path } : {}) },
      from: `${path ? `${path} of ` : ''}${url} at ${short}`,
    };
  } finally {
    await checkout.remove();
  }
}

async function understand(target: string, context: Context, { name, runtime }: IncomingOptions): Promise<Understood> {
  const { readSource } = await import('./source.ts');
  return readSource(target, context, { ...(name ? { name } : {}), ...(runtime ? { runtime } : {}) });
}

/** The version of it, its digest made. */
export function versionFrom(incoming: Incoming, number: string, replaces: string | undefined): Version {
  const { version: _, origin: _o, ...rest } = incoming.version;
  return { version: number, digest: digestOf(rest, replaces), ...rest, origin: incoming.origin };
}
