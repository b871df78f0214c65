import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResourceRule } from '../../../shared/kube/reviews.ts';
import { visible } from '../../../shared/registry/visible.ts';
import { apiServer } from '../../support/api-server.ts';
import { context } from '../../support/command.ts';
import { rule } from '../../support/registry-server.ts';

async function of(resourceRules: ResourceRule[], incomplete = false) {
  const server = await apiServer({
    'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews': { body: { status: { resourceRules, incomplete } } },
  });
  const kube = await context().context.kube({ kubeconfig: server.kubeconfig });
  const seen = await visible(kube, 'team-a');
  assert.equal(JSON.parse(server.asked[0]!.body).spec, { namespace: 'team-a' });
  kube.close();
  await server.close();
  return seen;
}

test('rules come to: all, some names, nothing', async () => {
  const none = { list: false, names: [], incomplete: false };
  assert.equal(await of([]), none);
  assert.equal(await of([rule(['get', 'list', 'watch'])]), { ...none, list: true });
  assert.equal(await of([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]), { ...none, list: true });
  assert.equal(await of([rule(['get'])]), none);
  assert.equal(await of([rule(['get'], ['tune'])]), { ...none, names: ['tune'] });
  assert.equal(await of([rule(['*'], ['b', 'a']), rule(['get'], ['a', 'c'])]), { ...none, names: ['a', 'b', 'c'] });
  assert.equal(await of([rule(['get'], ['tune'])], true), { list: false, names: ['tune'], incomplete: true });
});

test('rights to something else, or to change only, show nothing', async () => {
  const none = { list: false, names: [], incomplete: false };
  assert.equal(await of([rule(['get', 'list'], undefined, 'apps')]), none);
  assert.equal(
    await of([{ verbs: ['get', 'list'], apiGroups: ['kf.kubeflow.org'], resources: ['subcommands/status'] }]),
    none,
  );
  assert.equal(await of([rule(['create', 'delete', 'update'], ['tune'])]), none);
  // A list of certain names is none: the server would refuse it as a whole.
  assert.equal(await of([rule(['list'], ['tune'])]), none);
  assert.equal(await of([{ verbs: ['get'] }]), none);
});

test.run();
