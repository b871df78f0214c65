/** A person who has set up completion: kubectl's own `__complete`, with the executables that krew installed. */
import { existsSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { folder, installedSuite, names, person, personEnv } from './suite.ts';

export interface Completing {
  env: Record<string, string | undefined>;
  home: string;
  /** The folder of the links. */
  bin: string;
  /** What kubectl offers after `kubectl`, the last word not finished; the directive at the end. `stderr` is checked to be kubectl's. */
  tab(...words: string[]): Promise<string[]>;
  /** The same of the program that kubectl asks after `kubectl kf`: as many as there are need not all pay for kubectl too. */
  ask(...words: string[]): Promise<string[]>;
  /** The same until something is there: names that were never asked for come behind. */
  tabUntil(ready: (lines: string[]) => boolean, ...words: string[]): Promise<string[]>;
  askUntil(ready: (lines: string[]) => boolean, ...words: string[]): Promise<string[]>;
}

/**
 * A krew root of its own over the same store, so that the links are in nobody else's way.
 * @param home where the cache is: another's, for who shares it
 */
export async function completing(kubeconfig?: string, home = folder()): Promise<Completing> {
  const { bin: installed, tools } = await installedSuite();
  const krewRoot = folder();
  const bin = join(krewRoot, 'bin');
  mkdirSync(bin);
  for (const name of names(installed).filter((each) => /^kubectl-kf(_|$)/.test(each))) {
    const file = join(installed, name);
    symlinkSync(process.env.KF_BIN ? file : readlinkSync(file), join(bin, name));
  }
  const env = {
    ...(await personEnv(kubeconfig)),
    HOME: home,
    KREW_ROOT: krewRoot,
    PATH: [bin, tools, '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
  };
  const tab = async (...words: string[]) => {
    const { code, stdout, stderr } = await person('kubectl', ['__complete', ...words], {
      env,
      ...(kubeconfig ? { kubeconfig } : {}),
    });
    const strange = stderr.split('\n').filter((line) => line && !/^(\[Debug\]|Completion ended with)/.test(line));
    if (code !== 0 || strange.length > 0) throw new Error(`${words.join(' ')}: exit ${code}: ${strange.join('\n')}`);
    return stdout.trimEnd().split('\n');
  };
  const ask = async (kf = '', ...words: string[]) => {
    const own = `kubectl_complete-${kf}-${words[0]}`;
    const linked = words.length > 1 && existsSync(join(bin, own));
    const file = join(bin, linked ? own : `kubectl_complete-${kf}`);
    const { code, stdout, stderr } = await person(file, linked ? words.slice(1) : words, {
      env,
      ...(kubeconfig ? { kubeconfig } : {}),
    });
    if (code !== 0 || stderr) throw new Error(`${kf} ${words.join(' ')}: exit ${code}: ${stderr}`);
    return stdout.trimEnd().split('\n');
  };
  const until =
    (by: Completing['tab']): Completing['tabUntil'] =>
    async (ready, ...words) => {
      for (const end = Date.now() + 30_000; ; ) {
        const lines = await by(...words);
        if (ready(lines)) return lines;
        if (Date.now() > end) throw new Error(`kubectl ${words.join(' ')}: ${lines.join('\n')}`);
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
    };
  const done = await person('kubectl', ['kf', 'completion', 'install'], { env });
  if (done.code !== 0) throw new Error(done.stderr);
  return {
    env,
    home,
    bin,
    tab,
    ask,
    tabUntil: until(tab),
    askUntil: until(ask),
  };
}

/** Values alone. */
export const valuesOf = (lines: readonly string[]): string[] =>
  lines.filter((line) => !/^:\d+$/.test(line)).map((line) => line.split('\t')[0]!);
