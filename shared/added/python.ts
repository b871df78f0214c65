import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Call, Outcome, SubcommandSpec } from '../registry/entry.ts';
import { oneLine } from '../view/text.ts';
import { harnessCall, harnessText, pythonFlags, readOutcome, unsuitableCode } from './harness.ts';
import { onPath } from './local-env.ts';

/** The longest call that goes into the arguments; a longer one goes into a file. */
const longestWord = 16_000;

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
  const { context, spec, scratch, env } = run;
  const packages = (spec.dependencies?.length ?? 0) > 0;
  const unsuitable: string[] = [];
  for (const python of packages ? [await environment(run)] : onPath(context, pythons)) {
    const result = join(scratch, 'result');
    const { code, outcome } = await start(run, python, { file: result }, packages, env);
    if (code !== unsuitableCode || outcome.unsuitable === undefined)
      return { code, ...(outcome.result ? { result: outcome.result } : {}) };
    unsuitable.push(oneLine(outcome.unsuitable));
  }
  throw noPython(run, unsuitable);
}

/** The first Python on PATH that suits: the harness looks, and runs nothing. */
export async function suitablePython(run: PythonRun): Promise<string> {
  const exec = await run.context.exec();
  const unsuitable: string[] = [];
  const [text, word] = [await harnessText(), await wordOf(run, { frame: 'look' }, false, '')];
  for (const python of onPath(run.context, pythons)) {
    const { code, stdout } = await exec(python, [...pythonFlags(false), '-c', text, word], { env: run.env });
    if (code === 0) return python;
    const [, outcome = ''] = /\x1elook:(.*)\n/.exec(stdout) ?? [];
    unsuitable.push(oneLine(readOutcome(outcome).unsuitable ?? python));
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
  place: { file: string },
  packages: boolean,
  env: Record<string, string>,
): Promise<{ code: number; outcome: ReturnType<typeof readOutcome> }> {
  const word = await wordOf(run, place, packages);
  const code = await run.context.pass(python, [...pythonFlags(packages), '-c', await harnessText(), word], env);
  let text = '';
  try {
    text = readFileSync(place.file, 'utf8');
  } catch {
    // It returned nothing.
  }
  return { code, outcome: readOutcome(text) };
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
