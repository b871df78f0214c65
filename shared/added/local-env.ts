import { accessSync, constants, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { KfError } from '../cli/errors.ts';
import { choose } from '../kube/config.ts';
import { flattened } from '../kube/flatten.ts';
import type { KubeFlags } from '../kube/kube.ts';
import { kubeconfigFiles } from '../kube/merge.ts';

/** What of the person's environment a program gets; nothing that changes what Python, a shell or the linker load. */
const kept = new RegExp(
  `^(${[
    ...['PATH', 'HOME', 'USER', 'LOGNAME', 'LANG', 'LC_[A-Z]+', 'TERM', 'COLORTERM', 'NO_COLOR', 'TZ', 'TMPDIR'],
    ...['SSL_CERT_FILE', 'SSL_CERT_DIR', 'XDG_[A-Z_]+', '(HTTPS?|ALL|NO|FTP)_PROXY'],
    // Without these, nothing starts on Windows.
    ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'TEMP', 'TMP', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'PATHEXT'],
  ].join('|')})$`,
  'i',
);

export const cleanEnv = (env: Context['env']): Record<string, string> =>
  Object.fromEntries(
    Object.entries(env).filter((each): each is [string, string] => each[1] !== undefined && kept.test(each[0])),
  );

/** A folder of one run's own, and what takes it away. */
export function scratchFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'kf-run-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * The clean environment with the cluster that the flags and the kubeconfig choose: a kubeconfig of its own where flags choose
 * otherwise than the files do. Without any cluster it says nothing of one.
 */
export async function runEnv(
  context: Context,
  verb: string,
  { requestTimeout: _, verbosity: __, ...flags }: KubeFlags,
  scratch: string,
): Promise<Record<string, string>> {
  const env: Record<string, string> = { ...cleanEnv(context.env), KF_COMMAND: verb };
  const choosing = Object.values(flags).some((value) => value !== undefined && value.length > 0);
  try {
    const chosen = await choose(flags, context);
    if (chosen.contextName) env.KF_CONTEXT = chosen.contextName;
    env.KF_NAMESPACE = chosen.namespace;
    // In a cluster there is no file, and none is needed.
    if (!chosen.contextName && !chosen.cluster.name) return env;
    if (choosing) {
      env.KUBECONFIG = join(scratch, 'kubeconfig');
      writeFileSync(env.KUBECONFIG, flattened(chosen), { mode: 0o600 });
      return env;
    }
  } catch (error) {
    // What was asked for must be right; what is there may lack for those who need no cluster.
    if (choosing || !(error instanceof KfError)) throw error;
  }
  if (context.env.KUBECONFIG) env.KUBECONFIG = kubeconfigFiles(undefined, context).join(delimiter);
  return env;
}

/** The programs of these names on PATH, in the names' order. Never one in the folder that the person happens to be in. */
export function* onPath(
  { env, platform }: Pick<Context, 'env' | 'platform'>,
  names: readonly string[],
): Generator<string> {
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter(isAbsolute);
  const end = platform === 'win32' ? '.exe' : '';
  for (const name of names) {
    const file = folders.map((folder) => join(folder, name + end)).find(isProgram);
    if (file) yield file;
  }
}

function isProgram(file: string): boolean {
  if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return false;
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
