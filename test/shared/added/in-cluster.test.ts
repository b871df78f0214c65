/** What a run in the cluster asks of the server, and what it leaves there where it comes to nothing. */
import { setTimeout as pause } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runInCluster } from '../../../shared/added/in-cluster.ts';
import { errorText, Interrupted, KfError } from '../../../shared/cli/errors.ts';
import { pythonFunction } from '../../support/added.ts';
import { type Answer, type ApiServer, apiServer, type Handler, status } from '../../support/api-server.ts';
import { context, type World } from '../../support/command.ts';

const jobs = '/apis/batch/v1/namespaces/team-a/jobs';
const maps = '/api/v1/namespaces/team-a/configmaps';
const pods = '/api/v1/namespaces/team-a/pods';
const reviews = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

const forbidden = (what: string) => status(403, 'Forbidden', what);
const none: Answer = { body: { items: [], metadata: { resourceVersion: '1' } } };
const made: Handler = ({ body }) => {
  const object = JSON.parse(body) as { metadata: object };
  return { status: 201, body: { ...object, metadata: { ...object.metadata, uid: 'u1' } } };
};

interface Came {
  error: KfError;
  stderr: string;
  /** Methods and paths, without watches. */
  asked: string[];
  server: ApiServer;
}

async function failing(
  routes: Record<string, Handler | Answer>,
  more: Partial<Pick<World, 'signal' | 'now'>> = {},
): Promise<Came> {
  for (const [route, answer] of [
    [`GET ${pods}`, none],
    [`POST ${jobs}`, made],
    [`POST ${maps}`, made],
  ] as const)
    routes[route] ??= answer;
  const server = await apiServer(routes);
  const { context: world, stderr } = context({
    env: { KUBECONFIG: server.kubeconfig },
    sleep: async (ms, aborted) => {
      await pause(Math.min(ms, 15));
      if ((aborted ?? world.signal).aborted) throw new Interrupted();
    },
    ...more,
  });
  const kube = await world.kube({});
  try {
    const [found, call] = pythonFunction('def fn(): pass\n');
    const error = await runInCluster(kube, world, found, call, { image: 'x:1' }).then(
      () => assert.unreachable('it ran'),
      (thrown: unknown) => thrown,
    );
    assert.instance(error, KfError);
    // Names are drawn by lot.
    const asked = server.asked
      .filter(({ method, path }) => path !== reviews && !(method === 'GET' && path.startsWith('/api')))
      .map(({ method, path }) => `${method} ${path.replace(/fn-[0-9a-f]{8}/, 'fn-N')}`);
    return { error: error as KfError, stderr: stderr(), asked, server };
  } finally {
    kube.close();
    await server.close();
  }
}

const posts = [`POST ${jobs}`, `POST ${maps}`];
const removals = [`DELETE ${jobs}/fn-N`, `DELETE ${maps}/fn-N`];

test('who may not create jobs is told all that is missing at once; nothing is made', async () => {
  const may: Handler = ({ body }) => {
    const { resource, verb } = (JSON.parse(body) as { spec: { resourceAttributes: Record<string, string> } }).spec
      .resourceAttributes as {
      resource: string;
      verb: string;
    };
    return {
      status: 201,
      body: { status: { allowed: resource === 'configmaps' || verb === 'list' || verb === 'watch' } },
    };
  };
  const refusal = forbidden(
    'jobs.batch is forbidden: User "ann" cannot create resource "jobs" in API group "batch" in the namespace "team-a"',
  );
  const { error, asked } = await failing({ [`POST ${jobs}`]: refusal, [`POST ${reviews}`]: may });
  assert.is(error.exit, 4);
  assert.is(
    errorText(error),
    "a run in the cluster takes rights in team-a that you don't have: create jobs.batch, delete jobs.batch, get pods/exec, create pods/exec\n" +
      'an owner of team-a can grant them; on this machine, where it may run there: --where local\n',
  );
  assert.equal(asked, [`POST ${jobs}`]);
});

test('a quota on jobs is told in its words; nothing is asked after that', async () => {
  const words =
    'jobs.batch "fn-1" is forbidden: exceeded quota: few, requested: count/jobs.batch=1, used: count/jobs.batch=2, limited: count/jobs.batch=2';
  const { error, asked } = await failing({ [`POST ${jobs}`]: forbidden(words) });
  assert.equal([error.exit, asked], [1, [`POST ${jobs}`]]);
  assert.match(error.message, /^can't run in the cluster: over the quota few: asks count\/jobs\.batch=1, used/);
});

test('where the source can not be put there the job goes again', async () => {
  const { error, asked } = await failing({ [`POST ${maps}`]: status(500, 'InternalError', 'no room') });
  assert.is(error.exit, 1);
  assert.equal([asked.slice(0, 2), asked.slice(2).sort()], [posts, removals.sort()]);
});

test('an answer that was lost is taken for a job that is there', async () => {
  const lost: Handler = (_, response) => {
    response.destroy();
    return 'by itself';
  };
  const { error, asked } = await failing({ [`POST ${jobs}`]: lost });
  assert.equal([error.exit, asked.slice(1).sort()], [5, removals.sort()]);
});

const waiting = (
  reason: string,
  message: string,
  state: object = { waiting: { reason, message } },
  phase = 'Pending',
): Answer => ({
  body: {
    metadata: { resourceVersion: '5' },
    items: [
      {
        metadata: { name: 'fn-pod', namespace: 'team-a', uid: 'p', resourceVersion: '4' },
        spec: { nodeName: 'n', containers: [{ name: 'main', image: 'x:1' }] },
        status: {
          phase,
          conditions: [{ type: 'PodScheduled', status: 'True' }],
          containerStatuses: [{ name: 'main', state }],
        },
      },
    ],
  },
});

/** No runner; the job's pod as it is; a watch that says nothing. */
const podsAre =
  (answer: Answer): Handler =>
  async ({ url }, response) => {
    if (url.includes('fieldSelector')) return none;
    if (!url.includes('watch=true')) return answer;
    response.writeHead(200).flushHeaders();
    return 'by itself';
  };

test('an image that is not to be had is told, and nothing stays', async () => {
  const answer = waiting(
    'ErrImagePull',
    'rpc error: code = NotFound desc = failed to resolve reference "x:1": x:1: not found',
  );
  const { error, asked, stderr } = await failing({ [`GET ${pods}`]: podsAre(answer) });
  assert.is(error.exit, 1);
  assert.match(
    errorText(error),
    /^image x:1 can't be pulled: not found\nnothing was run; check the image name and its tag, or choose another: --image IMAGE\n$/,
  );
  assert.equal([asked.slice(0, 2), asked.slice(2).sort()], [posts, removals.sort()]);
  assert.is(stderr, '');
});

test('an image without Python is told', async () => {
  const message = 'failed to create containerd task: exec: "python3": executable file not found in $PATH';
  const state = { terminated: { reason: 'StartError', exitCode: 128, message } };
  const { error } = await failing({ [`GET ${pods}`]: podsAre(waiting('', '', state, 'Failed')) });
  assert.equal([error.exit, error.message], [1, 'the image x:1 has no python3, which a run in the cluster needs']);
});

test('Ctrl-C while it waits takes the job and the source away', async () => {
  const stop = new AbortController();
  const pod = podsAre(waiting('ContainerCreating', ''));
  const watched: Handler = (asked, response) => {
    if (asked.url.includes('watch=true')) setTimeout(() => stop.abort(), 500);
    return pod(asked, response);
  };
  const { error, asked, stderr } = await failing({ [`GET ${pods}`]: watched }, { signal: stop.signal });
  assert.is(error.exit, 130);
  assert.equal(asked.filter((each) => each.startsWith('DELETE')).sort(), removals.sort());
  assert.match(stderr, /^(waiting \d+s: starting\n)?$/);
});

test('a removal that fails is told', async () => {
  const routes: Record<string, Handler | Answer> = {
    [`GET ${pods}`]: podsAre(waiting('InvalidImageName', 'x')),
    [`POST ${jobs}`]: (asked, response) => {
      const { name } = (JSON.parse(asked.body) as { metadata: { name: string } }).metadata;
      routes[`DELETE ${jobs}/${name}`] = forbidden('no');
      return made(asked, response);
    },
  };
  // How long it waited is said after a second, which a busy machine may take.
  const { error, stderr } = await failing(routes, { now: () => 0 });
  assert.is(error.exit, 1);
  assert.match(
    stderr,
    /^could not remove the job fn-[0-9a-f]{8} \(.*no\); it ends by itself and is gone some minutes later\n$/,
  );
});

test.run();
