import { objects, text } from './fields.ts';
import { type ContainerStatus, containersOf, initContainersOf, type Pod } from './pod.ts';
import { type Reason, reason } from './reason.ts';
import { type NodeRoom, type UnboundClaims, whyUnscheduled } from './unscheduled.ts';

export { type NodeRoom, requested } from './unscheduled.ts';

/** An event, as much of it as an explanation needs (core/v1 Event). */
export interface Happening {
  reason: string;
  message: string;
  /** The name of the object that it is about. */
  about: string;
}

/** What is known beside the pods. */
export interface Surroundings {
  /** Oldest first. */
  events?: readonly Happening[];
  nodes?: readonly NodeRoom[];
  claims?: UnboundClaims;
}

/** Why the pending pods wait, most common reason first: `1 of 2 pods pending: not enough memory (asks 8Gi)`. */
export const whyPodsWait = (pending: readonly Pod[], all: number, about: Surroundings = {}): string =>
  reasonPodsWait(pending, all, about)?.text ?? '';

/** As {@link whyPodsWait}, with its kind and what to do; undefined where no pod waits. */
export function reasonPodsWait(pending: readonly Pod[], all: number, about: Surroundings = {}): Reason | undefined {
  const reasons = new Map<string, { reason: Reason; times: number }>();
  for (const pod of pending) {
    const why = reasonPodWaits(pod, about);
    const same = reasons.get(why.text);
    if (same) same.times++;
    else reasons.set(why.text, { reason: why, times: 1 });
  }
  // "is starting" says nothing where another pod has a real reason.
  const real = [...reasons.values()].filter(({ reason: { text } }) => text !== starting);
  const most = (real.length > 0 ? real : [...reasons.values()]).sort((a, b) => b.times - a.times)[0]?.reason;
  if (!most || pending.length === all) return most;
  return { ...most, text: `${pending.length} of ${all} pods pending: ${most.text}` };
}

const starting = 'starting';

/** Why a pod does not run yet, in plain words, from its conditions, its containers, its events. Never empty. */
export const whyPodWaits = (pod: Pod, about: Surroundings = {}): string => reasonPodWaits(pod, about).text;

/** As {@link whyPodWaits}, with its kind and what to do. */
export function reasonPodWaits(pod: Pod, about: Surroundings = {}): Reason {
  const gates = pod.spec?.schedulingGates;
  const scheduled = objects(pod.status?.conditions).find((c) => c.type === 'PodScheduled');
  if (scheduled?.status === 'False') {
    if (text(scheduled.reason) === 'SchedulingGated') return gated(gates ?? [{ name: 'a scheduling gate' }]);
    const message = text(scheduled.message);
    return message ? whyUnscheduled(pod, message, about) : reason('starting', 'no node chosen yet');
  }
  if (Array.isArray(gates) && gates.length > 0) return gated(gates);
  if (!pod.spec?.nodeName && scheduled?.status !== 'True') return reason('starting', 'no node chosen yet');
  const inits = objects(pod.status?.initContainerStatuses) as unknown as ContainerStatus[];
  const statuses = [...inits, ...(objects(pod.status?.containerStatuses) as unknown as ContainerStatus[])];
  for (const status of statuses) {
    const why = whyContainerWaits(status, imageOf(pod, status.name));
    if (why) return why;
  }
  const name = pod.metadata?.name;
  const event = (about.events ?? []).filter((e) => e.about === name).at(-1);
  const said = event && whyEvent(event);
  if (said) return said;
  const init = inits.find((s) => s.state?.running);
  return reason('starting', init ? `${init.name} runs first` : starting);
}

const gated = (gates: { name: string }[]): Reason => {
  const names = gates.map((g) => g?.name).join(', ');
  return reason('gate', `held back by ${names}`, 'whoever set the scheduling gate must take it away');
};

const imageOf = (pod: Pod, container: string) =>
  [...containersOf(pod), ...initContainersOf(pod)].find((c) => c.name === container)?.image ?? '';

/** kubelet's reasons for a container that waits; undefined for those that are part of any start. */
function whyContainerWaits(status: ContainerStatus, image: string): Reason | undefined {
  const why = text(status.state?.waiting?.reason);
  const message = text(status.state?.waiting?.message);
  switch (why) {
    case '':
    case 'ContainerCreating':
    case 'PodInitializing':
      return undefined;
    case 'ErrImagePull':
    case 'ImagePullBackOff':
    case 'ImageInspectError':
    case 'RegistryUnavailable':
      return notPulled(image, pullError(message));
    case 'ErrImageNeverPull':
      return reason(
        'image',
        `image ${image} is not on the node, and its pull policy is Never`,
        'set imagePullPolicy to IfNotPresent',
      );
    case 'InvalidImageName':
      return reason('image', `"${image}" is no image name`, 'correct it: registry/name:tag, all in lower case');
    case 'CreateContainerConfigError':
      return misconfigured(message || 'its configuration is not right (CreateContainerConfigError)');
    case 'CrashLoopBackOff':
      return reason('crash', `${status.name} ends again and again`, 'its log tells why');
    default:
      return reason('start', `${status.name} can't start${brief(message || why)}`);
  }
}

function notPulled(image: string, why: string): Reason {
  const remedies: Record<string, string> = {
    'not found': 'check the image name and its tag',
    'access denied': 'check its name; a private registry wants imagePullSecrets',
    'registry not reachable': "check the registry's name; if it is right, tell who runs the cluster",
  };
  return reason(
    'image',
    `image ${image} can't be pulled${brief(why)}`,
    remedies[why] ?? 'check the image name and its tag',
  );
}

/** kubelet's word on a ConfigMap or Secret: `secret "s" not found`, `couldn't find key k in ConfigMap ns/c`. */
function misconfigured(message: string): Reason {
  const missing = /(configmap|secret) "([^"]+)" not found/i.exec(message);
  const key = /couldn't find key (\S+) in (ConfigMap|Secret) (?:[^/\s]+\/)?(\S+)/i.exec(message);
  const remedy = missing
    ? `create the ${missing[1]!.toLowerCase()} ${missing[2]}, or name one that exists`
    : key
      ? `add the key ${key[1]} to the ${key[2]!.toLowerCase()} ${key[3]}`
      : '';
  return reason('config', message, remedy);
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

function whyEvent(event: Happening): Reason | undefined {
  switch (event.reason) {
    case 'FailedMount':
    case 'FailedAttachVolume': {
      const message = event.message.replace(/^MountVolume\.SetUp failed for volume /, '');
      return { ...misconfigured(message), code: 'mount', text: `volume not ready: ${message}` };
    }
    case 'FailedCreatePodSandBox':
      return reason('node', `the node can't set it up: ${event.message}`, 'tell who runs the cluster, if it lasts');
    case 'FailedScheduling':
      return reason('placement', event.message);
    case 'Pulling':
      return reason('starting', event.message.replace(/^Pulling image "(.*)"$/, 'pulling image $1'));
    default:
      return undefined;
  }
}
