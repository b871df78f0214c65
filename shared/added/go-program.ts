import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { Exit, Interrupted, KfError } from '../cli/errors.ts';
import type { SubcommandSpec } from '../registry/entry.ts';
import { builtHere, keepBuilt } from '../registry/trust.ts';
import { safe } from '../view/text.ts';
import { cacheFolder, short } from './cached-source.ts';
import { cleanEnv, onPath } from './local-env.ts';
import { goTarget } from './script.ts';

/**
 * The program that a Go source makes, built once for each digest. What was built is known by its hash, which is kept where
 * trust is: one that was changed on this machine since is built anew.
 * @param folder holds the files
 */
export async function goProgram(context: Context, name: string, spec: SubcommandSpec, folder: string): Promise<string> {
  const target = `${context.platform}-${arch()}`;
  const file = join(
    cacheFolder(context),
    'go',
    target,
    short(spec.digest),
    context.platform === 'win32' ? `${name}.exe` : name,
  );
  const known = builtHere(context, spec.digest, target);
  if (known !== undefined && hashOf(file) === known) return file;
  const [go] = onPath(context, ['go']);
  if (!go) {
    throw new KfError(Exit.failed, `${name} is a Go program, and there is no go on PATH to build it`, {
      hint: `install Go${spec.runs.includes('cluster') ? ', or run it in the cluster: --where cluster' : ''}`,
    });
  }
  mkdirSync(join(file, '..'), { recursive: true, mode: 0o700 });
  const next = `${file}.${Math.random().toString(36).slice(2)}~`;
  try {
    const { folder: inside, what } = goTarget(spec);
    const words = ['build', '-trimpath', '-buildvcs=false', '-o', next, ...what];
    await build(context, name, go, words, join(folder, inside));
    const hash = hashOf(next)!;
    renameSync(next, file);
    keepBuilt(context, spec.digest, target, hash);
    return file;
  } finally {
    rmSync(next, { force: true });
  }
}

function hashOf(file: string): string | undefined {
  try {
    return createHash('sha256').update(readFileSync(file)).digest('hex');
  } catch {
    return undefined;
  }
}

/** Go's own settings are the person's: where modules come from. A workspace around the cache is not theirs to mean. */
async function build(context: Context, name: string, go: string, args: string[], folder: string): Promise<void> {
  const own = Object.entries(context.env).filter(([key]) =>
    /^(GO(PROXY|PRIVATE|NOPROXY|SUMDB|NOSUMDB|NOSUMCHECK|INSECURE|PATH|MODCACHE|CACHE|TOOLCHAIN|ROOT)|NETRC)$/.test(
      key,
    ),
  );
  const env = { ...cleanEnv(context.env), ...Object.fromEntries(own), GOWORK: 'off', GOFLAGS: '-mod=readonly' };
  const exec = await context.exec();
  const { code, stderr } = await exec(go, args, { cwd: folder, env, signal: context.signal });
  if (context.signal.aborted) throw new Interrupted();
  if (code === 0) return;
  const said = safe(stderr).trim().split('\n');
  throw new KfError(Exit.failed, `${name} does not build`, {
    details: said.slice(0, 12).map((line) => `  ${line}`),
    hint: 'tell who added it; kubectl kf command upgrade takes a corrected one',
  });
}
