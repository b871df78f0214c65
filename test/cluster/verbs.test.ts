/** What every verb on a component owes its user, asked of each of them in the same way, on the real cluster. */
import { writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { folder, type KfOptions, kf } from '../support/suite.ts';
import * as cluster from './index.ts';

const skip = cluster.skipReason();
const own = cluster.ownOnly();
if (own) console.log(`skipped: test/cluster/verbs.test.ts${skip ? '' : ' in part'}: ${own}`);
const real = testUnless(skip);
const onOwn = testUnless(own);

/** Each verb with a component's name. */
const verbs: Record<string, (name: string) => string[]> = {
  status: (name) => ['status', name],
  logs: (name) => ['logs', name],
  'logs -f': (name) => ['logs', '-f', name],
  exec: (name) => ['exec', name, '--', 'true'],
  run: (name) => ['run', name, '--', 'true'],
  shell: (name) => ['shell', name],
  remove: (name) => ['remove', name, '--yes'],
  'services open': (name) => ['services', 'open', name, '--no-browser'],
};
const each = async (
  name: string,
  options: KfOptions,
  check: (verb: string, ran: Awaited<ReturnType<typeof kf>>) => void,
) => {
  for (const [verb, words] of Object.entries(verbs)) {
    const ran = await kf(['-n', ns, ...words(name)], { timeout: 30_000, ...options });
    assert.not.match(ran.stderr, /a fault in kubectl kf/, verb);
    check(verb, ran);
  }
};

let ns = '';

const workload = (kind: 'Deployment' | 'StatefulSet', name: string) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: `${name}-${kind}` } },
    ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
    template: {
      metadata: { labels: { app: `${name}-${kind}` } },
      spec: { containers: [{ name: 'main', image: 'nowhere.invalid/none:1' }] },
    },
  },
});
const apply = async (objects: object[], namespace = ns) => {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { code, stderr } = await cluster.kubectl(['apply', '-n', namespace, '-f', '-'], { input });
  assert.is(code, 0, stderr);
};

if (!skip) {
  test.before(async () => {
    ns = (await cluster.namespace('verbs')).name;
    await apply([
      workload('Deployment', 'digits-server'),
      workload('Deployment', 'twin'),
      workload('StatefulSet', 'twin'),
    ]);
  });
  test.after(async () => {
    await cluster.kubectl(['delete', 'namespace', ns, '--wait=false']);
  });
}

real('a component that is not there: exit 3, with the closest name; nothing on stdout', () =>
  each('digits-servr', {}, (verb, { code, stdout, stderr }) => {
    assert.equal([code, stdout], [3, ''], `${verb}: ${stderr}`);
    assert.match(stderr, /digits-servr/, verb);
    assert.match(stderr, /did you mean (deployment\/)?digits-server\?/, verb);
  }),
);

real('two of one name: exit 2, and both as kind/name', () =>
  each('twin', {}, (verb, { code, stdout, stderr }) => {
    assert.equal([code, stdout], [2, ''], `${verb}: ${stderr}`);
    assert.match(stderr, /deployment\/twin/, verb);
    assert.match(stderr, /statefulset\/twin/, verb);
  }),
);

real('no such kind: exit 2, with the closest one', () =>
  each('deploymnt/twin', {}, (verb, { code, stdout, stderr }) => {
    assert.equal([code, stdout], [2, ''], `${verb}: ${stderr}`);
    assert.match(stderr, /deploymnt.*did you mean deployment/s, verb);
  }),
);

real('no name: exit 2', async () => {
  for (const verb of ['logs', 'exec', 'run', 'shell', 'remove']) {
    const { code, stdout, stderr } = await kf([verb, '-n', ns]);
    assert.equal([code, stdout], [2, ''], `${verb}: ${stderr}`);
  }
});

real('a server that is not there: exit 5, and which', async () => {
  const nowhere = { apiVersion: 'v1', kind: 'Config', 'current-context': 'c' };
  const config = {
    ...nowhere,
    clusters: [{ name: 'c', cluster: { server: 'http://127.0.0.1:9' } }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    users: [{ name: 'u', user: { token: 't' } }],
  };
  const file = `${folder()}/config`;
  writeFileSync(file, JSON.stringify(config));
  await each('twin', { kubeconfig: file }, (verb, { code, stdout, stderr }) => {
    assert.equal([code, stdout], [5, ''], `${verb}: ${stderr}`);
    assert.match(stderr, /127\.0\.0\.1:9/, verb);
  });
});

onOwn('someone without any right: exit 4, and what is not allowed', async () => {
  const stranger = await cluster.clientCertUser('verbs-stranger', []);
  await each('digits-server', { kubeconfig: stranger }, (verb, { code, stdout, stderr }) => {
    assert.equal([code, stdout], [4, ''], `${verb}: ${stderr}`);
    assert.match(stderr, /verbs-stranger|not allowed|may not/, verb);
  });
});

onOwn('rights on a part: the part is shown, and what is missing is said', async () => {
  await apply([
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'part' },
      rules: [{ apiGroups: ['apps'], resources: ['deployments'], verbs: ['get', 'list', 'watch'] }],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'part' },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'part' },
      subjects: [{ kind: 'User', name: 'verbs-partial', apiGroup: 'rbac.authorization.k8s.io' }],
    },
  ]);
  const kubeconfig = await cluster.clientCertUser('verbs-partial', []);
  const options = { kubeconfig, timeout: 30_000 };
  const project = await kf(['status', '-n', ns], options);
  assert.is(project.code, 0, project.stderr);
  assert.match(project.stdout, /deployment\/digits-server/);
  assert.match(project.stderr, /statefulsets?|not allowed|may not/);
  const one = await kf(['status', 'deployment/digits-server', '-n', ns], options);
  assert.is(one.code, 0, one.stderr);
  assert.match(one.stdout, /deployment\/digits-server/);
  for (const words of [
    ['exec', 'deployment/digits-server', '--', 'true'],
    ['remove', 'deployment/digits-server', '--yes'],
  ]) {
    const { code, stderr } = await kf(['-n', ns, ...words], options);
    assert.is(code, 4, `${words[0]}: ${stderr}`);
  }
  const { code } = await cluster.kubectl(['get', 'deployment', 'digits-server', '-n', ns]);
  assert.is(code, 0, 'it is still there');
});

real('a namespace that is being deleted: status shows what is left, and that it goes', async () => {
  const going = (await cluster.namespace('verbs-going')).name;
  const held = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'held', finalizers: ['example.com/hold'] } };
  await apply([held, workload('Deployment', 'left')], going);
  await cluster.kubectl(['delete', 'namespace', going, '--wait=false']);
  try {
    const { code, stdout, stderr } = await kf(['status', '-n', going]);
    assert.is(code, 0, stderr);
    assert.match(stdout + stderr, /being deleted/);
  } finally {
    const patch = '{"metadata":{"finalizers":null}}';
    await cluster.kubectl(['patch', 'configmap', 'held', '-n', going, '--type=merge', '-p', patch]);
  }
});

real('what a stranger wrote into the cluster reaches no terminal as it is', async () => {
  const evil = '\u001b]0;owned\u0007\u001b[31m\u202egnp.exe\u2066';
  const hostile = {
    ...workload('Deployment', 'hostile'),
    metadata: {
      name: 'hostile',
      annotations: { 'kubeflow.org/url': evil, description: `${evil}${'x'.repeat(100_000)}` },
      labels: { 'app.kubernetes.io/part-of': 'hostile-app' },
    },
  };
  const event = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: 'hostile.1' },
    involvedObject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hostile', namespace: ns },
    reason: 'FailedCreate',
    message: `pods forbidden ${evil}`,
    type: 'Warning',
    firstTimestamp: '2026-11-22T00:00:00Z',
    lastTimestamp: '2026-11-22T00:00:00Z',
    count: 1,
  };
  const trainJob = {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name: 'hostile-job' },
    spec: { suspend: true, runtimeRef: { name: cluster.trainRuntime() } },
  };
  await apply([hostile, event, trainJob]);
  const uid = await cluster.kubectl(['-n', ns, 'get', 'trainjob/hostile-job', '-o', 'jsonpath={.metadata.uid}']);
  const { apiVersion, kind } = trainJob;
  const about = { apiVersion, kind, name: 'hostile-job', namespace: ns, uid: uid.stdout };
  const lastTimestamp = `${new Date().toISOString().slice(0, 19)}Z`;
  await apply([{ ...event, metadata: { name: 'hostile.2' }, involvedObject: about, lastTimestamp }]);
  const told = await kf(['train', 'get', 'hostile-job', '-n', ns]);
  assert.match(told.stdout, /pods forbidden/);
  for (const words of [
    ['status'],
    ['status', 'deployment/hostile'],
    ['status', '-o', 'wide'],
    ['services', 'list'],
    ['services', 'health'],
    ['train', 'list'],
    ['train', 'get', 'hostile-job'],
    ['train', 'history', 'hostile-job'],
    ['status', 'hostile-job'],
    ['logs', 'deployment/hostile'],
    ['remove', 'deployment/hostile', '--dry-run=server'],
  ]) {
    const { stdout, stderr } = await kf(['-n', ns, ...words], { timeout: 30_000 });
    assert.not.match(stdout + stderr, /[\u0000-\u0008\u000b-\u001f\u007f\u202a-\u202e\u2066-\u2069]/, words.join(' '));
  }
});

real('Ctrl-C ends what goes on: exit 130, and nothing is left behind', async () => {
  for (const words of [
    ['status', '--watch'],
    ['status', 'deployment/digits-server', '--watch'],
    ['logs', '-f', 'deployment/digits-server'],
  ]) {
    const { code, stderr, ms } = await kf(['-n', ns, ...words], { signalAfter: 2500, timeout: 30_000 });
    assert.is(code, 130, `${words.join(' ')}: ${stderr}`);
    assert.ok(ms < 10_000, `${words.join(' ')} took ${ms} ms`);
    assert.not.match(stderr, /a fault in kubectl kf/);
  }
});

test.run();
