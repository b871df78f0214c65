import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import type { Stamp } from './build/bundle.ts';
import { buildExecutable } from './build/executable.ts';
import { chooseGroups } from './build/groups.ts';
import { root } from './build/paths.ts';
import { chooseTargets, UseError } from './build/targets.ts';

const usage = `npm run build [-- --target linux-x64,darwin-arm64,…] [--group kf,kf-train]
Makes dist/<target>/kubectl-kf* of each group in plugins/; for this machine unless targets are named.`;

/** The version in package.json and the commit that is checked out; no commit outside git. */
export function stampOf(version?: string): Stamp {
  const own = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version as string;
  try {
    const head = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return { version: version ?? own, commit: head.toString().trim() };
  } catch {
    return { version: version ?? own, commit: '' };
  }
}

export interface BuildOptions {
  /** As in `--target`. */
  target?: string | undefined;
  /** As in `--group`. */
  group?: string | undefined;
  /** In place of package.json's. */
  version?: string | undefined;
  /** In place of dist/. */
  out?: string | undefined;
}

/** Builds, one at a time, what is not there yet. Gives the executables' paths. Throws UseError for an unknown name. */
export async function buildAll({ target, group, version, out }: BuildOptions = {}): Promise<string[]> {
  const targets = chooseTargets(target);
  const groups = chooseGroups(group);
  const made: string[] = [];
  for (const each of targets) {
    for (const name of groups) made.push(await buildExecutable(name, each, stampOf(version), out));
  }
  return made;
}

/** Runs a script's main: wrong use is a line and exit 2, anything else that is thrown exit 1. */
export async function script(help: string, main: () => Promise<void>): Promise<void> {
  try {
    if (process.argv.includes('--help') || process.argv.includes('-h')) process.stdout.write(`${help}\n`);
    else await main();
  } catch (error) {
    const wrongUse = error instanceof UseError || (error as NodeJS.ErrnoException).code?.startsWith('ERR_PARSE_ARGS');
    process.stderr.write(`${error instanceof Error ? error.message : error}\n${wrongUse ? `${help}\n` : ''}`);
    process.exitCode = wrongUse ? 2 : 1;
  }
}

if (import.meta.main) {
  await script(usage, async () => {
    const { values } = parseArgs({ options: { target: { type: 'string' }, group: { type: 'string' } } });
    for (const file of await buildAll(values)) process.stdout.write(`${relative(process.cwd(), file)}\n`);
  });
}
