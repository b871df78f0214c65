import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import { escalation, rightsLacking } from '../../../shared/projects/escalation.ts';

// As the API server writes it (1.36).
const said = `rolebindings.rbac.authorization.k8s.io "user-x-clusterrole-admin" is forbidden: user "vi" (groups=["system:authenticated"]) is attempting to grant RBAC permissions not currently held:
{APIGroups:[""], Resources:["pods/exec" "secrets"], Verbs:["create" "get"]}
{APIGroups:["apps" "batch"], Resources:["jobs"], ResourceNames:["one"], Verbs:["*"]}
{NonResourceURLs:["/metrics"], Verbs:["get"]}`;
const what = { role: 'admin', to: 'x', project: 'team-a' };
const forbidden = (message: string) => new KfError(4, 'no', { status: { code: 403, message } });

test('the rights that are lacking, a line each', () => {
  const error = escalation(forbidden(said), what)!;
  assert.is(error.exit, 4);
  assert.match(error.message, /^not allowed: vi can't give admin to x: /);
  assert.equal(error.details, [
    '  create, get pods/exec, secrets',
    '  * jobs.apps, jobs.batch named one',
    '  get /metrics',
  ]);
  assert.match(error.hint!, 'someone who has them in team-a');
  const many = `${said}${'\n{APIGroups:[""], Resources:["pods"], Verbs:["get"]}'.repeat(20)}`;
  assert.is(escalation(forbidden(many), what)!.details.at(-1), '  and 11 more');
});

test('another refusal stays what it is, and words that are not understood are shown', () => {
  assert.is(escalation(forbidden('user "vi" cannot create resource "rolebindings"'), what), undefined);
  assert.is(escalation(new Error('x'), what), undefined);
  assert.equal(rightsLacking('something\nelse'), ['something else']);
});

test.run();
