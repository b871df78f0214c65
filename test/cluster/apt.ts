/** Packages of the machine's Debian or Ubuntu, fetched with their dependencies and unpacked into a folder; nothing is installed. */
import { mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { must, run } from './system.ts';

/**
 * Downloads the packages, and with `dependencies` all that they need as if nothing were installed, into `dir`.
 * Names that `skip` matches are left out. Gives the paths of the .deb files.
 */
export async function fetchPackages(
  dir: string,
  packages: string[],
  { dependencies = true, skip }: { dependencies?: boolean; skip?: RegExp } = {},
): Promise<string[]> {
  mkdirSync(dir, { recursive: true });
  const names = dependencies ? await closure(dir, packages) : packages;
  const wanted = names.filter((name) => !skip?.test(name));
  const download = (options: string[]) => run('apt-get', ['download', '-qq', ...options, ...wanted], { cwd: dir });
  let done = await download([]);
  if (done.code !== 0) {
    // No package lists on this machine, or old ones: fetch lists of our own, beside the system's.
    const lists = await ownLists(dir);
    done = await download(lists);
  }
  if (done.code !== 0) throw new Error(`apt-get download: ${done.stderr.trim().split('\n').at(-1)}`);
  return readdirSync(dir)
    .filter((file) => file.endsWith('.deb'))
    .map((file) => join(dir, file));
}

/** The names of the packages and of all they depend on. */
async function closure(dir: string, packages: string[]): Promise<string[]> {
  const ask = (options: string[]) =>
    run('apt-get', [
      ...['install', '-y', '-qq', '--no-install-recommends', '--print-uris', '-o', 'Dir::State::status=/dev/null'],
      ...options,
      ...packages,
    ]);
  let answer = await ask([]);
  if (answer.code !== 0) answer = await ask(await ownLists(dir));
  if (answer.code !== 0) throw new Error(`apt-get: ${answer.stderr.trim().split('\n').at(-1)}`);
  // 'URI' name_version_arch.deb size hash
  return answer.stdout
    .split('\n')
    .map((line) => line.split(' ')[1]?.split('_')[0])
    .filter((name) => name !== undefined);
}

async function ownLists(dir: string): Promise<string[]> {
  const lists = join(dir, 'lists');
  mkdirSync(join(lists, 'partial'), { recursive: true });
  const options = ['-o', `Dir::State::Lists=${lists}`];
  await must('apt-get', ['update', '-qq', ...options]);
  return options;
}

/** Unpacks packages into `dest`, which gets Debian's merged /usr: /bin, /lib, /lib64 and /sbin are links into it. */
export async function unpack(packages: string[], dest: string): Promise<void> {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(dest, 'usr', name), { recursive: true });
    symlinkSync(`usr/${name}`, join(dest, name));
  }
  const script = 'dpkg-deb --fsys-tarfile "$1" | tar -x --keep-directory-symlink --no-same-owner -C "$2"';
  for (const deb of packages) await must('bash', ['-o', 'pipefail', '-c', script, 'unpack', deb, dest]);
}
