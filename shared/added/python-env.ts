import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { Exit, Interrupted, KfError, usageError } from '../cli/errors.ts';
import type { ExecOptions } from '../process/exec.ts';
import { oneLine, safe } from '../view/text.ts';
import { cacheFolder } from './cached-source.ts';
import { onPath } from './local-env.ts';
import { type PythonRun, suitablePython } from './python.ts';

/**
 * The Python of an environment with the subcommand's packages: made by uv where it is on PATH, else by venv and pip; kept by
 * what it was made of. Throws KfError where it can't be made.
 */
export async function pythonEnv(run: PythonRun): Promise<string> {
  const { context, spec, name } = run;
  const packages = [...(spec.dependencies ?? [])].sort();
  const odd = packages.find((each) => !/^[A-Za-z0-9]/.test(each));
  if (odd !== undefined)
    throw usageError(`${name} names a package that is none: "${oneLine(odd).slice(0, 100)}"`, 'tell who added it');
  const [uv] = onPath(context, ['uv']);
  const python = uv === undefined ? await suitablePython(run) : '';
  const wanted = JSON.stringify([uv ? 'uv' : realpathSync(python), spec.python ?? '', packages]);
  const folder = join(cacheFolder(context), 'envs', createHash('sha256').update(wanted).digest('hex').slice(0, 32));
  const program = pythonOf(folder, context);
  // A Python that was taken off the machine leaves a link to nothing.
  if (existsSync(program) && mark(folder) === wanted) return program;
  const many = packages.length === 1 ? oneLine(packages[0]!) : `${packages.length} packages`;
  context.stderr.write(`making an environment with ${many} for ${name}\n`);
  const own = `${folder}.${Math.random().toString(36).slice(2)}`;
  mkdirSync(join(cacheFolder(context), 'envs'), { recursive: true, mode: 0o700 });
  try {
    if (uv) await withUv(run, uv, own, packages);
    else await withPip(run, python, own, packages);
    writeFileSync(join(own, 'kf-packages'), wanted);
  } catch (error) {
    rmSync(own, { recursive: true, force: true });
    throw error;
  }
  install(own, folder);
  return program;
}

const pythonOf = (folder: string, { platform }: Pick<Context, 'platform'>) =>
  platform === 'win32' ? join(folder, 'Scripts', 'python.exe') : join(folder, 'bin', 'python');

/** What the environment there was made of; it is written last. */
function mark(folder: string): string | undefined {
  try {
    return readFileSync(join(folder, 'kf-packages'), 'utf8');
  } catch {
    return undefined;
  }
}

/** Its scripts name the folder that it was made in, so that stays; the name that it is found by is a link to it. */
function install(own: string, folder: string): void {
  const link = `${own}~`;
  symlinkSync(own, link, 'junction');
  renameSync(link, folder);
}

async function withUv(run: PythonRun, uv: string, folder: string, packages: string[]): Promise<void> {
  const version = run.spec.python ? ['--python', run.spec.python] : [];
  const which = run.spec.python ? ` (Python ${oneLine(run.spec.python)})` : '';
  await must(run, uv, ['venv', '--quiet', '--no-project', ...version, folder], {
    failed: `no environment could be made for ${run.name}${which}`,
    hint: 'install a Python that fits: uv python install, or one on PATH',
  });
  const python = pythonOf(folder, run.context);
  await must(run, uv, ['pip', 'install', '--quiet', '--python', python, '--', ...packages]);
}

/** Putting pip into an environment takes seconds; the one that is there can install into another, since 22.3. */
async function withPip(run: PythonRun, python: string, folder: string, packages: string[]): Promise<void> {
  const exec = await run.context.exec();
  const { stdout } = await exec(python, ['-I', '-m', 'pip', '--version'], { env: personEnv(run.context) });
  const [, major = 0, minor = 0] = (/^pip (\d+)\.(\d+)/.exec(stdout) ?? []).map(Number);
  const outside = major > 22 || (major === 22 && minor >= 3);
  await must(run, python, ['-I', '-m', 'venv', ...(outside ? ['--without-pip'] : []), folder]);
  const own = pythonOf(folder, run.context);
  const pip = outside ? [python, '-I', '-m', 'pip', '--python', own] : [own, '-I', '-m', 'pip'];
  const quietly = ['--quiet', '--disable-pip-version-check', '--no-input'];
  await must(run, pip[0]!, [...pip.slice(1), 'install', ...quietly, '--', ...packages]);
}

/** They reach indexes by the person's own settings, so all of it is theirs but what changes Python itself. */
const personEnv = ({ env }: Pick<Context, 'env'>) =>
  Object.fromEntries(Object.entries(env).filter(([key]) => !/^(PYTHON|VIRTUAL_ENV|LD_|DYLD_)/.test(key)));

const packagesFailed = ({ name }: PythonRun) => ({
  failed: `the packages of ${name} could not be installed`,
  hint: 'correct its dependencies, or reach a package index (PIP_INDEX_URL, UV_INDEX_URL)',
});

async function must(run: PythonRun, file: string, args: string[], or = packagesFailed(run)): Promise<void> {
  const { context } = run;
  // Not in the person's folder: uv takes the settings of a project that it stands in, its index among them.
  const cwd = join(cacheFolder(context), 'envs');
  const options: ExecOptions = { cwd, env: personEnv(context), signal: context.signal };
  const exec = await context.exec();
  const { code, stdout, stderr } = await exec(file, args, options);
  if (context.signal.aborted) throw new Interrupted();
  if (code === 0) return;
  const said = safe(`${stdout}${stderr}`)
    .split('\n')
    .filter((line) => line.trim() !== '');
  throw new KfError(Exit.failed, or.failed, { details: said.slice(-8).map((line) => `  ${line}`), hint: or.hint });
}
