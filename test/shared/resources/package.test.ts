import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KubeObject } from '../../../shared/kube/kube.ts';
import { packageFrom, packageOf } from '../../../shared/resources/package.ts';
import { crash, kindNamed, object } from './components-support.ts';

test('a package is what is worst in it', () => {
  const member = (kind: string, of: KubeObject, name: string) => ({
    kind: kindNamed(kind),
    object: { ...of, metadata: { ...of.metadata, name } },
    name,
    namespace: 'team-a',
    path: `/${name}`,
  });
  const up = object(
    { replicas: 1, selector: { matchLabels: { run: 'up' } } },
    { replicas: 1, updatedReplicas: 1, readyReplicas: 1, observedGeneration: 1 },
  );
  const down = object({ replicas: 2, selector: { matchLabels: { run: 'down' } } }, { replicas: 2, updatedReplicas: 2 });
  const made = packageFrom('shop', 'team-a', [member('Deployment', up, 'up'), member('Deployment', down, 'down')]);
  assert.equal([made.path, made.kind.kind, made.members.length], ['', 'Package', 2]);
  const crashed = { ...crash, metadata: { ...crash.metadata, labels: { run: 'down' } } };
  const state = made.kind.state(made.object, [crashed]);
  assert.equal([state.phase, state.nodes, state.restarts], ['Restarting', { ready: 1, total: 3 }, 2]);
  assert.is(state.why, 'deployment/down: x-1 exited 3, restarted 2 times');

  const labelled = (labels: object) => packageOf({ metadata: { name: 'x', labels: labels as Record<string, string> } });
  assert.is(labelled({ 'app.kubernetes.io/instance': 'one', 'app.kubernetes.io/part-of': 'all' }), 'all');
  assert.is(labelled({ 'app.kubernetes.io/instance': 'one', 'app.kubernetes.io/part-of': 'kubeflow-profile' }), 'one');
  assert.is(labelled({}), '');
});

test.run();
