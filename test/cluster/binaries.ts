/** Every program of the cluster, and krew, built from the one Go module in go/ and kept in the cache. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, goModule, kubernetesVersion, shortHash } from './layout.ts';
import { step } from './progress.ts';
import { must, run, withLock } from './system.ts';

const versionFlag = 'k8s.io/component-base/version';
const linkFlags = [
  '-s -w',
  `-X ${versionFlag}.gitVersion=${kubernetesVersion}`,
  `-X ${versionFlag}.gitMajor=1 -X ${versionFlag}.gitMinor=${kubernetesVersion.split('.')[1]}`,
].join(' ');
const krew = ['sigs.k8s.io/krew/cmd/krew', 'sigs.k8s.io/krew/cmd/validate-krew-manifest'];
const own = ['./dns', './pause', './pki'];
/** About how many packages a build of everything compiles, and how many programs it links; for the progress line. */
const packageCount = 3000;
const programCount = 14;

const sources = () =>
  ['go.mod', 'go.sum', 'dns/main.go', 'pause/main.go', 'pki/main.go'].map((file) => readFileSync(join(goModule, file)));

/** The folder with all programs; whether it is there yet says `existsSync`. */
export const binariesDir = () =>
  join(cacheDir(), `bin-${shortHash(...sources(), linkFlags, process.platform, process.arch)}`);

/** The folder in it that a person's PATH may get: kubectl, krew and kubectl-krew, nothing else. */
export const toolsOf = (bin: string) => join(bin, 'tools');

/**
 * Builds what is not there yet (about 10 minutes on two cores when Go's own cache is cold) and gives the folder.
 * `toolsOnly` builds kubectl, krew and validate-krew-manifest alone, which also works where no node can run.
 */
export function ensureBinaries(toolsOnly = false): Promise<string> {
  const found = pending.get(toolsOnly) ?? buildOnce(toolsOnly);
  pending.set(toolsOnly, found);
  return found;
}
const pending = new Map<boolean, Promise<string>>();

async function buildOnce(toolsOnly: boolean): Promise<string> {
  const all = binariesDir();
  if (existsSync(all)) return all;
  const target = toolsOnly ? `${all}-tools` : all;
  if (existsSync(target)) return target;
  await step(toolsOnly ? 'build kubectl and krew' : 'build Kubernetes, etcd, JobSet, Trainer and krew (once)', (note) =>
    withLock(
      target,
      async () => {
        if (existsSync(target)) return;
        note('');
        const part = `${target}.part`; // the lock's holder is alone with it; what a killed build left is thrown away
        rmSync(part, { recursive: true, force: true });
        mkdirSync(toolsOf(part), { recursive: true });
        await build(part, toolsOnly, note);
        renameSync(part, target);
      },
      () => note('another run builds it: waiting'),
    ),
  );
  return target;
}

async function build(dir: string, toolsOnly: boolean, note: (text: string) => void): Promise<void> {
  const env = { ...goEnv(), CGO_ENABLED: '0' };
  let compiled = 0;
  let fetched = '';
  const onLine = (line: string) => {
    if (line.startsWith('go: ')) fetched = line.slice(4, 80);
    else compiled += 1;
  };
  const timer = setInterval(() => {
    const linked = readdirSync(dir).length - 1;
    const compiling = compiled > 0 ? `${compiled} of at most ${packageCount} packages compiled, ` : '';
    if (fetched && compiled === 0) note(fetched);
    else note(`${compiling}${linked} of ${toolsOnly ? 3 : programCount} programs linked`);
  }, 1000);
  const options = { cwd: goModule, env, nice: true, onLine };
  try {
    // `tool` is every tool that go.mod names: one command, so that the libraries they share are compiled once.
    const packages = toolsOnly ? ['k8s.io/kubernetes/cmd/kubectl', ...krew] : ['tool'];
    await must('go', ['build', '-v', '-trimpath', '-ldflags', linkFlags, '-o', `${dir}/`, ...packages], options);
    if (!toolsOnly)
      await must('go', ['build', '-v', '-trimpath', '-ldflags', '-s -w', '-o', `${dir}/`, ...own], options);
  } finally {
    clearInterval(timer);
  }
  if (!toolsOnly) {
    renameSync(join(dir, 'server'), join(dir, 'etcd'));
    renameSync(join(dir, 'dns'), join(dir, 'coredns'));
  }
  // krew asks how it was called; validate-krew-manifest wants the long name.
  symlinkSync('krew', join(dir, 'kubectl-krew'));
  for (const name of ['kubectl', 'krew', 'kubectl-krew']) symlinkSync(join('..', name), join(toolsOf(dir), name));
}

/** The person's settings for Go must not change what is built, nor Go the module's files. */
const goEnv = () => ({ ...process.env, GOFLAGS: '-mod=readonly', GOWORK: 'off' });

/** The folder of a module's source in Go's module cache, downloaded if need be. */
export async function moduleDir(module: string): Promise<string> {
  const env = goEnv();
  await run('go', ['mod', 'download', module], { cwd: goModule, env });
  return (await must('go', ['list', '-m', '-f', '{{.Dir}}', module], { cwd: goModule, env })).trim();
}
