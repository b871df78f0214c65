import type { KubeObject } from '../kube/kube.ts';
import type { Code } from './codes.ts';

interface Container {
  name: string;
  ports?: { hostPort?: number }[];
  securityContext?: {
    privileged?: boolean;
    procMount?: string;
    capabilities?: { add?: string[] };
    seccompProfile?: { type?: string };
    appArmorProfile?: { type?: string };
  };
}
export interface Pod extends KubeObject {
  spec: {
    serviceAccountName?: string;
    automountServiceAccountToken?: boolean;
    hostNetwork?: boolean;
    hostPID?: boolean;
    hostIPC?: boolean;
    volumes?: { name: string; hostPath?: { path: string } }[];
    securityContext?: { seccompProfile?: { type?: string }; appArmorProfile?: { type?: string } };
    containers: Container[];
    initContainers?: Container[];
    ephemeralContainers?: Container[];
  };
  status?: { phase?: string };
}

/** What of pods a finding is about: one for all the pods of one owner. */
export interface Hazard {
  code: Code;
  /** `container main`, `/var/run of the node`. */
  what: string;
  owner: { apiVersion: string; kind: string; name: string };
  pods: number;
}

export interface PodFacts {
  hazards: Hazard[];
  /** ServiceAccounts that pods run as, with a pod that does, and how many. */
  accounts: Map<string, { pod: string; pods: number }>;
}

/** Capabilities that the baseline of Kubernetes' Pod Security Standards lets containers add. */
const baseline = new Set(
  `AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE SETFCAP SETGID SETPCAP SETUID SYS_CHROOT`.split(
    ' ',
  ),
);

/** Gathers hazards of pods as they come; the pods are not kept. Those that have ended can do nothing any more. */
export class PodGatherer implements PodFacts {
  readonly #hazards = new Map<string, Hazard>();
  readonly accounts = new Map<string, { pod: string; pods: number }>();

  get hazards(): Hazard[] {
    return [...this.#hazards.values()];
  }

  add(pod: Pod): void {
    if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') return;
    const controller = pod.metadata.ownerReferences?.find((each) => each.controller);
    const owner = controller
      ? { apiVersion: controller.apiVersion, kind: controller.kind, name: controller.name }
      : { apiVersion: 'v1', kind: 'Pod', name: pod.metadata.name };
    for (const [code, what] of hazardsOf(pod)) {
      const key = `${code} ${owner.kind}/${owner.name} ${what}`;
      const known = this.#hazards.get(key);
      if (known) known.pods++;
      else this.#hazards.set(key, { code, what, owner, pods: 1 });
    }
    if (pod.spec.automountServiceAccountToken === false) return;
    const account = pod.spec.serviceAccountName || 'default';
    const known = this.accounts.get(account);
    if (known) known.pods++;
    else this.accounts.set(account, { pod: pod.metadata.name, pods: 1 });
  }
}

export function hazardsOf({ spec }: Pod): [Code, string][] {
  const found: [Code, string][] = [];
  const paths = (spec.volumes ?? []).flatMap(({ hostPath }) => (hostPath ? [hostPath.path] : []));
  if (paths.length > 0) found.push(['KF402', `${paths.join(', ')} of the node`]);
  if (spec.hostNetwork) found.push(['KF403', 'hostNetwork']);
  const shared = [spec.hostPID && 'hostPID', spec.hostIPC && 'hostIPC'].filter(Boolean);
  if (shared.length > 0) found.push(['KF404', shared.join(', ')]);
  const loose: string[] = unconfined(spec.securityContext);
  for (const container of [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])]) {
    const { name, ports = [], securityContext = {} } = container;
    const label = `container ${name}`;
    if (securityContext.privileged) found.push(['KF401', label]);
    const taken = ports.flatMap(({ hostPort }) => (hostPort ? [hostPort] : []));
    if (taken.length > 0 && !spec.hostNetwork) found.push(['KF405', `${label}: port ${taken.join(', ')}`]);
    const added = (securityContext.capabilities?.add ?? []).filter((each) => !isUsual(name, each.replace(/^CAP_/, '')));
    if (added.length > 0) found.push(['KF406', `${label}: ${added.join(', ')}`]);
    loose.push(...unconfined(securityContext).map((what) => `${label}: ${what}`));
  }
  if (loose.length > 0) found.push(['KF410', loose.join('; ')]);
  return found;
}

/** Where Istio has no CNI plugin, its first container sets the pod's own network up. */
const isUsual = (container: string, capability: string) =>
  baseline.has(capability) || (container === 'istio-init' && ['NET_ADMIN', 'NET_RAW'].includes(capability));

function unconfined(context: NonNullable<Container['securityContext']> = {}): string[] {
  return [
    context.seccompProfile?.type === 'Unconfined' ? 'seccomp is off' : '',
    context.appArmorProfile?.type === 'Unconfined' ? 'AppArmor is off' : '',
    context.procMount === 'Unmasked' ? '/proc is unmasked' : '',
  ].filter(Boolean);
}
