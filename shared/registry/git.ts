import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { Exit, Interrupted, KfError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import { type GitTarget, gitProtocols } from './git-target.ts';

/** A repository at one commit, in a folder of its own. */
export interface Checkout {
  /** The folder is called as the repository. */
  folder: string;
  commit: string;
  remove(): Promise<void>;
}

/**
 * Nothing of the repository runs (hooks, filters of its own, submodules), nothing in it leads out of it (links become text), and its
 * bytes are the same on every platform, since a digest is made of them.
 */
const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.symlinks=false',
  'core.autocrlf=false',
  'core.eol=lf',
  'submodule.recurse=false',
  'fetch.recurseSubmodules=false',
  'advice.detachedHead=false',
].flatMap((each) => ['-c', each]);

/** Of a repository that a git around us works on (a hook's), which is not the one that is meant. */
const localVariables = [
  ...['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_OBJECT_DIRECTORY', 'GIT_ALTERNATE_OBJECT_DIRECTORIES'],
  ...['GIT_COMMON_DIR', 'GIT_NAMESPACE', 'GIT_PREFIX', 'GIT_SHALLOW_FILE', 'GIT_GRAFT_FILE', 'GIT_TEMPLATE_DIR'],
];

const isCommit = (ref: string) => /^[0-9a-f]{40}([0-9a-f]{24})?$/.test(ref);
const mayBeCommit = (ref: string) => /^[0-9a-f]{7,64}$/.test(ref);

/**
 * Fetches one commit with the person's own git, which is never let ask for anything. KfError: exit 2 without git, 3 where the ref is
 * not there, 5 where the repository can't be had.
 */
export async function checkOut(context: Context, { url, ref = 'HEAD' }: GitTarget): Promise<Checkout> {
  const base = await mkdtemp(join(tmpdir(), 'kubectl-kf-git-'));
  const remove = () => rm(base, { recursive: true, force: true });
  const name = /([^/:]+?)(?:\.git)?\/*$/.exec(url)?.[1]?.replace(/[^\w.-]/g, '-') || 'repository';
  const folder = join(base, name);
  try {
    const git = await gitFor(context, url);
    await must(git(['init', '--quiet', '--template=', folder]), url);
    const inside = (...words: string[]) => git(['-C', folder, ...words]);
    const commit = await fetchCommit(inside, url, ref);
    await must(inside('checkout', '--quiet', '--detach', commit), url);
    return { folder, commit, remove };
  } catch (error) {
    await remove();
    throw context.signal.aborted ? new Interrupted() : error;
  }
}

type Git = (words: string[]) => Promise<{ code: number; stdout: string; stderr: string }>;
type Inside = (...words: string[]) => ReturnType<Git>;

async function gitFor(context: Context, url: string): Promise<Git> {
  const exec = await context.exec();
  const env: Record<string, string | undefined> = {
    ...context.env,
    GIT_ALLOW_PROTOCOL: gitProtocols.join(':'),
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '',
    SSH_ASKPASS: '',
    SSH_ASKPASS_REQUIRE: 'never',
    GIT_LFS_SKIP_SMUDGE: '1',
    LC_ALL: 'C',
  };
  for (const each of localVariables) delete env[each];
  const git: Git = async (words) => {
    try {
      return await exec('git', [...settings, ...words], { env, signal: context.signal, cwd: tmpdir() });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
      const hint = 'install it, or fetch the source yourself and add the file or folder';
      throw new KfError(Exit.usage, `git is not on PATH, and ${oneLine(url)} is fetched with it`, { hint, cause });
    }
  };
  // ssh asks on the terminal past git. Who has said how ssh is called is not contradicted.
  const ssh = !/^(https|file):/i.test(url) && env.GIT_SSH_COMMAND === undefined && env.GIT_SSH === undefined;
  if (ssh && (await git(['config', '--get', 'core.sshCommand'])).code !== 0) {
    env.GIT_SSH_COMMAND = 'ssh -oBatchMode=yes';
  }
  return git;
}

/** The commit that the ref names, fetched: by itself where the server gives it so, otherwise out of all that there is. */
async function fetchCommit(git: Inside, url: string, ref: string): Promise<string> {
  const fetch = ['fetch', '--quiet', '--no-tags', '--no-recurse-submodules'];
  const alone = await git(...fetch, '--depth', '1', '--', url, ref);
  if (alone.code === 0) return resolved(git, url, ref, 'FETCH_HEAD');
  if (!mayBeCommit(ref)) {
    if (isNotThere(alone.stderr)) throw notThere(url, ref);
    throw failed(url, alone.stderr);
  }
  const all = await git(...fetch, '--', url, '+refs/heads/*:refs/kf/heads/*', '+refs/tags/*:refs/kf/tags/*');
  if (all.code !== 0) throw failed(url, all.stderr);
  return resolved(git, url, ref, ref);
}

async function resolved(git: Inside, url: string, ref: string, name: string): Promise<string> {
  const { code, stdout } = await git('rev-parse', '--verify', '--quiet', `${name}^{commit}`);
  const commit = stdout.trim();
  if (code !== 0 || !isCommit(commit)) throw notThere(url, ref);
  if (isCommit(ref) && commit !== ref) throw notThere(url, ref);
  return commit;
}

async function must(ran: ReturnType<Git>, url: string): Promise<void> {
  const { code, stderr } = await ran;
  if (code !== 0) throw failed(url, stderr);
}

const isNotThere = (stderr: string) => /couldn't find remote ref|not our ref|no such ref/i.test(stderr);

const notThere = (url: string, ref: string) =>
  new KfError(
    Exit.notFound,
    `${oneLine(url)} has no ${ref === 'HEAD' ? 'commit yet' : `branch, tag or commit "${oneLine(ref)}"`}`,
    {
      hint: `see what there is: git ls-remote ${oneLine(url)}`,
    },
  );

function failed(url: string, stderr: string): KfError {
  const lines = stderr
    .split('\n')
    .map(oneLine)
    .filter((line) => line && !/^(hint:|warning:)/.test(line));
  const denied =
    /could not read (username|password)|authentication failed|permission denied|terminal prompts disabled/i;
  return new KfError(Exit.unreachable, `could not fetch ${oneLine(url)}`, {
    details: lines.slice(-4).map((line) => `  ${line}`),
    hint: denied.test(stderr)
      ? 'git needs to know you there without asking: a credential helper, or a key in ssh-agent'
      : `try it by hand: git ls-remote ${oneLine(url)}`,
  });
}

/** True where the path is in the checkout. */
export const holds = ({ folder }: Checkout, path: string): boolean => existsSync(join(folder, path));
