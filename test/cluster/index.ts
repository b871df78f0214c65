/**
 * The real cluster, for tests. `ensureCluster()` first; everything else here acts on the cluster it gave.
 *
 * The cluster is this checkout's own (test/cluster/), or with KF_TEST_CONTEXT=NAME the one that this context of the
 * person's kubeconfig names. A test that needs what `skipReason()` or `ownOnly()` says is not there skips with that line.
 */

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { ensureBinaries, toolsOf } from './binaries.ts';
import { down, importImage, up } from './cluster.ts';
import { auditLogOf } from './daemons.ts';
import { here, nodeName, runDir, slotNames } from './layout.ts';
import { inside, killDaemon, startDaemon } from './node.ts';
import { issue, writeKubeconfig } from './pki.ts';
import { preflight } from './preflight.ts';
import { readState, type State } from './state.ts';
import { identify, must, type Output, run, until, which } from './system.ts';

export { asAdmin, isNamespace, namespace } from './namespaces.ts';
export { preflight } from './preflight.ts';
export { type Output, until } from './system.ts';

/** A cluster to test on. */
export type Cluster = {
  /** Path of a kubeconfig with one context, its user an administrator. */
  kubeconfig: string;
  /** A folder for PATH with kubectl, krew and kubectl-krew. */
  bin: string;
  /** The API server's URL. */
  server: string;
  /** Whether it is this checkout's own; otherwise it is the person's (KF_TEST_CONTEXT). */
  owned: boolean;
};

/**
 * A ClusterTrainingRuntime that runs Python with numpy: python-distributed here, and on a cluster of the person's
 * KF_TEST_RUNTIME (torch-distributed if it is not set).
 */
export const trainRuntime = () =>
  process.env.KF_TEST_CONTEXT ? process.env.KF_TEST_RUNTIME || 'torch-distributed' : 'python-distributed';

let current: Promise<Cluster> | undefined;
let startedHere = false;
let scratch: string | undefined;

/** Why the tests on a real cluster cannot run here, in a line; undefined when they can. */
export function skipReason(): string | undefined {
  if (process.env.KF_TEST_CONTEXT) return which('kubectl') || which('go') ? undefined : 'no kubectl and no Go';
  const lacks = preflight();
  if (lacks.length === 0) return undefined;
  return `no real cluster here: ${lacks.map((lack) => `${lack.missing} is missing (${lack.remedy})`).join('; ')}`;
}

/** Why a test that reaches into the node itself cannot run, in a line; undefined on this checkout's own cluster. */
export function ownOnly(): string | undefined {
  const { KF_TEST_CONTEXT: context } = process.env;
  return skipReason() ?? (context ? `needs the project's own cluster, not context ${context}` : undefined);
}

/**
 * The cluster: a running healthy one of this checkout, otherwise a new one, which then ends with this process.
 * Throws when the machine lacks something (see `skipReason`) or the cluster does not come up.
 */
export function ensureCluster(): Promise<Cluster> {
  current ??= process.env.KF_TEST_CONTEXT ? foreignCluster(process.env.KF_TEST_CONTEXT) : ownCluster();
  return current;
}

async function ownCluster(): Promise<Cluster> {
  const { state } = await up({ owner: identify(process.pid) });
  if (state.owner?.pid === process.pid) endWithThisProcess();
  return {
    kubeconfig: join(runDir(), 'admin.kubeconfig'),
    bin: toolsOf(state.bin),
    server: slotNames(state.slot).server,
    owned: true,
  };
}

function endWithThisProcess(): void {
  startedHere = true;
  process.on('exit', () => {
    if (!startedHere) return;
    const command = [join(here, 'main.ts'), 'down', '--owner', String(process.pid)];
    spawnSync(process.execPath, command, { stdio: ['ignore', 'ignore', 'inherit'] });
  });
  // So that the line above also holds for these; after SIGKILL the next run cleans up.
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
}

async function foreignCluster(context: string): Promise<Cluster> {
  const bin = await foreignTools();
  const view = ['config', 'view', '--minify', '--flatten', '--raw', '--context', context];
  const text = await must(join(bin, 'kubectl'), view);
  const kubeconfig = join(scratchDir(), 'kubeconfig');
  writeFileSync(kubeconfig, text, { mode: 0o600 });
  const path = 'jsonpath={.clusters[0].cluster.server}';
  const server = await must(join(bin, 'kubectl'), ['--kubeconfig', kubeconfig, 'config', 'view', '-o', path]);
  return { kubeconfig, bin, server, owned: false };
}

/** kubectl and krew built here where Go is, otherwise those that the person has. */
async function foreignTools(): Promise<string> {
  if (which('go')) return toolsOf(await ensureBinaries(true));
  const bin = join(scratchDir(), 'bin');
  mkdirSync(bin);
  for (const name of ['kubectl', 'kubectl-krew']) {
    const path = which(name);
    if (path) symlinkSync(path, join(bin, name));
  }
  return bin;
}

function scratchDir(): string {
  if (!scratch) {
    const dir = mkdtempSync(join(tmpdir(), 'kubectl-kf-test-'));
    process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
    scratch = dir;
  }
  return scratch;
}

/** Ends the cluster if this process started it. One that was up before, or the person's own, stays. */
export async function teardown(): Promise<void> {
  if (startedHere) await down(process.pid);
  startedHere = false;
  current = undefined;
}

/** The folder with kubectl, krew and validate-krew-manifest, for tests without a cluster; built if need be. */
export const krewTools = () => ensureBinaries(process.env.KF_TEST_CONTEXT !== undefined || preflight().length > 0);

type KubectlOptions = {
  /** What the command reads from its standard input. */
  input?: string;
  /** Another kubeconfig than the administrator's. */
  kubeconfig?: string;
  env?: NodeJS.ProcessEnv;
};

/** Runs the real kubectl on the cluster as its administrator. Never throws for its exit code. */
export async function kubectl(args: string[], options: KubectlOptions = {}): Promise<Output> {
  const cluster = await ensureCluster();
  const env = {
    ...process.env,
    // It is started two thousand times, and ends before collecting garbage is worth it.
    GOGC: 'off',
    GOMAXPROCS: '1',
    ...options.env,
    KUBECONFIG: options.kubeconfig ?? cluster.kubeconfig,
    PATH: [cluster.bin, options.env?.PATH ?? process.env.PATH].join(delimiter),
  };
  const input = options.input === undefined ? {} : { input: options.input };
  return run(join(cluster.bin, 'kubectl'), args, { env, ...input });
}

async function mustKubectl(args: string[], options: KubectlOptions = {}): Promise<string> {
  const result = await kubectl(args, options);
  if (result.code !== 0) throw new Error(`kubectl ${args.join(' ')}: ${result.stderr.trim()}`);
  return result.stdout;
}

/** A token of a service account, as a person would give to a script. Holds for an hour. */
export async function serviceAccountToken(ns: string, name: string): Promise<string> {
  return (await mustKubectl(['-n', ns, 'create', 'token', name])).trim();
}

function ownState(): State {
  const reason = ownOnly();
  const state = readState();
  if (reason || !state) throw new Error(reason ?? 'no cluster is up; call ensureCluster first');
  return state;
}

/**
 * The path of a kubeconfig for a person with this name and these groups, with a client certificate signed by the
 * cluster's CA. `hours` says how long it holds (30 days if not given; below 0: it has expired).
 */
export async function clientCertUser(name: string, groups: string[], hours?: number): Promise<string> {
  const state = ownState();
  const file = `user-${name.replace(/[^A-Za-z0-9]+/g, '-')}-${Date.now().toString(36)}`;
  const request = { name: file, user: name, groups, ...(hours === undefined ? {} : { hours }) };
  await issue(state.bin, runDir(), [request]);
  return writeKubeconfig(runDir(), slotNames(state.slot).server, file);
}

/** What the API server's audit log holds of a request (audit.k8s.io/v1 Event). */
export type Audited = {
  verb: string;
  user: { username: string };
  objectRef?: { resource: string; namespace?: string; name?: string };
  responseStatus?: { code: number };
};

/** The requests for subcommands that the API server answered, oldest first; undefined where it keeps no log of them. */
export function auditLog(): Audited[] | undefined {
  const file = auditLogOf(runDir());
  if (ownOnly() || !existsSync(file)) return undefined;
  // The last line may not be whole yet.
  const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Audited);
}

/** Kills the API server's process (SIGKILL). It stays down until `startApiServer`. */
export const killApiServer = () => killDaemon(runDir(), ownState(), 'kube-apiserver');

/** Starts the API server after `killApiServer` and waits until it says it is ready. */
export async function startApiServer(): Promise<void> {
  const ready = async () => (await kubectl(['get', '--raw', '/readyz', '--request-timeout=2s'])).code === 0;
  if (await ready()) return;
  await startDaemon(runDir(), ownState(), 'kube-apiserver');
  await until('the API server', 60, ready);
}

/** Kills the kubelet and starts it again; waits until it answers. Pods go on meanwhile. */
export async function restartKubelet(): Promise<void> {
  const state = ownState();
  await killDaemon(runDir(), state, 'kubelet');
  await startDaemon(runDir(), state, 'kubelet');
  const health = ['get', '--raw', `/api/v1/nodes/${nodeName}/proxy/healthz`, '--request-timeout=2s'];
  await until('the kubelet', 60, async () => (await kubectl(health)).stdout === 'ok');
}

/** Gives the node the images of a docker archive (see `writeImage` in images.ts). */
export const loadImage = (archive: string) => importImage(runDir(), ownState(), archive);

/** Runs a command in the node's network, mount and process namespaces. */
export const onNode = (command: string[]) => inside(ownState(), command);
