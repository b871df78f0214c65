// changes: Profiles
/** Members where the cluster serves Istio's AuthorizationPolicy, by a definition of the test's own: it changes what the whole cluster serves. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../../support/real.ts';
import { kf } from '../../support/suite.ts';
import { serve } from '../crds.ts';
import { ownOnly } from '../index.ts';
import { admin, type Bound, type Person, type Project, project } from '../members-people.ts';

const own = testUnless(ownOnly());
const kind = {
  group: 'security.istio.io',
  kind: 'AuthorizationPolicy',
  plural: 'authorizationpolicies',
  versions: ['v1'],
};
let team: Project;
let ann: Person;
let unserve = async () => {};

test.before(async () => {
  if (ownOnly()) return;
  unserve = await serve([kind]);
  team = await project('gateway');
  ann = await team.person('ann');
  await team.bind(ann.user, 'admin', 'namespaceAdmin');
});
test.after(async () => {
  if (ownOnly()) return;
  await team.delete();
  await unserve();
});

interface Policy extends Bound {
  spec: { rules: { from?: object[]; when: { key: string; values: string[] }[] }[] };
}
const policies = async (): Promise<Policy[]> =>
  JSON.parse(await admin(['get', kind.plural, '-n', team.ns, '-o', 'json'])).items;

own('a member has a policy beside the binding, of its name, and neither after they leave', async () => {
  const added = await ann.kf(['user', '--add', 'Ben@x.org']);
  assert.is(added.code, 0, added.stderr);
  const [policy, ...others] = await policies();
  assert.equal(others, []);
  assert.equal(
    [policy!.metadata.name, policy!.metadata.annotations],
    ['user-ben-x-org-clusterrole-edit', { user: 'Ben@x.org', role: 'edit' }],
  );
  const [rule] = policy!.spec.rules;
  assert.equal(rule!.when, [{ key: 'request.headers[kubeflow-userid]', values: ['Ben@x.org'] }]);
  assert.is(rule!.from?.length, 1);
  const changed = await ann.kf(['user', '--modify', 'Ben@x.org', 'view']);
  assert.is(changed.code, 0, changed.stderr);
  assert.equal(
    (await policies()).map(({ metadata }) => metadata.name),
    ['user-ben-x-org-clusterrole-view'],
  );
  const out = await ann.kf(['user', '--delete', 'Ben@x.org']);
  assert.is(out.code, 0, out.stderr);
  assert.equal(await policies(), []);
});

own('an owner who may not change the gateway is told so, and the same command completes it for who may', async () => {
  const cy = await team.person('cy');
  // Kubernetes' own role for owners knows nothing of Istio.
  await admin(['create', 'rolebinding', 'by-hand', '-n', team.ns, '--clusterrole=admin', `--user=${cy.user}`]);
  await admin([
    'create',
    'rolebinding',
    'by-hand-edit',
    '-n',
    team.ns,
    '--clusterrole=kubeflow-edit',
    `--user=${cy.user}`,
  ]);
  const words = ['user', '--add', 'dee'];
  const half = await cy.kf(words);
  assert.is(half.code, 4);
  assert.match(half.stderr, /^dee added to .*: edit\ndee: the rights are changed, Istio's gateway is not\n/);
  assert.ok(await team.may('dee', 'create', 'pods'));
  assert.equal(await policies(), []);
  const whole = await kf([...words, '-n', team.ns]);
  assert.is(whole.code, 0, whole.stderr);
  assert.equal(
    (await policies()).map(({ metadata }) => metadata.annotations?.user),
    ['dee'],
  );
});

test.run();
