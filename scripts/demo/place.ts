/** What the demo needs, and where it runs: a cluster, kubectl and krew for it, a kubeconfig and a KREW_ROOT of its own. */
import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ensureBinaries, toolsOf } from '../../test/cluster/binaries.ts';
import { up } from '../../test/cluster/cluster.ts';
import { cacheDir, checkoutId, runDir } from '../../test/cluster/layout.ts';
import { preflight } from '../../test/cluster/preflight.ts';
import { must, which } from '../../test/cluster/system.ts';

/** Everything of the demo that stays, apart from the cluster. */
export const demoDir = (): string => join(cacheDir(), 'demo', checkoutId());
export const kubeconfigFile = (): string => join(demoDir(), 'kubeconfig');
export const krewRoot = (): string => join(demoDir(), 'krew');
const toolsDir = (): string => join(demoDir(), 'tools');

/** What is missing here, each with its remedy, found before anything long starts. */
export function lacks(context: string | undefined): string[] {
  const missing = which('git') ? [] : ['git is missing: apt-get install git'];
  if (context === undefined)
    return [...missing, ...preflight().map((lack) => `${lack.missing} is missing: ${lack.remedy}`)];
  if (which('go') || (which('kubectl') && which('kubectl-krew'))) return missing;
  return [
    ...missing,
    'kubectl and krew are missing: install them, or Go (https://go.dev/dl), with which they are built here',
  ];
}

/**
 * A kubeconfig of the demo's own for the cluster, which is started unless a context of the person's is named: their own file
 * is not changed. Tools are put beside it.
 */
export async function prepare(context: string | undefined): Promise<void> {
  mkdirSync(demoDir(), { recursive: true });
  if (context === undefined) {
    const { state } = await up();
    link(toolsOf(state.bin));
    copyFileSync(join(runDir(), 'admin.kubeconfig'), kubeconfigFile());
    return;
  }
  const there = which('kubectl-krew') ? which('kubectl') : undefined;
  const tools = there ? undefined : toolsOf(await ensureBinaries(true));
  if (tools) link(tools);
  const view = ['config', 'view', '--minify', '--flatten', '--raw', '--context', context];
  writeFileSync(kubeconfigFile(), await must(there ?? join(tools!, 'kubectl'), view), { mode: 0o600 });
}

function link(tools: string): void {
  mkdirSync(toolsDir(), { recursive: true });
  for (const name of ['kubectl', 'kubectl-krew']) {
    if (!existsSync(join(toolsDir(), name))) symlinkSync(join(tools, name), join(toolsDir(), name));
  }
}

/** The folder with kubectl and kubectl-krew: the demo's own, or where the person's are. */
export const tools = (): string => (existsSync(toolsDir()) ? toolsDir() : join(which('kubectl')!, '..'));

/** A word for a POSIX shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** Lines for eval: the cluster, the suite and krew as the demo had them. Undefined where there was none. */
export function exports(): string | undefined {
  if (!existsSync(kubeconfigFile())) return undefined;
  const path = [join(krewRoot(), 'bin'), tools()].join(delimiter);
  return [
    `export KUBECONFIG=${quoted(kubeconfigFile())}`,
    `export KREW_ROOT=${quoted(krewRoot())}`,
    `export PATH=${quoted(path)}:"$PATH"`,
  ].join('\n');
}
