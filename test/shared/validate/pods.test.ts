import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hazardsOf, type Pod, PodGatherer } from '../../../shared/validate/pods.ts';

const pod = (spec: object, name = 'p', rest: object = {}): Pod =>
  ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...rest },
    spec: { containers: [{ name: 'main' }], ...spec },
  }) as Pod;
const container = (securityContext: object, more: object = {}) => ({ name: 'main', securityContext, ...more });

for (const [what, spec, codes] of [
  ['nothing', {}, []],
  [
    'what the baseline lets do',
    { containers: [container({ privileged: false, capabilities: { add: ['CHOWN', 'NET_BIND_SERVICE'] } })] },
    [],
  ],
  ['privileged, in an init container', { initContainers: [container({ privileged: true })] }, ['KF401']],
  ['privileged, in an ephemeral container', { ephemeralContainers: [container({ privileged: true })] }, ['KF401']],
  [
    'hostPath',
    {
      volumes: [
        { name: 'a', hostPath: { path: '/' } },
        { name: 'b', emptyDir: {} },
      ],
    },
    ['KF402'],
  ],
  [
    'the host network, whose ports are the node’s anyway',
    { hostNetwork: true, containers: [container({}, { ports: [{ hostPort: 80 }] })] },
    ['KF403'],
  ],
  ['hostPID and hostIPC', { hostPID: true, hostIPC: true }, ['KF404']],
  ['hostPort', { containers: [container({}, { ports: [{ containerPort: 1 }, { hostPort: 80 }] })] }, ['KF405']],
  ['capabilities', { containers: [container({ capabilities: { add: ['CAP_SYS_ADMIN'] } })] }, ['KF406']],
  [
    'unconfined',
    { securityContext: { seccompProfile: { type: 'Unconfined' } }, containers: [container({ procMount: 'Unmasked' })] },
    ['KF410'],
  ],
] as const) {
  test(`${what}: ${codes.join(', ') || 'no finding'}`, () => {
    assert.equal(
      hazardsOf(pod(spec)).map(([code]) => code),
      [...codes],
    );
  });
}

test('a hundred pods of one owner are one finding; those that have ended none', () => {
  const gatherer = new PodGatherer();
  const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: '1', controller: true }];
  for (let i = 0; i < 100; i++) gatherer.add(pod({ hostPID: true }, `p${i}`, { ownerReferences }));
  gatherer.add({ ...pod({ hostNetwork: true }), status: { phase: 'Succeeded' } });
  assert.is(gatherer.hazards.length, 1);
  assert.equal([gatherer.hazards[0]!.owner.name, gatherer.hazards[0]!.pods], ['j', 100]);
  assert.equal([...gatherer.accounts], [['default', { pod: 'p0', pods: 100 }]]);
});

test.run();
