import { usageError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';

/** A place in a git repository, as it is typed: `https://host/repo.git@v1.2#jobs/tune.py`. */
export interface GitTarget {
  url: string;
  /** A branch, tag or commit; the remote's own branch where it is not said. */
  ref?: string;
  /** Inside the repository; all of it where it is not said. May end in `:function`. */
  path?: string;
}

const scheme = /^([a-z][a-z0-9+.-]*):\/\//i;
/** `git@host:org/repo.git`, as ssh has it. */
const scpLike = /^[\w.-]+@[\w.-]+:(?!\/\/)/;

/**
 * What git may speak. https and ssh prove whom they talk to; file is a repository on this machine. Not http and git://, where
 * anyone in between can put other code in, nor git's helpers (`ext::`), which run programs.
 */
export const gitProtocols = ['https', 'ssh', 'file'];

export const isGitTarget = (target: string): boolean =>
  scheme.test(target) || scpLike.test(target) || /^\w+::/.test(target);

/**
 * @param ref of --ref
 * @throws KfError (usage) where it is none that we would fetch, or would give away a password
 */
export function parseGitTarget(target: string, ref?: string): GitTarget {
  const [before, ...after] = target.split('#');
  const at = refAt(before!);
  const url = at < 0 ? before! : before!.slice(0, at);
  const typed = at < 0 ? undefined : before!.slice(at + 1);
  const path = after.length > 0 ? after.join('#') : undefined;
  checkUrl(url);
  if (typed !== undefined && ref !== undefined && typed !== ref) {
    throw usageError(`${oneLine(target)} names ${oneLine(typed)}, --ref ${oneLine(ref)}`, 'say it once');
  }
  const wanted = ref ?? typed;
  if (wanted !== undefined) checkRef(wanted);
  if (path !== undefined) checkPath(path);
  return {
    url,
    ...(wanted === undefined ? {} : { ref: wanted }),
    ...(path ? { path: path.replace(/^\.\//, '').replace(/\/+$/, '') } : {}),
  };
}

/** Where `@ref` begins: after the host, and not where a part of the path begins with @. */
function refAt(url: string): number {
  const host = scheme.exec(url)?.[0].length;
  const from = host === undefined ? url.indexOf(':') : url.indexOf('/', host);
  if (from < 0) return -1;
  const named = url.indexOf('.git@', from);
  if (named >= 0) return named + '.git'.length;
  const at = url.lastIndexOf('@');
  return at > from && url[at - 1] !== '/' ? at : -1;
}

function checkUrl(url: string): void {
  if (/[\u0000-\u0020\u007f]/.test(url)) throw usageError(`${oneLine(url)}: a URL has no white space`);
  const name = scheme.exec(url)?.[1]?.toLowerCase();
  if (name === undefined) {
    if (scpLike.test(url)) return;
    throw usageError(`${oneLine(url)}: not a URL that is fetched from`, use);
  }
  if (!gitProtocols.includes(name)) {
    const why = name === 'http' || name === 'git' ? ': anyone in between can put other code in' : '';
    throw usageError(`${name}:// is not fetched from${why}`, use);
  }
  const authority = /^[a-z]+:\/\/([^/]*)/i.exec(url)![1]!;
  const user = authority.includes('@') ? authority.slice(0, authority.lastIndexOf('@')) : undefined;
  // A token stands in the place of the name as often as in that of the password.
  if (user !== undefined && (name !== 'ssh' || user.includes(':'))) {
    throw usageError(
      `the URL of ${oneLine(authority.slice(user.length + 1))} holds credentials, which everyone would see who sees the subcommand`,
      'take them out of the URL, and give them to git: a credential helper, or ssh',
    );
  }
  if (url.includes('?')) throw usageError(`${oneLine(url.split('?')[0]!)}: a git URL has no ?…`);
  if (authority.startsWith('-')) throw usageError(`${oneLine(authority)} is no host`);
}

const use = `use ${gitProtocols.map((each) => `${each}://`).join(', ')} or git@host:path`;

function checkRef(ref: string): void {
  // git check-ref-format, so far as it keeps the word from being an option, a refspec or an expression.
  if (ref === '' || ref.startsWith('-') || /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|^\/|\/$|\/\//.test(ref)) {
    throw usageError(`"${oneLine(ref)}" is no branch, tag or commit`);
  }
}

function checkPath(path: string): void {
  if (path.startsWith('/') || path.split('/').includes('..') || path.includes('\\') || path.includes('\0')) {
    throw usageError(`"${oneLine(path)}" leads out of the repository`, 'name a file or folder in it');
  }
}
