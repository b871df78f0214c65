import { objects, text } from './fields.ts';
import type { ContainerStatus, Pod } from './pod.ts';
import { formatQuantity, parseQuantity } from './quantity.ts';

/** An event, as much of it as an explanation needs (core/v1 Event). */
export interface Happening {
  reason: string;
  message: string;
  /** The name of the object that it is about. */
  about: string;
}

/** What a node still has for new pods, by resource, in base units (see {@link parseQuantity}). */
export interface NodeRoom {
  name: string;
  free: Record<string, number>;
}

export interface Surroundings {
  /** Oldest first. */
  events?: readonly Happening[];
  nodes?: readonly NodeRoom[];
}

/** Why the pending pods wait, most common reason first: `1 of 2 pods pending: not enough memory (asks 8Gi)`. */
export function whyPodsWait(pending: readonly Pod[], all: number, about: Surroundings = {}): string {
  const reasons = new Map<string, number>();
  for (const pod of pending) {
    const why = whyPodWaits(pod, about);
    reasons.set(why, (reasons.get(why) ?? 0) + 1);
  }
  // "is starting" says nothing where another pod has a real reason.
  const real = [...reasons].filter(([why]) => why !== starting);
  const [why] = (real.length > 0 ? real : [...reasons]).sort((a, b) => b[1] - a[1])[0] ?? [''];
  return pending.length === all ? why : `${pending.length} of ${all} pods pending: ${why}`;
}

const starting = 'starting';

/** Why a pod does not run yet, in plain words, from its conditions, its containers, its events. Never empty. */
export function whyPodWaits(pod: Pod, about: Surroundings = {}): string {
  const scheduled = objects(pod.status?.conditions).find((c) => c.type === 'PodScheduled');
  if (scheduled?.status === 'False') return whyUnscheduled(pod, text(scheduled.message), text(scheduled.reason), about);
  const gates = pod.spec?.schedulingGates;
  if (Array.isArray(gates) && gates.length > 0) return gated(gates);
  if (!pod.spec?.nodeName && scheduled?.status !== 'True') return 'no node chosen yet';
  const statuses = [
    ...(objects(pod.status?.initContainerStatuses) as unknown as ContainerStatus[]),
    ...(objects(pod.status?.containerStatuses) as unknown as ContainerStatus[]),
  ];
  for (const status of statuses) {
    const why = whyContainerWaits(status, imageOf(pod, status.name));
    if (why) return why;
  }
  const name = pod.metadata?.name;
  const event = (about.events ?? []).filter((e) => e.about === name).at(-1);
  const said = event && whyEvent(event);
  if (said) return said;
  const init = (objects(pod.status?.initContainerStatuses) as unknown as ContainerStatus[]).find(
    (s) => s.state?.running,
  );
  return init ? `${init.name} runs first` : starting;
}

const gated = (gates: { name: string }[]) => `held back by ${gates.map((g) => g?.name).join(', ')}`;

const imageOf = (pod: Pod, container: string) =>
  [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])].find((c) => c?.name === container)?.image ??
  '';

/** kubelet's reasons for a container that waits; '' for those that are part of any start. */
function whyContainerWaits(status: ContainerStatus, image: string): string {
  const reason = text(status.state?.waiting?.reason);
  const message = text(status.state?.waiting?.message);
  switch (reason) {
    case '':
    case 'ContainerCreating':
    case 'PodInitializing':
      return '';
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'ImageInspectError':
    case 'RegistryUnavailable':
      return `image ${image} can't be pulled${brief(pullError(message))}`;
    case 'ErrImageNeverPull':
      return `image ${image} is not on the node, and its pull policy is Never`;
    case 'InvalidImageName':
      return `"${image}" is no image name`;
    case 'CreateContainerConfigError':
      return message || 'its configuration is not right (CreateContainerConfigError)';
    case 'CrashLoopBackOff':
      return `${status.name} ends again and again`;
    default:
      return `${status.name} can't start${brief(message || reason)}`;
  }
}

/** The part of a pull error that tells: the text after the last "failed to …:" that containerd wraps around it. */
function pullError(message: string): string {
  const inner = /(?:ErrImagePull|ImagePullBackOff): (.*)$/s.exec(message)?.[1] ?? message;
  if (/^Back-off pulling image/.test(inner)) return '';
  if (/not found|NotFound|manifest unknown/i.test(inner)) return 'not found';
  if (/unauthorized|authentication required|401|403|denied/i.test(inner)) return 'access denied';
  if (/no such host|i\/o timeout|connection refused|network is unreachable|dial tcp/i.test(inner))
    return 'registry not reachable';
  return inner.replace(/^rpc error: code = \w+ desc = /, '');
}

const brief = (message: string) => (message ? `: ${message}` : '');

function whyEvent(event: Happening): string {
  switch (event.reason) {
    case 'FailedMount':
    case 'FailedAttachVolume':
      return `volume not ready: ${event.message.replace(/^MountVolume\.SetUp failed for volume /, '')}`;
    case 'FailedCreatePodSandBox':
      return `the node can't set it up: ${event.message}`;
    case 'FailedScheduling':
      return event.message;
    case 'Pulling':
      return event.message.replace(/^Pulling image "(.*)"$/, 'pulling image $1');
    default:
      return '';
  }
}

/** The scheduler's message (`0/1 nodes are available: 1 Insufficient memory. preemption: …`) in plain words. */
function whyUnscheduled(pod: Pod, message: string, reason: string, about: Surroundings): string {
  if (reason === 'SchedulingGated') return gated(pod.spec?.schedulingGates ?? [{ name: 'a scheduling gate' }]);
  if (message === '') return 'no node chosen yet';
  const claim = /persistentvolumeclaim "([^"]+)" (not found|is being deleted)/.exec(message);
  if (claim) return `volume claim ${claim[1]} ${claim[2] === 'not found' ? 'does not exist' : claim[2]}`;
  if (/unbound immediate PersistentVolumeClaims|didn't find available persistent volumes/.test(message)) {
    return 'its volume claim is not bound to a volume';
  }
  const resources = [...message.matchAll(/Insufficient ([\w./-]*\w)/g)].map((m) => m[1]!);
  const lacking = [...new Set(resources)].map((r) => notEnough(pod, r, about.nodes));
  const others = [...message.matchAll(/(\d+) (node\(s\) [^,]*?|Too many pods)(?=, \d|\. |\.$|$)/g)]
    .map((m) => placement(m[2]!))
    .filter((text) => text !== '');
  const all = [...lacking, ...new Set(others)];
  return all.length > 0 ? all.join('; ') : message;
}

function notEnough(pod: Pod, resource: string, nodes: readonly NodeRoom[] | undefined): string {
  const asked = requested(pod, resource);
  const known: string[] = [];
  if (asked !== undefined) known.push(`asks ${formatQuantity(asked, resource)}`);
  const roomiest = nodes?.reduce<NodeRoom | undefined>(
    (best, node) => ((node.free[resource] ?? 0) > (best?.free[resource] ?? -1) ? node : best),
    undefined,
  );
  if (roomiest)
    known.push(`${roomiest.name} has ${formatQuantity(Math.max(0, roomiest.free[resource] ?? 0), resource)} free`);
  return `not enough ${resource}${known.length > 0 ? ` (${known.join(', ')})` : ''}`;
}

/** What the scheduler counts: the larger of all containers together and the largest init container, and the overhead. */
export function requested(pod: Pod, resource: string): number | undefined {
  const of = (c: { resources?: { requests?: Record<string, string>; limits?: Record<string, string> } }) =>
    parseQuantity(c?.resources?.requests?.[resource] ?? c?.resources?.limits?.[resource]) ?? 0;
  const inits = pod.spec?.initContainers ?? [];
  const beside = inits.filter((c) => c?.restartPolicy === 'Always').reduce((sum, c) => sum + of(c), 0);
  const together = (pod.spec?.containers ?? []).reduce((sum, c) => sum + of(c), beside);
  const first = Math.max(0, ...inits.filter((c) => c?.restartPolicy !== 'Always').map(of));
  const sum = Math.max(together, first + beside) + (parseQuantity(pod.spec?.overhead?.[resource]) ?? 0);
  return sum > 0 ? sum : undefined;
}

function placement(text: string): string {
  if (text === 'Too many pods') return 'the nodes hold as many pods as they may';
  const taint = /untolerated taint\(?s?\)? ?\{([^:}]+)/.exec(text);
  if (taint) {
    const key = taint[1]!;
    if (/not-ready|unreachable/.test(key)) return 'a node is not ready';
    if (/memory-pressure|disk-pressure|pid-pressure/.test(key)) return `a node is under ${key.split('/').at(-1)}`;
    if (/unschedulable/.test(key)) return 'a node takes no new pods (cordoned)';
    return `a node is kept for others (taint ${key})`;
  }
  if (/unschedulable/.test(text)) return 'a node takes no new pods (cordoned)';
  if (/node affinity\/selector|node selector/.test(text)) return 'no node fits its node selector';
  if (/volume node affinity/.test(text)) return 'its volume belongs to another node';
  if (/free ports/.test(text)) return 'its host port is taken';
  if (/affinity/.test(text)) return 'its affinity rules allow no node';
  if (/topology spread/.test(text)) return 'its topology spread rules allow no node';
  return text.replace('node(s)', 'nodes');
}
