import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Answer, type Handler, status } from '../../../support/api-server.ts';
import type { World } from '../../../support/command.ts';
import { deployment, forbidden, kf, list, listPath, object, ownedBy } from '../served.ts';

const deployments = listPath('apps', 'v1', 'deployments');
const sets = listPath('apps', 'v1', 'replicasets');
const pods = listPath('', 'v1', 'pods');

const web = deployment('web', 1, 1);
const set = object('apps/v1', 'ReplicaSet', 'web-abc', { metadata: ownedBy(web) });
const pod = object('v1', 'Pod', 'web-abc-1', { metadata: ownedBy(set), spec: {}, status: { phase: 'Running' } });
const done = { body: { kind: 'Status', status: 'Success' } };
const missing = (name: string) => status(404, 'NotFound', `"${name}" not found`, { name });

/** A project with the Deployment and what it made, all of which goes when it is deleted. */
function project(left: object[] = []): Record<string, Handler | Answer> {
  let gone = false;
  const some =
    (items: object[]): Handler =>
    () =>
      list(gone ? items.filter((item) => left.includes(item)) : items);
  const listed =
    (items: object[]): Handler =>
    (asked, response) =>
      // A watch says nothing more.
      asked.url.includes('watch=true')
        ? quiet(response)
        : // None of them bears a package's name.
          asked.url.includes('labelSelector=app.kubernetes.io')
          ? list([])
          : some(items)(asked, response);
  return {
    [deployments]: listed([web]),
    [sets]: listed([set]),
    [pods]: listed([pod]),
    [`${deployments}/web`]: ({ method, body }) => {
      if (method === 'DELETE' && JSON.parse(body).dryRun === undefined) gone = true;
      return method === 'DELETE' ? done : { body: web };
    },
  };
}

const quiet: (response: Parameters<Handler>[1]) => 'by itself' = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  return 'by itself';
};

const deletes = (asked: { method: string; path: string; body: string }[]) =>
  asked.filter(({ method }) => method === 'DELETE').map(({ path, body }) => [path, JSON.parse(body)] as const);

test('refuses without --yes where no one can be asked, and deletes nothing', async () => {
  const { code, stdout, stderr, asked } = await kf(['remove', 'web'], project());
  assert.equal([code, stdout], [2, '']);
  assert.is(stderr, 'would remove deployment/web from team-a, and there is no terminal to ask on\nsay so with --yes\n');
  assert.equal(deletes(asked), []);
});

test('a dry run shows the tree; with the server it asks for that, and nothing goes', async () => {
  const client = await kf(['remove', 'web', '--dry-run=client'], project());
  assert.is(client.code, 0);
  assert.is(client.stdout, 'deployment/web   Running\n└─ replicaset/web-abc\n   └─ pod/web-abc-1\n');
  assert.equal(deletes(client.asked), []);
  const server = await kf(['remove', 'web', '--dry-run=server', '-o', 'json'], project());
  assert.match(server.stderr, /the server would take it; nothing was removed\n$/);
  assert.equal(
    deletes(server.asked).map(([, body]) => body.dryRun),
    [['All']],
  );
  const { items } = JSON.parse(server.stdout);
  assert.equal(
    [items[0].component.name, items[0].removed, items[0].owns.map(({ name }: { name: string }) => name)],
    ['web', 'would', ['web-abc', 'web-abc-1']],
  );
});

test('deletes the object that was found, in the background, and waits for all of it', async () => {
  const { code, stdout, stderr, asked } = await kf(['remove', 'web', '--yes', '-o', 'name'], project());
  assert.is(code, 0, stderr);
  assert.is(stdout, 'deployment.apps/web\n');
  assert.match(stderr, /^deployment\/web {3}Running\n└─ replicaset\/web-abc\n {3}└─ pod\/web-abc-1\n/);
  assert.match(stderr, /deployment\/web removed\n$/);
  const [[path, body]] = deletes(asked) as [[string, Record<string, unknown>]];
  assert.is(path, `${deployments}/web`);
  assert.equal([body.propagationPolicy, body.preconditions], ['Background', { uid: 'uid-web' }]);
  const begun = await kf(['remove', 'web', '--yes', '--wait=false'], project());
  assert.match(begun.stderr, /deployment\/web is being deleted\n$/);
  assert.not(begun.asked.some(({ url }) => url.includes('watch=true')));
});

test('asks on a terminal; only yes is yes', async () => {
  const at = (answer: string) => kf(['remove', 'web'], project(), { terminal: 100, stdin: answer, person: true });
  const no = await at('n\n');
  assert.is(no.code, 1);
  assert.match(no.stderr, /remove deployment\/web and 2 objects under it from team-a\? \[y\/N\] /);
  assert.match(no.stderr, /nothing was removed\n$/);
  assert.equal(deletes(no.asked), []);
  const yes = await at('y\n');
  assert.is(yes.code, 0, yes.stderr);
  assert.is(deletes(yes.asked).length, 1);
});

test('what holds an object that does not go, and who must let go of it', async () => {
  const held = {
    ...pod,
    metadata: {
      ...(pod.metadata as object),
      deletionTimestamp: '2026-01-01T00:59:00Z',
      finalizers: ['example.com/hold'],
      managedFields: [
        { manager: 'holder', fieldsV1: { 'f:metadata': { 'f:finalizers': { 'v:"example.com/hold"': {} } } } },
      ],
    },
  };
  let clock = Date.parse('2026-01-01T01:00:00Z');
  const now = () => (clock += 200);
  const routes = { ...project() };
  let gone = false;
  routes[`${deployments}/web`] = ({ method }) => {
    if (method === 'DELETE') gone = true;
    return method === 'DELETE' ? done : { body: web };
  };
  for (const [path, item] of [
    [deployments, web],
    [sets, set],
    [pods, held],
  ] as const) {
    routes[path] = ({ url }, response) =>
      url.includes('watch=true') ? quiet(response) : list(gone && item !== held ? [] : [item]);
  }
  const { code, stderr } = await kf(['remove', 'web', '--yes', '--timeout', '5s'], routes, { now });
  assert.is(code, 5);
  assert.match(stderr, /pod\/web-abc-1 {3}being deleted since 61s {3}finalizer example.com\/hold\n/);
  assert.match(
    stderr,
    /pod\/web-abc-1 is held by the finalizer example.com\/hold \(holder set it, and must take it away\)\n/,
  );
  assert.match(stderr, /deployment\/web is not gone after 5s: 1 pod still to go\n/);
});

test('waits for what controllers made anew meanwhile, in whatever order that is heard of', async () => {
  const later = { creationTimestamp: '2026-01-01T00:59:30Z' };
  const made = object('apps/v1', 'ReplicaSet', 'web-abc', { metadata: { ...ownedBy(web), ...later, uid: 'uid-anew' } });
  const of = (owner: typeof set, name: string) =>
    object('v1', 'Pod', name, { metadata: { ...ownedBy(owner), ...later }, spec: {}, status: { phase: 'Pending' } });
  // Of one its ReplicaSet is heard of after it, of one never; the third is that of another Deployment, and stays.
  const first = of(made, 'web-abc-2');
  const second = of(
    { ...set, metadata: { ...(set.metadata as object), uid: 'uid-never-seen' } } as typeof set,
    'web-abc-3',
  );
  const other = of(object('apps/v1', 'ReplicaSet', 'other-x') as typeof set, 'other-x-1');
  const said: string[] = [];
  const events =
    (...all: [number, string, object][]): Handler =>
    (_asked, response) => {
      quiet(response);
      for (const [ms, type, each] of all)
        setTimeout(() => {
          said.push(`${type} ${(each as typeof pod).metadata.name}`);
          response.write(`${JSON.stringify({ type, object: each })}\n`);
        }, ms);
      return 'by itself';
    };
  const routes = { ...project() };
  const change = (path: string, now: () => object[], watch: Handler) => {
    const before = routes[path] as Handler;
    routes[path] = (asked, response) =>
      asked.url.includes('watch=true') ? watch(asked, response) : gone ? list(now()) : before(asked, response);
  };
  let gone = false;
  const remove = routes[`${deployments}/web`] as Handler;
  routes[`${deployments}/web`] = (asked, response) => {
    gone ||= asked.method === 'DELETE';
    return remove(asked, response);
  };
  change(pods, () => [first, second, other], events([250, 'DELETED', first], [350, 'DELETED', second]));
  change(sets, () => [], events([100, 'ADDED', made], [150, 'DELETED', made]));
  const { code, stderr } = await kf(['remove', 'web', '--yes', '--timeout', '20s'], routes);
  assert.is(code, 0, stderr);
  assert.equal(said, ['ADDED web-abc', 'DELETED web-abc', 'DELETED web-abc-2', 'DELETED web-abc-3']);
});

test('what another controller makes anew is said to come back', async () => {
  const { code, stdout } = await kf(['remove', 'pod/web-abc-1', '--dry-run=client'], {
    ...project(),
    [`${pods}/web-abc-1`]: { body: pod },
    [`${sets}/web-abc`]: { body: set },
  });
  assert.is(code, 0);
  assert.match(
    stdout,
    /\n {2}pod\/web-abc-1 belongs to replicaset\/web-abc \(of deployment\/web\), whose controller may make it anew; for good: kubectl kf remove deployment\/web\n$/,
  );
  const helm = {
    ...web,
    metadata: { ...(web.metadata as object), annotations: { 'meta.helm.sh/release-name': 'shop' } },
  };
  const released = await kf(['remove', 'web', '--dry-run=client'], {
    ...project(),
    [`${deployments}/web`]: { body: helm },
  });
  assert.match(released.stdout, /came with the Helm release shop/);
});

test("a person's data: what goes and what stays", async () => {
  const nb = object('kubeflow.org/v1', 'Notebook', 'mine', {
    spec: { template: { spec: { volumes: [{ name: 'w', persistentVolumeClaim: { claimName: 'mine-data' } }] } } },
    status: { readyReplicas: 1 },
  });
  const { stdout } = await kf(['remove', 'mine', '--dry-run=client'], {
    [`${listPath('kubeflow.org', 'v1', 'notebooks')}/mine`]: { body: nb },
  });
  assert.match(stdout, /^notebook\/mine {3}Running\n {2}what it stored stays: persistentvolumeclaim\/mine-data\n$/);
});

test('one that is not there stops all; what was made anew since is left alone; a refusal is exit 4', async () => {
  const none = await kf(['remove', 'web', 'wbe', '--yes'], project());
  assert.is(none.code, 3);
  assert.match(none.stderr, /^no component "wbe" in team-a; did you mean web\?\n/);
  assert.equal(deletes(none.asked), []);
  const anew: Handler = ({ method }) =>
    method === 'DELETE' ? status(409, 'Conflict', 'the UID in the precondition does not match') : { body: web };
  const other = await kf(['remove', 'web', '--yes'], { ...project(), [`${deployments}/web`]: anew });
  assert.is(other.code, 1);
  assert.match(other.stderr, /deployment\/web was made anew by someone else just now: nothing was deleted\n/);
  const no: Handler = ({ method }) => (method === 'DELETE' ? forbidden('deployments', 'delete') : { body: web });
  const refused = await kf(['remove', 'web', '--yes'], { ...project(), [`${deployments}/web`]: no });
  assert.is(refused.code, 4);
  assert.match(refused.stderr, /not allowed: tester may not delete deployments in team-a\n/);
});

test('kinds that may not be listed are said; the deletion goes on', async () => {
  const { code, stderr } = await kf(['remove', 'web', '--yes'], { ...project(), [pods]: forbidden('pods') });
  assert.is(code, 0, stderr);
  assert.match(stderr, /\n {2}you may not list pods: what it has of them goes too\n/);
});

test('a project that is being deleted, and one that was gone before', async () => {
  const going = {
    body: {
      kind: 'Namespace',
      metadata: { name: 'team-a', deletionTimestamp: '2026-01-01T00:59:00Z' },
      status: {
        phase: 'Terminating',
        conditions: [
          { type: 'NamespaceFinalizersRemaining', status: 'True', message: 'example.com/hold in 1 resource instances' },
        ],
      },
    },
  };
  const { code, stderr } = await kf(['remove', 'web', '--yes'], { ...project(), '/api/v1/namespaces/team-a': going });
  assert.is(code, 0, stderr);
  assert.match(stderr, /^project team-a is being deleted, and all in it: example.com\/hold in 1 resource instances\n/);
  const late: Handler = ({ method }) => (method === 'DELETE' ? missing('web') : { body: web });
  const gone = await kf(['remove', 'web', '--yes', '--wait=false'], { ...project(), [`${deployments}/web`]: late });
  assert.is(gone.code, 0, gone.stderr);
});

test('Ctrl-C while it waits: the deletion goes on, and it says so', async () => {
  const stop = new AbortController();
  const routes = project([pod]);
  const sleep: NonNullable<World['sleep']> = (_ms, signal) =>
    new Promise((_, reject) => {
      signal?.addEventListener('abort', () => reject(signal.reason));
      setTimeout(() => stop.abort(new Error('stopped')), 20);
    });
  const { code, stderr } = await kf(['remove', 'web', '--yes'], routes, { sleep, signal: stop.signal });
  assert.is(code, 130);
  assert.match(
    stderr,
    /stopped waiting; deployment\/web is being deleted all the same\nwhat is left: kubectl kf status\n$/,
  );
});

test('hostile names and finalizers do nothing to a terminal', async () => {
  const evil = '\u001b[2J\u001b]0;x\u0007\u202eevil';
  const bad = { ...pod, metadata: { ...(pod.metadata as object), name: evil, finalizers: [`a/${evil}`] } };
  const { stdout } = await kf(['remove', 'web', '--dry-run=client'], { ...project(), [pods]: list([bad]) });
  assert.not.match(stdout, /[\u0000-\u0009\u000b-\u001f\u202e]/);
  assert.match(stdout, /pod\/.*evil/);
});

test.run();
