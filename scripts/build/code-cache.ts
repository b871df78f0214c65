import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { describeGroup } from './groups.ts';
import { baseFor } from './node.ts';
import { hostName, type Target } from './targets.ts';
import { addedHome, addedWarm } from './warm-added.ts';
import { type FakeApi, fakeApi } from './warm-api.ts';

const run = promisify(execFile);

/** How to run a target's Node here: directly, or under qemu's user emulation where it is installed; undefined where not at all. */
export async function runnerFor(target: Target): Promise<string[] | undefined> {
  const { pristine } = await baseFor(target);
  if (target.name === hostName()) return [pristine];
  if (target.name !== 'linux-arm64' || process.platform !== 'linux') return undefined;
  // The libraries are the machine's own (multiarch) or those of Debian's cross compiler.
  for (const qemu of [['qemu-aarch64'], ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu']]) {
    const [file = '', ...args] = qemu;
    const works = await run(file, [...args, pristine, '--version']).then(
      ({ stdout }) => stdout.trim() === `v${target.node}`,
      () => false,
    );
    if (works) return [...qemu, pristine];
  }
  return undefined;
}

/**
 * Makes the V8 code cache of each pack in a folder by running the group's commands as the executable would: what they use
 * is in the cache, what they do not is compiled when it is first needed. Packs that no command reached get an empty file,
 * which V8 refuses.
 * @param dir holds the packs and warm.js
 */
export async function makeCodeCaches(group: string, runner: string[], dir: string, packs: string[]): Promise<void> {
  const api = await fakeApi();
  try {
    const emulated = runner.length > 1;
    // Where verbs that people added are run, one is: it is what this group does most.
    const bin = group === 'kf-command' ? await addedHome(dir) : undefined;
    const lines = [...(await warmUps(group, emulated)), ...(bin ? addedWarm : [])];
    for (const words of lines) await warm(runner, dir, words, api, bin);
  } finally {
    await api.close();
  }
  for (const pack of packs) {
    const file = join(dir, `${pack}.cache`);
    if (!existsSync(file)) await writeFile(file, '');
  }
}

/**
 * The chunks that the commands typed most load, for each by itself: a list of what there is, where the group has one, or a verb that
 * someone added, here and in the cluster. Learnt by running them.
 * @param dir as in {@link makeCodeCaches}
 */
export async function loadedOften(group: string, runner: string[], dir: string): Promise<Set<string>[]> {
  const adds = group === 'kf-command';
  const often = adds ? addedWarm : await typedOften(group);
  const loaded: Set<string>[] = [];
  const api = await fakeApi();
  try {
    const bin = adds && often.length > 0 ? await addedHome(dir) : undefined;
    for (const words of often) {
      await warm(runner, dir, words, api, bin);
      loaded.push(new Set(JSON.parse(await readFile(join(dir, 'loaded.json'), 'utf8')) as string[]));
    }
    return loaded;
  } finally {
    await api.close();
  }
}

/** A list of what there is; and logs, which are followed for hours: what they need has a pack of its own, for its memory. */
async function typedOften(group: string): Promise<string[][]> {
  const lines = await warmUps(group, false);
  const first = (verb: string) => lines.filter((words) => words.includes(verb)).slice(0, 1);
  return [...first('list'), ...first('-f')];
}

/** The command lines that are run: what every start does, wrong use, and each command that only reads. */
async function warmUps(name: string, emulated: boolean): Promise<string[][]> {
  const { verbs, commands } = await describeGroup(name);
  const lines: string[][] = [['--version'], ['--help']];
  for (const key of Object.keys(commands)) {
    const words = key
      .split('|')[0]!
      .split(' ')
      .slice(verbs.length === 1 ? 1 : 0);
    const last = words.at(-1) ?? '';
    if (last === 'logs') lines.push([...words, 'warm', '-f']);
    if (/^(list|runtimes|whoami|version|use)$/.test(last)) lines.push(words);
    // Under emulation a start takes seconds: what is run most must do.
    else if (!emulated) lines.push(/^(get|logs|history|wait)$/.test(last) ? [...words, 'warm'] : [...words, '--help']);
  }
  if (emulated) return lines;
  // Names are got first, so that the answer comes from what is remembered.
  const tab = ['__refresh', '__complete'].map((order) => [order, '', '', '-n', '']);
  return [...lines, ['no-such-verb'], [...lines.at(-1)!, '--no-such-flag'], ...tab];
}

/** One command. Its exit code is its own matter: a cluster that is not real may well be refused. */
async function warm(runner: string[], dir: string, words: string[], api: FakeApi, bin?: string): Promise<void> {
  const [file = '', ...args] = runner;
  const path = [bin, process.env.PATH].filter(Boolean).join(delimiter);
  const env = { PATH: path, HOME: dir, KUBECONFIG: api.kubeconfig, TERM: 'dumb' };
  const warming = run(file, [...args, join(dir, 'warm.js'), dir, ...words], { env, cwd: dir, timeout: 60_000 });
  warming.child.stdin?.end();
  await warming.catch((error: { code?: number | string; stderr?: string }) => {
    if (typeof error.code !== 'number' || /SyntaxError|ReferenceError|V8 refuses/.test(error.stderr ?? '')) {
      throw new Error(`the bundle does not run (${words.join(' ')}): ${error.stderr || error}`);
    }
  });
}
