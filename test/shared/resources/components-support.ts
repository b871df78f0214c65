import type { KubeObject } from '../../../shared/kube/kube.ts';
import type { ComponentKind } from '../../../shared/resources/component.ts';
import { allComponentKinds } from '../../../shared/resources/components.ts';
import type { Pod } from '../../../shared/resources/pod.ts';

export const kinds = await allComponentKinds();
export const kindNamed = (kind: string): ComponentKind => kinds.find((each) => each.kind === kind)!;

export const object = (spec: object, status: object = {}, metadata: object = {}): KubeObject => ({
  apiVersion: 'x/v1',
  kind: 'X',
  metadata: {
    name: 'x',
    namespace: 'team-a',
    uid: 'u1',
    creationTimestamp: '2026-01-01T00:00:00Z',
    generation: 1,
    ...metadata,
  },
  spec,
  status,
});
export const pod = (name: string, status: object, labels: Record<string, string> = {}): Pod =>
  ({
    metadata: { name, labels },
    spec: { nodeName: 'n', containers: [{ name: 'sidecar' }, { name: 'main' }] },
    status,
  }) as Pod;
export const ended = { terminated: { exitCode: 3, reason: 'Error' } };
export const crash = pod('x-1', {
  phase: 'Running',
  containerStatuses: [
    { name: 'sidecar', restartCount: 2, state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: ended },
  ],
});
