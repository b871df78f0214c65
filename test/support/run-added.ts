/** Subcommands run by their words in this process: programs are real, their streams go to memory. */
import { spawn } from 'node:child_process';
import { existsSync as isFile, mkdtempSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { Readable } from 'node:stream';
import { runFound } from '../../shared/added/run.ts';
import type { Context } from '../../shared/cli/context.ts';
import type { Group } from '../../shared/cli/group.ts';
import { realExec } from '../../shared/process/exec.ts';
import type { Found, SubcommandSpec } from '../../shared/registry/entry.ts';
import { trust } from '../../shared/registry/trust.ts';
import { context, type Result, runCommand, type World } from './command.ts';
import { subcommandOf } from './subcommands.ts';

const isOfSuite = (folder: string) => ['kubectl-kf', 'kubectl-kf_train'].some((plugin) => isFile(join(folder, plugin)));

/** The folders of this machine's programs, without plugins that krew installed; what is missing there is missing. */
export const path: string = (process.env.PATH ?? '')
  .split(delimiter)
  .filter((folder) => !isOfSuite(folder))
  .join(delimiter);

/** Whether a program is there. */
export const has = (program: string): boolean => path.split(delimiter).some((folder) => isFile(join(folder, program)));

const homes: string[] = [];
process.on('exit', () => {
  for (const dir of homes) rmSync(dir, { recursive: true, force: true });
});

/** A home that goes away with the test. */
export function home(): string {
  const dir = mkdtempSync(join(tmpdir(), 'kf-added-'));
  homes.push(dir);
  return dir;
}

export const personal = (name: string, spec: Partial<SubcommandSpec>): Found => ({
  level: 'personal',
  subcommand: subcommandOf(name, { parameters: [], ...spec }),
});

/** Programs that are real, and what they wrote. */
export function programs(cwd: string, stdin = ''): { pass: Context['pass']; out: { stdout: string; stderr: string } } {
  const out = { stdout: '', stderr: '' };
  const pass: Context['pass'] = (file, args, env) =>
    new Promise((resolve, reject) => {
      const child = spawn(file, args, { env: env as NodeJS.ProcessEnv, cwd });
      for (const name of ['stdout', 'stderr'] as const)
        child[name].setEncoding('utf8').on('data', (text: string) => {
          out[name] += text;
        });
      child.stdin.on('error', () => {});
      child.stdin.end(stdin);
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 0)));
    });
  return { pass, out };
}

/** Runs it as `kubectl kf <its name> <words>`, trusted unless told otherwise. */
export async function runAs(
  found: Found,
  words: readonly string[],
  world: World & { trusted?: boolean; answer?: string } = {},
): Promise<Result & { home: string }> {
  const { trusted = true, answer, ...given } = world;
  const dir = world.home ?? home();
  const { pass, out } = programs(world.cwd ?? dir, world.stdin);
  const env = { PATH: path, HOME: dir, ...world.env };
  const made = context({ home: dir, cwd: dir, exec: realExec, pass, ...given, env });
  // Somebody sits at a terminal, and answers what is asked.
  if (answer !== undefined) made.context.stdin = Object.assign(Readable.from([`${answer}\n`]), { isTTY: true });
  const { name } = found.subcommand.metadata;
  if (trusted) trust(made.context, found.subcommand.spec.digest, { name, origin: 'a test' });
  const code = await runFound(found, words, made.context);
  // What the program wrote came before what was made of its result.
  return { code, stdout: out.stdout + made.stdout(), stderr: out.stderr + made.stderr(), home: dir };
}

/** Runs `kubectl kf command <words>` or, after __added, a verb: programs and the home are real. */
export async function runGroup(group: Group, argv: string[], world: World = {}): Promise<Result & { home: string }> {
  const dir = world.home ?? home();
  const { pass, out } = programs(world.cwd ?? dir, world.stdin);
  const env = { PATH: path, HOME: dir, ...world.env };
  const ran = await runCommand(group, argv, { home: dir, cwd: dir, exec: realExec, pass, ...world, env });
  return { code: ran.code, stdout: out.stdout + ran.stdout, stderr: out.stderr + ran.stderr, home: dir };
}
