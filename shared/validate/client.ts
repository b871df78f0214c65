import { readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path';
import type { Context } from '../cli/context.ts';
import { groupOf, ownVerbs, suite } from '../cli/suite.ts';
import { mark } from '../completion/shim.ts';
import { kubeconfigFiles } from '../kube/merge.ts';

/** What of this machine decides which program runs as kubectl kf, and who sees its credentials. */
export interface Client {
  /** Executables that kubectl kf may run and that krew did not install. `suite`: they take a name of the suite. */
  strays: { file: string; suite: boolean }[];
  /** Folders of PATH that others can write to. */
  open: string[];
  /** Parts of PATH that are no absolute path; '' is the current folder. */
  relative: string[];
  /** Kubeconfig files that others can read. */
  readable: { file: string; mode: number }[];
}

type Around = Pick<Context, 'env' | 'home' | 'cwd' | 'self' | 'platform'>;

/** @param kubeconfig as the flag has it */
export function lookAround(around: Around, kubeconfig?: string): Client {
  const unix = around.platform !== 'win32';
  const path = around.env.PATH ?? around.env.Path ?? '';
  const parts = path === '' ? [] : path.split(delimiter);
  const folders = [...new Set(parts.filter((part) => isAbsolute(part)))];
  return {
    strays: folders.flatMap((folder) => straysIn(folder, around)),
    open: unix ? folders.filter((folder) => othersMay(folder, 0o002)) : [],
    relative: [...new Set(parts.filter((part) => !isAbsolute(part)))],
    readable: unix
      ? kubeconfigFiles(kubeconfig, around).flatMap((file) =>
          othersMay(file, 0o044) ? [{ file, mode: stat(file)!.mode & 0o777 }] : [],
        )
      : [],
  };
}

const stat = (file: string): Stats | undefined => {
  try {
    return statSync(file, { throwIfNoEntry: false });
  } catch {
    return undefined; // behind a folder that may not be entered
  }
};
const othersMay = (file: string, bits: number) => ((stat(file)?.mode ?? 0) & bits) !== 0;

function straysIn(folder: string, around: Around): Client['strays'] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const words = /^kubectl(?:_complete)?-kf(?:[-_]([\w-]+?))?(?:\.exe)?$/.exec(name);
    const file = join(folder, name);
    if (!words || !stat(file)?.isFile() || isOurs(file, around)) return [];
    return [{ file, suite: words[1] === undefined || isSuite(words[1].replaceAll('_', '-')) }];
  });
}

const isSuite = (word: string) =>
  suite.some(({ plugin }) => plugin === `kf-${word}`) || groupOf(word) !== undefined || ownVerbs.includes(word);

/** Beside this executable, of krew's own store, or a shim of completion. */
function isOurs(file: string, { self, env, home }: Around): boolean {
  const place = real(file);
  const krew = real(env.KREW_ROOT || join(home, '.krew'));
  if (dirname(place) === dirname(real(self)) || place.startsWith(`${krew}${sep}store${sep}`)) return true;
  const size = stat(file)?.size ?? 0;
  return size < 100_000 && readFileSync(file, 'utf8').split('\n', 2)[1] === mark;
}

function real(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
