/** Where everything of the cluster is, and which versions it is made of. */
import { createHash } from 'node:crypto';
import { readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const here = dirname(fileURLToPath(import.meta.url));
export const goModule = join(here, 'go');

/** The version of Kubernetes that go.mod pins: k8s.io/kubernetes v1.x.y. */
export const kubernetesVersion = moduleVersion('k8s.io/kubernetes');
export const jobsetVersion = moduleVersion('sigs.k8s.io/jobset');
export const trainerVersion = moduleVersion('github.com/kubeflow/trainer/v2');

function moduleVersion(module: string): string {
  const line = readFileSync(join(goModule, 'go.mod'), 'utf8')
    .split('\n')
    .find((text) =>
      text
        .trim()
        .replace(/^require /, '')
        .startsWith(`${module} v`),
    );
  const version = line?.match(/ (v\S+)/)?.[1];
  if (!version) throw new Error(`test/cluster/go/go.mod does not name ${module}`);
  return version;
}

/** The folder for what is kept between runs, outside every checkout. */
export function cacheDir(): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return process.env.KF_CACHE || join(base, 'kubectl-kf');
}

/** First 12 hex digits of the SHA-256 of the given texts. */
export function shortHash(...texts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(text).update('\0');
  return hash.digest('hex').slice(0, 12);
}

/** The checkout whose cluster is meant. KF_CLUSTER_CHECKOUT stands in for another one (the cluster's own tests use it). */
export function checkoutPath(): string {
  return realpathSync(process.env.KF_CLUSTER_CHECKOUT || join(here, '..', '..'));
}

/** This checkout's identity: 12 hex digits, in the names of its run folder and network namespace. */
export const checkoutId = (checkout = checkoutPath()) => shortHash(checkout);

/** The folder with the state of a checkout's cluster; gone when the cluster is. */
export const runDir = (id = checkoutId()) => join(cacheDir(), 'run', id);

/** Machine-wide claims on slots. In /run, so that a reboot, which ends the clusters, frees them. */
export const slotsDir = '/run/kubectl-kf';
export const slotCount = 16;

/** Names and addresses on this machine, from the slot that a cluster holds. */
export function slotNames(slot: number) {
  return {
    netns: `kubectl-kf-${slot}`,
    cgroup: `kubectl-kf-${slot}`,
    /** The machine's end of the link to the node, and the node's end. */
    hostLink: `kf${slot}a`,
    nodeLink: `kf${slot}b`,
    hostIp: `10.250.${slot}.1`,
    nodeIp: `10.250.${slot}.2`,
    podCidr: `10.244.${slot}.0/24`,
    serviceCidr: `10.96.${slot}.0/24`,
    serviceIp: `10.96.${slot}.1`,
    server: `https://10.250.${slot}.2:6443`,
  };
}
export type SlotNames = ReturnType<typeof slotNames>;
export const nodeName = 'node1';
