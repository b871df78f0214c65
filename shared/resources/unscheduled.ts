import { text } from './fields.ts';
import { containersOf, initContainersOf, type Pod } from './pod.ts';
import { formatQuantity, parseQuantity } from './quantity.ts';
import { type Reason, reason } from './reason.ts';

/** What a node still has for new pods, by resource, in base units (see {@link parseQuantity}). */
export interface NodeRoom {
  name: string;
  free: Record<string, number>;
  /** Allocatable: what it would have without any pod. */
  all?: Record<string, number>;
}

/** Why a pod's volume claims are not bound, by the claim's name; '' where nobody says. */
export type UnboundClaims = ReadonlyMap<string, string>;

/** The scheduler's message (`0/1 nodes are available: 1 Insufficient memory. preemption: …`) in plain words. */
export function whyUnscheduled(
  pod: Pod,
  message: string,
  about: { nodes?: readonly NodeRoom[]; claims?: UnboundClaims },
): Reason {
  const claim = /persistentvolumeclaim "([^"]+)" (not found|is being deleted)/.exec(message);
  if (claim) {
    const gone = claim[2] === 'not found';
    return reason(
      'volume',
      `volume claim ${claim[1]} ${gone ? 'does not exist' : claim[2]}`,
      gone ? `create the claim ${claim[1]}, or name one that exists: kubectl get pvc` : '',
    );
  }
  if (/unbound immediate PersistentVolumeClaims|didn't find available persistent volumes/.test(message)) {
    return unbound(about.claims);
  }
  const resources = [...message.matchAll(/Insufficient ([\w./-]*\w)/g)].map((m) => m[1]!);
  const lacking = [...new Set(resources)].map((r) => notEnough(pod, r, about.nodes));
  const others = [...message.matchAll(/(\d+) (node\(s\) [^,]*?|Too many pods)(?=, \d|\. |\.$|$)/g)]
    .map((m) => placement(m[2]!, pod))
    .filter((each) => each.text !== '');
  const all = [...lacking, ...others];
  if (all.length === 0) return reason('placement', message);
  return { ...all[0]!, text: [...new Set(all.map((each) => each.text))].join('; ') };
}

function unbound(claims: UnboundClaims | undefined): Reason {
  const [[name, why] = ['', '']] = claims ?? [];
  if (!name) return reason('volume', 'its volume claim is not bound to a volume', 'see why: kubectl get pvc');
  const remedy = /no storage class|storageclass\S* "[^"]*" not found/i.test(why)
    ? 'name a storage class that the cluster has in the claim: kubectl get storageclass'
    : `see the claim: kubectl describe pvc ${name}`;
  return reason('volume', `volume claim ${name} is not bound to a volume${why ? `: ${why}` : ''}`, remedy);
}

function notEnough(pod: Pod, resource: string, nodes: readonly NodeRoom[] | undefined): Reason {
  const asked = requested(pod, resource);
  const asks = asked === undefined ? '' : `asks ${formatQuantity(asked, resource)}`;
  const most = (of: (node: NodeRoom) => number) =>
    nodes?.reduce<NodeRoom | undefined>((best, node) => (!best || of(node) > of(best) ? node : best), undefined);
  const roomiest = most((node) => node.free[resource] ?? 0);
  const largest = most((node) => node.all?.[resource] ?? 0);
  const ceiling = largest?.all?.[resource];
  const less = `ask for less ${resource} (resources.requests)`;
  if (largest?.all && !ceiling) {
    return reason(
      'resources',
      `no node has ${resource}${asks && ` (${asks})`}`,
      `ask for no ${resource}, or have a node with it added`,
    );
  }
  const known = [asks];
  if (roomiest) {
    known.push(`${roomiest.name} has ${formatQuantity(Math.max(0, roomiest.free[resource] ?? 0), resource)} free`);
  }
  const said = known.filter(Boolean).join(', ');
  const never = ceiling !== undefined && asked !== undefined && asked > ceiling;
  const remedy = never
    ? `${less}: no node has more than ${formatQuantity(ceiling, resource)} in all`
    : `${less}, or wait until others end`;
  return reason('resources', `not enough ${resource}${said && ` (${said})`}`, remedy);
}

/** What the scheduler counts: the larger of all containers together and the largest init container, and the overhead. */
export function requested(pod: Pod, resource: string): number | undefined {
  const of = (c: { resources?: { requests?: Record<string, string>; limits?: Record<string, string> } }) =>
    parseQuantity(c?.resources?.requests?.[resource] ?? c?.resources?.limits?.[resource]) ?? 0;
  const inits = initContainersOf(pod);
  const beside = inits.filter((c) => c?.restartPolicy === 'Always').reduce((sum, c) => sum + of(c), 0);
  const together = containersOf(pod).reduce((sum, c) => sum + of(c), beside);
  const first = Math.max(0, ...inits.filter((c) => c?.restartPolicy !== 'Always').map(of));
  const sum = Math.max(together, first + beside) + (parseQuantity(pod.spec?.overhead?.[resource]) ?? 0);
  return sum > 0 ? sum : undefined;
}

function placement(message: string, pod: Pod): Reason {
  if (message === 'Too many pods')
    return reason('placement', 'the nodes hold as many pods as they may', 'wait until others end');
  const taint = /untolerated taint\(?s?\)? ?\{([^:}]+)/.exec(message);
  if (taint) {
    const key = taint[1]!;
    if (/not-ready|unreachable/.test(key)) return reason('node', 'a node is not ready', 'tell who runs the cluster');
    if (/memory-pressure|disk-pressure|pid-pressure/.test(key)) {
      return reason('node', `a node is under ${key.split('/').at(-1)}`, 'wait, or tell who runs the cluster');
    }
    if (/unschedulable/.test(key)) return cordoned;
    return reason(
      'placement',
      `a node is kept for others (taint ${key})`,
      `only pods that tolerate ${key} may use it: ask who runs the cluster`,
    );
  }
  if (/unschedulable/.test(message)) return cordoned;
  if (/node affinity\/selector|node selector/.test(message)) {
    const selector = Object.entries(pod.spec?.nodeSelector ?? {}).map(([key, value]) => `${key}=${text(value)}`);
    const which = selector.length > 0 ? ` (${selector.join(', ')})` : '';
    return reason(
      'placement',
      `no node fits its node selector${which}`,
      'see the labels that nodes have: kubectl get nodes --show-labels',
    );
  }
  if (/volume node affinity/.test(message)) {
    return reason('volume', 'its volume belongs to another node', 'wait for room on that node, or use another volume');
  }
  if (/free ports/.test(message)) return reason('placement', 'its host port is taken', 'do without hostPort');
  if (/affinity/.test(message)) return reason('placement', 'its affinity rules allow no node', 'loosen spec.affinity');
  if (/topology spread/.test(message)) {
    return reason('placement', 'its topology spread rules allow no node', 'loosen topologySpreadConstraints');
  }
  return reason('placement', message.replace('node(s)', 'nodes'));
}

const cordoned = reason(
  'node',
  'a node takes no new pods (cordoned)',
  'wait until it does again, or tell who runs the cluster',
);
