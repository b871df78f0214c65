/** Bad input, each on the real cluster: its own message, its exit code, and nothing created. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { between } from '../support/between.ts';
import { type KfOptions, kf, type Ran } from '../support/suite.ts';
import * as cluster from './index.ts';
import { configMap, documents, job, made, written } from './manifests-for-submit.ts';

const skip = cluster.skipReason();
const own = cluster.ownOnly();
if (own) console.log(`skipped: test/cluster/bad-input.test.ts${skip ? '' : ' in part'}: ${own}`);

const runtime = cluster.trainRuntime();
let ns = '';

/** Runs it in the tests' namespace with these files beside it; asserts the exit code, an empty stdout and that nothing was made. */
async function refused(
  exit: number,
  args: string[],
  files: Record<string, string | Buffer> = {},
  options: KfOptions = {},
): Promise<Ran> {
  const ran = await kf(['train', ...args, '-n', ns], { cwd: written(files), ...options });
  assert.is(ran.code, exit, ran.stderr);
  assert.is(ran.stdout, '');
  assert.not.match(ran.stderr, /a fault in kubectl kf/);
  assert.equal(await made(ns), []);
  return ran;
}

if (!skip) {
  test.before(async () => {
    ns = (await cluster.namespace('bad')).name;
  });
  test.after(async () => {
    await cluster.kubectl(['delete', 'namespace', ns, '--wait=false']);
  });

  test('no file', async () => {
    const { stderr } = await refused(2, ['x', 'nowhere.yaml']);
    assert.is(stderr, 'cannot read nowhere.yaml: no such file or directory\nnothing was created\n');
  });

  test('an empty file, one of comments alone, no object at all', async () => {
    const files = {
      'empty.yaml': '',
      'comments.yaml': '# nothing\n---\n# here\n',
      'text.yaml': 'just words\n',
      'list.yaml': '- a\n',
    };
    assert.match((await refused(2, ['x', 'empty.yaml'], files)).stderr, /^empty\.yaml is empty/);
    assert.match((await refused(2, ['x', 'comments.yaml'], files)).stderr, /^comments\.yaml is empty/);
    assert.match((await refused(2, ['x', 'text.yaml'], files)).stderr, /^text\.yaml:1:1: not a Kubernetes object/);
    assert.match((await refused(2, ['x', 'list.yaml'], files)).stderr, /^list\.yaml:1:1: not a Kubernetes object/);
  });

  test('not YAML: line, column, the line shown', async () => {
    const { stderr } = await refused(2, ['x', 'job.yaml'], { 'job.yaml': 'apiVersion: v1\nkind: a: b\n' });
    assert.is(
      stderr,
      [
        'job.yaml:2:7: not YAML: nested mappings are not allowed in compact mappings',
        '  1 | apiVersion: v1',
        '  2 | kind: a: b',
        '    |       ^',
        'nothing was created',
        '',
      ].join('\n'),
    );
    const tab = await refused(2, ['x', 'job.yaml'], { 'job.yaml': 'spec:\n\ta: 1\n' });
    assert.match(tab.stderr, /^job\.yaml:2:1: not YAML: tabs are not allowed as indentation/);
  });

  test('not text at all', async () => {
    const { stderr } = await refused(2, ['x', 'job.yaml'], { 'job.yaml': Buffer.from([0x80, 0xff, 0x00, 0x41]) });
    assert.match(stderr, /^job\.yaml is not text/);
  });

  test('unknown fields, all of them, each with its line and what was meant', async () => {
    const text = job()
      .replace('  trainer:', '  trainr:')
      .replace('    numNodes', '    x: 1\n  foo: 2\n  trainer:\n    numNode');
    const { stderr } = await refused(2, ['x', 'job.yaml'], { 'job.yaml': text });
    assert.match(
      stderr,
      /job\.yaml:8:3: unknown field spec\.trainr; did you mean trainer\?\n {2}7 \|.*\n {2}8 \| {3}trainr:\n {4}\| {3}\^{6}\n/,
    );
    assert.match(stderr, /job\.yaml:10:3: unknown field spec\.foo\n/);
    assert.match(stderr, /job\.yaml:12:5: unknown field spec\.trainer\.numNode; did you mean numNodes\?\n/);
    assert.match(stderr, /\nnothing was created\n$/);
  });

  test('an unknown field in what stands beside the job', async () => {
    const text = documents(configMap('settings').replace('\ndata:', '\ndat:'), job());
    const { stderr } = await refused(2, ['x', 'job.yaml'], { 'job.yaml': text });
    assert.match(stderr, /^job\.yaml:5:1: unknown field dat; did you mean data\?\n/);
  });

  test('values of the wrong kind, of several objects at once', async () => {
    const text = documents(configMap('settings', '1'), job().replace('numNodes: 1', 'numNodes: two'));
    const { stderr } = await refused(2, ['x', 'job.yaml'], { 'job.yaml': text });
    assert.match(stderr, /job\.yaml:6:10: data\.value must be text, not number\n/);
    assert.match(stderr, /job\.yaml:16:15: spec\.trainer\.numNodes must be a whole number, not string\n/);
  });

  test('what only the schema and the webhook know', async () => {
    const text = job().replace('spec:\n', 'spec:\n  managedBy: me\n');
    const { stderr } = await refused(2, ['x', 'job.yaml'], { 'job.yaml': text });
    assert.match(
      stderr,
      /^job\.yaml:6:14: spec\.managedBy: ManagedBy must be trainer\.kubeflow\.org\/trainjob-controller or/,
    );
    const reserved = job().replace('numNodes: 1', 'env: [{name: PET_NNODES, value: "2"}]');
    const env = await refused(2, ['x', 'job.yaml'], { 'job.yaml': reserved });
    if (runtime === 'python-distributed') assert.match(env.stderr, /^job\.yaml:9:10: spec\.trainer\.env/);
  });

  test('two jobs in one file, none, one of them twice', async () => {
    const two = await refused(2, ['x', 'job.yaml'], { 'job.yaml': documents(job('a'), job('b')) });
    assert.match(
      two.stderr,
      /^2 jobs, and one name for them: TrainJob a \(job\.yaml:2:1\), TrainJob b \(job\.yaml:13:1\)\n/,
    );
    const none = await refused(2, ['x', 'job.yaml'], { 'job.yaml': configMap('a') });
    assert.match(none.stderr, /^there is no job in job\.yaml\n/);
    const twice = await refused(2, ['x', 'job.yaml'], { 'job.yaml': documents(configMap('a'), configMap('a'), job()) });
    assert.match(twice.stderr, /^job\.yaml:11:9: ConfigMap a again: it is in job\.yaml:4:9 already\n/);
  });

  test('another namespace in it, and what belongs to the whole cluster', async () => {
    const text = job().replace('spec:', '  namespace: team-b\nspec:');
    const { stderr } = await refused(2, ['x', 'job.yaml'], { 'job.yaml': text });
    assert.match(stderr, new RegExp(`^job\\.yaml:5:14: namespace team-b, but you are in ${ns}\\n`));
    const role = 'apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: x\n';
    const wide = await refused(2, ['x', 'job.yaml'], { 'job.yaml': documents(role, job()) });
    assert.match(wide.stderr, /^job\.yaml:2:7: ClusterRole x belongs to the whole cluster/);
  });

  test('no such runtime: those that there are', async () => {
    const text = job().replace(`name: ${runtime}`, 'name: python-distribute');
    const { stderr } = await refused(3, ['x', 'job.yaml'], { 'job.yaml': text });
    assert.match(stderr, /^job\.yaml:7:11: no runtime "python-distribute" here.* There are: .*torch-distributed/);
    const code = await refused(3, ['x', 'train.py', '--runtime', 'nope'], { 'train.py': 'print(1)\n' });
    assert.match(code.stderr, /^no runtime "nope" here\. There are: .*torch-distributed/);
  });

  test('a name that Kubernetes refuses, with one that would do', async () => {
    const files = { 'job.yaml': job() };
    assert.match(
      (await refused(2, ['My_Job.py', 'job.yaml'], files)).stderr,
      /^the name "My_Job\.py" will not do.*\ntake my-job;/,
    );
    assert.match((await refused(2, ['1st', 'job.yaml'], files)).stderr, /begin with a letter\ntake job-1st;/);
    assert.match((await refused(2, ['x'.repeat(64), 'job.yaml'], files)).stderr, /has 64 characters/);
    assert.match(
      (await refused(2, ['x'.repeat(60), 'job.yaml'], files)).stderr,
      /is too long: its pods get longer ones/,
    );
  });

  test('a script of 5 MB: what to do instead', async () => {
    const { stderr } = await refused(2, ['x', 'train.py', '--runtime', runtime], {
      'train.py': `#${'x'.repeat(5e6)}\n`,
    });
    assert.match(
      stderr,
      /^train\.py is too large to ship with the job: 5 MB, at most 1 MB\nleave out .*\.kfignore.* volume, or .*image/,
    );
  });

  test('a YAML bomb, a circle, one too deep: quickly', async () => {
    let bomb = 'a: &a ["x","x","x","x","x","x","x","x","x"]\n';
    for (let i = 1; i < 9; i++) {
      const [before, here] = [String.fromCharCode(96 + i), String.fromCharCode(97 + i)];
      bomb += `${here}: &${here} [${Array(9).fill(`*${before}`).join(',')}]\n`;
    }
    const ran = await refused(2, ['x', 'bomb.yaml'], { 'bomb.yaml': bomb });
    assert.match(ran.stderr, /^bomb\.yaml:6:11: its aliases make it grow beyond 200,000 values \(a YAML bomb\?\)\n/);
    assert.ok(ran.ms < 10_000, `${ran.ms} ms`);
    const circle = await refused(2, ['x', 'c.yaml'], { 'c.yaml': 'a: &a [*a]\n' });
    assert.match(circle.stderr, /^c\.yaml:1:8: the alias \*a stands inside what it stands for\n/);
    const deep = await refused(2, ['x', 'd.yaml'], { 'd.yaml': '['.repeat(50_000) });
    assert.match(deep.stderr, /nested too deep/);
  });

  test('flags that do not go together', async () => {
    const files = { 'job.yaml': job(), 'train.py': 'print(1)\n' };
    assert.match(
      (await refused(2, ['x', 'job.yaml', '--nodes', '2'], files)).stderr,
      /^--nodes goes with a script or a folder/,
    );
    assert.match(
      (await refused(2, ['x', 'train.py', '--memory', '8GB'], files)).stderr,
      /not "8GB"\ndid you mean 8Gi\?/,
    );
    assert.match((await refused(2, ['x', 'job.yaml', '-f', '--wait'], files)).stderr, /exclude each other/);
  });

  test('a project that is not there', async () => {
    const ran = await kf(['train', 'x', 'job.yaml', '-n', 'kf-no-such'], {
      cwd: written({ 'job.yaml': documents(configMap('a'), job()) }),
    });
    assert.is(ran.code, 3, ran.stderr);
    assert.is(ran.stderr.match(/there is no project \(namespace\) kf-no-such/g)?.length, 1, ran.stderr);
  });

  test('server not there', async () => {
    const kubeconfig = join(written({ config: JSON.stringify(pointing('http://127.0.0.1:1')) }), 'config');
    const ran = await refused(5, ['x', 'job.yaml'], { 'job.yaml': job() }, { kubeconfig });
    assert.match(ran.stderr, /^cannot reach http:\/\/127\.0\.0\.1:1 \(context test\): connection refused\n/);
  });

  test('a token that has expired', async () => {
    const { server } = await cluster.ensureCluster();
    const kubeconfig = join(written({ config: JSON.stringify(pointing(server, true)) }), 'config');
    const ran = await refused(4, ['x', 'job.yaml'], { 'job.yaml': job() }, { kubeconfig });
    assert.match(ran.stderr, /credentials of user "test" were not accepted \(expired\?\)\nlog in again/);
  });
}

const pointing = (server: string, insecure = false) => ({
  apiVersion: 'v1',
  kind: 'Config',
  'current-context': 'test',
  contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
  clusters: [{ name: 'test', cluster: { server, ...(insecure ? { 'insecure-skip-tls-verify': true } : {}) } }],
  users: [{ name: 'test', user: { token: 'eyJhbGciOiJSUzI1NiJ9.eyJleHAiOjF9.c2ln' } }],
});

if (!own) {
  test('not allowed: who, what, where; and where they may', async () => {
    const other = (await cluster.namespace('allowed')).name;
    const bind = ['create', 'rolebinding', 'edit', '--clusterrole=admin', '--user=alice@example.org', '-n', other];
    assert.is((await cluster.kubectl(bind)).code, 0);
    const role = [
      'create',
      'role',
      'jobs',
      '--verb=create,patch,get',
      '--resource=trainjobs.trainer.kubeflow.org',
      '-n',
      other,
    ];
    assert.is((await cluster.kubectl(role)).code, 0);
    const give = ['create', 'rolebinding', 'jobs', '--role=jobs', '--user=alice@example.org', '-n', other];
    assert.is((await cluster.kubectl(give)).code, 0);
    const kubeconfig = await cluster.clientCertUser('alice@example.org', []);
    const config = ['config', 'view', '-o', 'jsonpath={.contexts[0].context.cluster} {.contexts[0].context.user}'];
    const [clusterName, user] = (await cluster.kubectl(config, { kubeconfig })).stdout.split(' ');
    const set = [
      'config',
      'set-context',
      'other',
      `--cluster=${clusterName}`,
      `--user=${user}`,
      `--namespace=${other}`,
    ];
    assert.is((await cluster.kubectl(set, { kubeconfig })).code, 0);
    const { stderr } = await refused(4, ['x', 'job.yaml'], { 'job.yaml': job() }, { kubeconfig });
    assert.is(
      stderr,
      `not allowed: alice@example.org may not create trainjobs in ${ns}\nyour projects where you may: ${other}; choose one with -n\nnothing was created\n`,
    );
    await cluster.kubectl(['delete', 'namespace', other, '--wait=false']);
  });

  test('no Trainer in the cluster: what to install', async () => {
    // Discovery without the group: what a cluster without Trainer answers.
    const missing = {
      status: 404,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        status: 'Failure',
        code: 404,
        reason: 'NotFound',
        message: 'not found',
      },
    };
    const plain = { kind: 'APIGroupList', apiVersion: 'v1', groups: [] };
    const proxy = await between((await cluster.ensureCluster()).kubeconfig, {
      before: async ({ url }) =>
        url.startsWith('/apis/trainer.kubeflow.org')
          ? missing
          : url === '/apis'
            ? { status: 200, body: plain }
            : undefined,
    });
    const { kubeconfig } = proxy;
    for (const [file, args] of [
      ['job.yaml', []],
      ['train.py', ['--runtime', runtime]],
    ] as const) {
      const files = { 'job.yaml': job(), 'train.py': 'print(1)\n' };
      const { stderr } = await refused(3, ['x', file, ...args], files, { kubeconfig });
      assert.match(stderr, /this cluster has no Kubeflow Trainer: it serves no trainjobs\.trainer\.kubeflow\.org\n/);
      assert.match(stderr, /installs it: kubectl apply --server-side -k/);
    }
    await proxy.close();
  });
}

test.run();
