import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Call, Outcome, SubcommandSpec } from '../registry/entry.ts';
import { oneLine } from '../view/text.ts';
import { harnessCall, harnessText, pythonFlags, readOutcome, unsuitableCode } from './harness.ts';
import { onPath } from './local-env.ts';

/** The longest call that goes into the arguments, which on Windows hold 32,767 characters with the harness; a longer one goes into a file. */
const longestWord = 12_000;

/** Pythons to try, the usual one first; looked up one by one, only where those before are not there or not new enough. */
const pythons = ['python3', ...[15, 14, 13, 12, 11, 10, 9, 8].map((minor) => `python3.${minor}`), 'python'];

export interface PythonRun {
  context: Context;
  name: string;
  spec: SubcommandSpec;
  call: Call;
  /** Holds the files. */
  folder: string;
  /** Of this run's own. */
  scratch: string;
  env: Record<string, string>;
}

/** Runs a Python function on this machine. Throws KfError where there is no Python that it takes. */
export async function runPython(run: PythonRun): Promise<Outcome> {
  const packages = (run.spec.dependencies?.length ?? 0) > 0;
  const [usual] = packages ? [await environment(run)] : onPath(run.context, ['python3', 'python']);
  const first = await start(run, usual ?? (await suitablePython(run)), packages);
  // Which one takes a start to find out, so the usual one is tried first, with the function itself.
  const { code, unsuitable, result } =
    first.unsuitable === undefined ? first : await start(run, await suitablePython(run), packages);
  if (unsuitable !== undefined) throw noPython(run, [oneLine(unsuitable)]);
  return { code, ...(result ? { result } : {}) };
}

/** The first Python on PATH that suits: the harness looks, and runs nothing. Throws KfError where there is none. */
export async function suitablePython(run: PythonRun): Promise<string> {
  const exec = await run.context.exec();
  const unsuitable: string[] = [];
  const [text, word] = [await harnessText(), await wordOf(run, { frame: 'look' }, false, '')];
  for (const python of onPath(run.context, pythons)) {
    const { code, stdout } = await exec(python, [...pythonFlags(false), '-c', text, word], { env: run.env });
    if (code === 0) return python;
    // Others than these are names of Pythons that are not there (pyenv has such).
    const outcome = /\x1elook:(.*)\n/.exec(stdout)?.[1];
    const version = outcome && readOutcome(outcome).unsuitable;
    if (version && !unsuitable.includes(oneLine(version))) unsuitable.push(oneLine(version));
  }
  throw noPython(run, unsuitable);
}

async function environment(run: PythonRun): Promise<string> {
  const { pythonEnv } = await import('./python-env.ts');
  return pythonEnv(run);
}

async function start(
  run: PythonRun,
  python: string,
  packages: boolean,
): Promise<{ code: number } & ReturnType<typeof readOutcome>> {
  const file = join(run.scratch, 'result');
  rmSync(file, { force: true });
  const word = await wordOf(run, { file }, packages);
  const code = await run.context.pass(python, [...pythonFlags(packages), '-c', await harnessText(), word], run.env);
  // It writes nothing where the function returned nothing.
  const { unsuitable, result } = readOutcome(existsSync(file) ? readFileSync(file, 'utf8') : '');
  return { code, ...(code === unsuitableCode && unsuitable !== undefined ? { unsuitable } : result ? { result } : {}) };
}

async function wordOf(
  { name, spec, call, folder, scratch }: PythonRun,
  result: { file: string } | { frame: string },
  packages: boolean,
  handler = spec.handler,
): Promise<string> {
  const word = harnessCall(name, { ...spec, handler }, call, { folder, result, packages });
  if (word.length <= longestWord) return word;
  const file = join(scratch, 'call');
  writeFileSync(file, word, { mode: 0o600 });
  return `@${file}`;
}

function noPython({ name, spec }: PythonRun, unsuitable: readonly string[]): KfError {
  const wanted = oneLine(spec.python ?? '');
  const elsewhere = spec.runs.includes('cluster') ? ', or run it in the cluster: --where cluster' : '';
  if (unsuitable.length === 0)
    return new KfError(Exit.failed, `${name} is a Python function, and there is no python3 on PATH`, {
      hint: `install Python${wanted ? ` ${wanted}` : ' 3.8 or newer'}${elsewhere}`,
    });
  return new KfError(Exit.failed, `${name} needs Python ${wanted}; here is ${unsuitable.join(', ')}`, {
    hint: `install one that fits; it is found on PATH as python3 or python3.N${elsewhere}`,
  });
}
