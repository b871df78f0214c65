import { finding } from './build.ts';
import type { Code } from './codes.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';

const means: Partial<Record<Code, [reason: string, remedy: string]>> = {
  KF401: ['is as good as root on the node', 'take privileged: true out of it; a GPU needs none'],
  KF402: [
    'reads, and may change, what belongs to the node and to other projects',
    'use a claim or a dataset: kubectl kf provisiondatasets',
  ],
  KF403: [
    "hears what the node's own services say, and passes network policies by",
    'take hostNetwork out of its pod template',
  ],
  KF404: ['sees, and may touch, the processes of others', 'take hostPID and hostIPC out of its pod template'],
  KF405: ['is reached past every network policy and gateway', 'use a Service in place of hostPort'],
  KF406: ['may do what the baseline of pod security forbids', 'take the capabilities out of its securityContext'],
  KF410: ['may ask the kernel for anything', 'take Unconfined and Unmasked out of its securityContext'],
};

/** Pods that can reach the node, and with it every project. */
export function checkPods({ pods, project }: Facts): Finding[] {
  return (pods?.hazards ?? []).map(({ code, what, owner, pods: count }) => {
    const [reason, remedy] = means[code]!;
    const many = count > 1 ? ` (${count} pods)` : '';
    return finding(code, { ...owner, namespace: project }, `${what}${many}: ${reason}`, remedy);
  });
}
