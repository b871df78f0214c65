import { mkdtempSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group as kf } from '../../../plugins/kf/index.ts';
import { group as train } from '../../../plugins/kf-train/index.ts';
import type { Context } from '../../../shared/cli/context.ts';
import type { Group } from '../../../shared/cli/group.ts';
import { complete, refresh } from '../../../shared/completion/run.ts';
import { root } from '../../../shared/completion/store.ts';
import { type Answer, type ApiServer, apiServer, status } from '../../support/api-server.ts';
import { context } from '../../support/command.ts';

const dir = mkdtempSync(join(tmpdir(), 'kf-completion-'));
test.after(() => rmSync(dir, { recursive: true, force: true }));

const object = (name: string, more: object = {}) => ({ metadata: { name, uid: name, ...more } });
const list = (...items: object[]): Answer => ({ body: { kind: 'List', apiVersion: 'v1', metadata: {}, items } });
const discovery: Answer = {
  body: {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    items: [
      {
        metadata: { name: 'trainer.kubeflow.org' },
        versions: [
          {
            version: 'v1alpha1',
            resources: [
              {
                resource: 'trainjobs',
                responseKind: { kind: 'TrainJob' },
                scope: 'Namespaced',
                singularResource: 'trainjob',
                verbs: ['list'],
              },
            ],
          },
        ],
      },
    ],
  },
};
const core: Answer = {
  body: {
    kind: 'APIGroupDiscoveryList',
    apiVersion: 'apidiscovery.k8s.io/v2',
    items: [
      {
        metadata: {},
        versions: [
          {
            version: 'v1',
            resources: [
              {
                resource: 'pods',
                responseKind: { kind: 'Pod' },
                scope: 'Namespaced',
                singularResource: 'pod',
                verbs: ['list'],
                shortNames: ['po'],
              },
            ],
          },
        ],
      },
    ],
  },
};
const jobs = '/apis/trainer.kubeflow.org/v1alpha1/namespaces/team-a/trainjobs';
const pods = '/api/v1/namespaces/team-a/pods';

function world(api: Pick<ApiServer, 'kubeconfig'>): Context {
  const home = mkdtempSync(join(dir, 'home-'));
  return context({ home, env: { KUBECONFIG: api.kubeconfig } }).context;
}

/** As a person who presses Tab again: what was asked for behind has come then. */
async function twice(group: Group, words: string[], at: Context) {
  await tab(group, words, at);
  return (await tab(group, words, at)).lines;
}

/** Completes the words as the executable does; what is started behind runs in this process. */
async function tab(group: Group, words: string[], at: Context, answer = '', stamp = '') {
  const asked = { words, answer, stamp };
  const behind: Promise<void>[] = [];
  const lines = await complete(group, asked, at, () => void behind.push(refresh(group, asked, at)));
  await Promise.all(behind);
  return { lines, asked: behind.length };
}

test('names are asked for once, and come from what is remembered then', async () => {
  const api = await apiServer({
    '/apis': discovery,
    '/api': core,
    [jobs]: list(object('digits'), object('bert')),
    [pods]: list(
      object('web'),
      object('digits'),
      object('of-digits', {
        ownerReferences: [{ controller: true, kind: 'Job', apiVersion: 'batch/v1', name: 'j', uid: 'j' }],
      }),
    ),
  });
  try {
    const at = world(api);
    assert.is((await tab(kf, ['status', ''], at)).asked, 1);
    assert.equal(await tab(kf, ['status', ''], at), {
      lines: ['trainjob/digits\tTrainJob', 'bert\tTrainJob', 'web\tPod', 'pod/digits\tPod', ':4'],
      asked: 0,
    });
    const requests = api.asked.length;
    assert.equal((await tab(kf, ['status', 'b'], at)).lines, ['bert\tTrainJob', ':4']);
    assert.equal((await tab(kf, ['status', 'tj/d'], at)).lines, [':4'], 'no short name that the cluster does not have');
    assert.equal((await tab(kf, ['status', 'po/d'], at)).lines, ['po/digits\tPod', ':4']);
    assert.equal((await tab(kf, ['remove', 'bert', ''], at)).lines?.includes('bert\tTrainJob'), false);
    assert.is(api.asked.length, requests);
    // Six seconds later it answers as before, and asks behind.
    const later = { ...at, now: () => Date.now() + 6000 };
    assert.equal(await tab(kf, ['status', 'w'], later), { lines: ['web\tPod', ':4'], asked: 1 });
    assert.ok(api.asked.length > requests);
  } finally {
    await api.close();
  }
});

test('what is kept is for its owner alone, of one server, project and person', async () => {
  const api = await apiServer({ '/apis': discovery, '/api': core, [jobs]: list(object('digits')), [pods]: list() });
  try {
    const at = world(api);
    await tab(train, ['train', 'get', ''], at);
    const kept = readdirSync(root(at), { recursive: true, withFileTypes: true });
    assert.ok(kept.some((each) => each.name === 'job.json'));
    for (const each of kept) {
      assert.is(statSync(join(each.parentPath, each.name)).mode & 0o77, 0, each.name);
      if (each.isFile()) assert.not.match(await readFile(join(each.parentPath, each.name), 'utf8'), /secret/);
    }
    const none = async (words: string[]) =>
      (await tab(train, words, { ...at, kube: () => Promise.reject(new Error()) })).lines;
    assert.equal(await none(['train', 'get', '']), ['digits\tTrainJob', ':4']);
    assert.equal(await none(['train', 'get', '-n', 'team-b', '']), [':4'], 'another project');
    assert.equal(await none(['train', 'get', '--as', 'bob', '']), [':4'], 'another person');
    const text = await readFile(api.kubeconfig, 'utf8');
    writeFileSync(api.kubeconfig, text.replace('secret', 'other!'));
    assert.equal(await none(['train', 'get', '']), [':4'], 'another token');
    writeFileSync(api.kubeconfig, text);
    assert.equal(await none(['train', 'get', '']), ['digits\tTrainJob', ':4'], 'as before');
  } finally {
    await api.close();
  }
});

test('a cluster that does not answer or refuses is no error, and is left alone for a while', async () => {
  const refuse = status(403, 'Forbidden', 'no');
  const api = await apiServer({ '/apis': refuse, '/api': refuse, [jobs]: refuse, '/api/v1/namespaces': refuse });
  const at = world(api);
  assert.equal((await tab(train, ['train', 'get', ''], at)).lines, [':4']);
  assert.equal(await twice(kf, ['use', ''], at), ['team-a', ':4'], 'the projects that the kubeconfig names');
  await api.close();
  const gone = world(api);
  writeFileSync(
    join(gone.home, 'config'),
    'apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]\n',
  );
  const nowhere = { ...gone, env: { KUBECONFIG: join(gone.home, 'config') } };
  assert.equal(await tab(train, ['train', 'get', ''], nowhere), { lines: [':4'], asked: 1 });
  const began = Date.now();
  assert.equal(await tab(train, ['train', 'get', ''], nowhere), { lines: [':4'], asked: 0 });
  assert.ok(Date.now() - began < 800, 'nothing is waited for again, as long as names are');
  assert.equal(await twice(train, ['train', 'get', '--context', ''], nowhere), ['a\tc', ':4']);
});

test('no kubeconfig, a broken one, an unwritable home: nothing is offered, nothing thrown', async () => {
  const at = world({ kubeconfig: '/nowhere/config' });
  assert.equal((await tab(train, ['train', 'get', ''], at)).lines, [':4']);
  writeFileSync(join(at.home, 'broken'), '{{{');
  const refreshed = refresh(
    train,
    { words: ['train', 'get', ''], answer: '', stamp: '' },
    { ...at, env: { KUBECONFIG: join(at.home, 'broken') } },
  );
  await refreshed.catch(() => {});
  const nohome = { ...at, home: '/dev/null' };
  assert.equal(
    await complete(train, { words: ['train', ''], answer: '', stamp: '' }, nohome, () => {}).then((l) => l!.at(-1)),
    ':4',
  );
});

test('pods, containers, ranks and steps are those of the job that stands before', async () => {
  const pod = (index: number) => ({
    ...object(`digits-node-0-${index}`, {
      labels: {
        'jobset.sigs.k8s.io/jobset-name': 'digits',
        'jobset.sigs.k8s.io/replicatedjob-name': 'node',
        'batch.kubernetes.io/job-completion-index': String(index),
        'jobset.sigs.k8s.io/job-index': '0',
      },
    }),
    spec: { containers: [{ name: 'node' }, { name: 'side$(x)' }], initContainers: [{ name: 'fetch' }] },
    status: { phase: 'Running' },
  });
  const digits = { ...object('digits'), apiVersion: 'trainer.kubeflow.org/v1alpha1', kind: 'TrainJob' };
  const api = await apiServer({
    '/apis': discovery,
    '/api': core,
    [`${jobs}/digits`]: { body: digits },
    [pods]: list(pod(0), pod(1)),
  });
  try {
    const at = world(api);
    const get = (...words: string[]) => twice(train, ['train', 'logs', 'digits', ...words, ''], at);
    assert.equal(await get('-c'), ['node', 'fetch\tstarts first', ':4'], 'and none that no shell could take');
    assert.equal(await get('--rank'), ['node-0\tdigits-node-0-0', 'node-1\tdigits-node-0-1', ':4']);
    assert.equal(await get('--step'), ['node', ':4']);
    assert.equal(await twice(kf, ['exec', 'trainjob/digits', ''], at), ['node', 'fetch\tstarts first', ':4']);
    assert.equal((await tab(kf, ['exec', 'digits', 'node', '--', ''], at)).lines, [':4']);
  } finally {
    await api.close();
  }
});

test('an answer is kept for the shim where it may be, and nowhere else', async () => {
  const at = world({ kubeconfig: '/nowhere/config' });
  const place = join(root(at), 'answers', 'kube', 'kf-train+');
  await tab(train, ['train', 'l'], at, place, 'stamp');
  const [stamp, ...lines] = (await readFile(place, 'utf8')).trimEnd().split('\n');
  assert.is(stamp, 'stamp');
  assert.ok(lines.length > 5 && lines.at(-1) === ':4', 'the whole answer, whatever is typed');
  assert.ok(statSync(`${place}.n`).mtimeMs > Date.now() + 2000, 'and until when nothing is asked behind');
  for (const outside of [
    join(at.home, 'file'),
    join(root(at), 'answers', '..', '..', 'x'),
    `${place}/../../../../../y`,
  ]) {
    await tab(train, ['train', 'l'], at, outside, 'stamp');
    assert.not(statSync(outside, { throwIfNoEntry: false }), outside);
  }
});

test('what nobody has renewed for a week goes', async () => {
  const at = world({ kubeconfig: '/nowhere/config' });
  const place = (name: string) => join(root(at), 'answers', 'kube', name);
  for (const name of ['old+', 'new+']) await tab(train, ['train', ''], at, place(name), 'stamp');
  const asked = { words: ['train', ''], answer: '', stamp: '' };
  await refresh(train, asked, at);
  const week = Date.now() / 1000 - 8 * 24 * 3600;
  utimesSync(place('old+'), week, week);
  await refresh(train, asked, at);
  assert.ok(statSync(place('old+')), 'once a day is enough');
  utimesSync(join(root(at), 'pruned'), week, week);
  await refresh(train, asked, at);
  assert.not(statSync(place('old+'), { throwIfNoEntry: false }));
  assert.ok(statSync(place('new+')));
});

test('one at a time: a second refresh of the same names does nothing', async () => {
  let served = 0;
  const slow = async () => {
    served++;
    await new Promise((resolve) => setTimeout(resolve, 150));
    return list(object('digits'));
  };
  const api = await apiServer({ '/apis': discovery, '/api': core, [jobs]: slow, [pods]: list() });
  try {
    const at = world(api);
    const asked = { words: ['train', 'get', ''], answer: '', stamp: '' };
    await Promise.all(Array.from({ length: 8 }, () => refresh(train, asked, at)));
    assert.is(served, 1);
  } finally {
    await api.close();
  }
});

test.run();
