import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { create, find, patch, remove, resourcePath, serverSideApply } from '../../../shared/kube/apply.ts';
import { selfSubjectAccessReview } from '../../../shared/kube/reviews.ts';
import { bodyText, closeServers, connect, failure, reply, serve } from './support.ts';

test.after(closeServers);

const jobs = { group: 'batch', version: 'v1', kind: 'Job', plural: 'jobs', namespaced: true };
const nodes = { group: '', version: 'v1', kind: 'Node', plural: 'nodes', namespaced: false };

test('paths: core and named groups, cluster scope, subresources, names that need escaping', () => {
  assert.is(resourcePath(jobs, 'x'), '/apis/batch/v1/namespaces/x/jobs');
  assert.is(resourcePath(jobs, undefined), '/apis/batch/v1/jobs');
  assert.is(resourcePath(jobs, 'x', 'a', 'status'), '/apis/batch/v1/namespaces/x/jobs/a/status');
  assert.is(resourcePath(nodes, 'x', 'n'), '/api/v1/nodes/n');
  assert.is(resourcePath(jobs, 'a/b', '../c'), '/apis/batch/v1/namespaces/a%2Fb/jobs/..%2Fc');
});

test('what is sent: method, path, query, content type, body', async () => {
  const seen: string[] = [];
  const server = await serve(async (request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['content-type']} ${await bodyText(request)}`);
    reply(response, 200, {});
  });
  const kube = await connect(server.url, { flags: { namespace: 'x' } });
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'a' } };
  const json = JSON.stringify(job);
  await serverSideApply(kube, jobs, job, { dryRun: true, force: true });
  await create(kube, jobs, { ...job, metadata: { name: 'a', namespace: 'y' } }, { fieldValidation: 'Warn' });
  await patch(kube, jobs, 'a', { spec: { suspend: true } }, { namespace: 'z' });
  await remove(kube, jobs, 'a', { uid: 'u', propagation: 'Foreground' });
  await selfSubjectAccessReview(kube, { verb: 'get', resource: 'pods', name: 'p' });
  assert.equal(seen, [
    `PATCH /apis/batch/v1/namespaces/x/jobs/a?fieldManager=kubectl-kf&fieldValidation=Strict&dryRun=All&force=true application/apply-patch+yaml ${json}`,
    `POST /apis/batch/v1/namespaces/y/jobs?fieldManager=kubectl-kf&fieldValidation=Warn application/json ${json.replace('"a"', '"a","namespace":"y"')}`,
    'PATCH /apis/batch/v1/namespaces/z/jobs/a?fieldManager=kubectl-kf&fieldValidation=Strict application/merge-patch+json {"spec":{"suspend":true}}',
    'DELETE /apis/batch/v1/namespaces/x/jobs/a application/json {"apiVersion":"v1","kind":"DeleteOptions","propagationPolicy":"Foreground","preconditions":{"uid":"u"}}',
    'POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews application/json {"apiVersion":"authorization.k8s.io/v1","kind":"SelfSubjectAccessReview","spec":{"resourceAttributes":{"verb":"get","resource":"pods","name":"p","namespace":"x"}}}',
  ]);
});

test('an object that is not there is undefined or false; a kind that is not served is an error', async () => {
  let details: object = { name: 'a' };
  const server = await serve((_, response) =>
    reply(response, 404, { kind: 'Status', code: 404, message: 'no', details }),
  );
  const kube = await connect(server.url);
  assert.is(await find(kube, jobs, 'a'), undefined);
  assert.is(await remove(kube, jobs, 'a'), false);
  details = {};
  assert.is((await failure(find(kube, jobs, 'a'))).exit, 3);
  assert.is((await failure(remove(kube, jobs, 'a'))).exit, 3);
});

test.run();
