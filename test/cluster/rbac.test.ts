// timeout: 900
/** The engine of rights against the API server's own answers: SubjectAccessReview. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kube, KubeObject } from '../../shared/kube/kube.ts';
import { openKube } from '../../shared/kube/open.ts';
import { listAll } from '../../shared/kube/pages.ts';
import { evaluate } from '../../shared/rbac/engine.ts';
import { loadRights } from '../../shared/rbac/load.ts';
import type { Snapshot } from '../../shared/rbac/snapshot.ts';
import { context } from '../support/command.ts';
import { type Question, random, randomSet } from '../support/random-rights.ts';
import { testUnless } from '../support/real.ts';
import * as cluster from './index.ts';

const skip = cluster.skipReason();
if (skip) console.log(`skipped: test/cluster/rbac.test.ts: ${skip}`);
const real = testUnless(skip);

/** Sets of roles and bindings (other ones at each run: KF_RIGHTS_SETS=500 for more), questions about each, and sets in the cluster at a time. */
const [sets, questions, batch] = [Number(process.env.KF_RIGHTS_SETS ?? 150), 200, 75];
const seed = Number(process.env.KF_SEED ?? Date.now() % 2 ** 31);
const root = '/apis/rbac.authorization.k8s.io/v1';
const mark = `kf-rights-${seed.toString(36)}`;
const label = { 'kf-test/rights': mark };

const pathOf = (kind: string, namespace?: string) =>
  `${root}/${namespace ? `namespaces/${namespace}/` : ''}${kind.toLowerCase()}s`;

/** Some at a time, each as soon as there is room. */
async function all<T>(items: readonly T[], atOnce: number, work: (item: T, i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const i = next++;
      await work(items[i]!, i);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

function create(kube: Kube, object: { kind: string; metadata: object }): Promise<unknown> {
  const { labels, ...metadata } = object.metadata as KubeObject['metadata'];
  const body = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    ...object,
    metadata: { ...metadata, labels: { ...labels, ...label } },
  };
  return kube.json({ method: 'POST', path: pathOf(object.kind, metadata.namespace), body });
}

async function ask(kube: Kube, spec: Question): Promise<boolean> {
  const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
  const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', spec };
  const { status } = await kube.json<{ status: { allowed?: boolean } }>({ method: 'POST', path, body });
  return status.allowed === true;
}

function ours(snapshot: Snapshot, { user, groups, resourceAttributes, nonResourceAttributes }: Question): boolean {
  const asked = nonResourceAttributes ?? (resourceAttributes as { verb: string; resource: string });
  return evaluate(snapshot, { user, groups }, asked);
}

/** The controller fills aggregated roles, and the authorizer sees what was written, some milliseconds later. */
async function settle(kube: Kube, namespace: string, round: number): Promise<void> {
  const query = { labelSelector: `kf-test/rights=${mark}` };
  type Raw = KubeObject & { rules?: unknown[]; aggregationRule?: { clusterRoleSelectors: object[] } };
  await cluster.until('the aggregated roles', 30, async () => {
    const { items } = await listAll<Raw>(kube, pathOf('ClusterRole'), query);
    return items
      .filter(({ aggregationRule }) => aggregationRule)
      .every(({ metadata, rules, aggregationRule }) => {
        const own = `kf-test/${metadata.name.replace(/-gathers$/, '')}`;
        const values = JSON.stringify(aggregationRule)
          .match(/"(p|q)"/g)!
          .map((value) => value[1]);
        const parts = items.filter((each) => values.includes(each.metadata.labels?.[own] ?? ''));
        // The controller leaves out rules that it has already.
        const wanted = new Set(parts.flatMap((each) => (each.rules ?? []).map((rule) => JSON.stringify(rule))));
        return (rules ?? []).length === wanted.size;
      });
  });
  const user = `${mark}-last-${round}`;
  const rules = (resource: string) => [{ verbs: ['get'], apiGroups: ['kf.example'], resources: [resource] }];
  const name = `${mark}-last-${round}`;
  const subjects = [{ kind: 'User', name: user }];
  const ref = (kind: string) => ({ apiGroup: 'rbac.authorization.k8s.io', kind, name });
  const within = { name, namespace };
  for (const each of [
    { kind: 'Role', metadata: within, rules: rules('inside') },
    { kind: 'ClusterRole', metadata: { name }, rules: rules('outside') },
    { kind: 'RoleBinding', metadata: within, roleRef: ref('Role'), subjects },
    { kind: 'ClusterRoleBinding', metadata: { name }, roleRef: ref('ClusterRole'), subjects },
  ])
    await create(kube, each);
  for (const resource of ['inside', 'outside']) {
    const attributes = { verb: 'get', group: 'kf.example', resource, namespace };
    await cluster.until('the authorizer', 30, () => ask(kube, { user, groups: [], resourceAttributes: attributes }));
  }
}

real(`${sets} random sets, ${sets * questions} questions: the engine says what the API server says`, async () => {
  const world = context().context;
  const { kubeconfig } = await cluster.ensureCluster();
  const kube = await openKube({ kubeconfig }, world);
  const next = random(seed);
  const spaces = await Promise.all(['a', 'b', 'c'].map((each) => cluster.namespace(`rights-${each}`)));
  const places = spaces.map(({ name }) => name);
  const counts = { allowed: 0, denied: 0 };
  const wrong: object[] = [];
  const clear = async () => {
    const kinds = ['ClusterRoleBinding', 'ClusterRole'].map((kind) => pathOf(kind));
    const inside = places.flatMap((place) => ['RoleBinding', 'Role'].map((kind) => pathOf(kind, place)));
    const query = { labelSelector: `kf-test/rights=${mark}` };
    for (const path of [...kinds, ...inside]) await kube.json({ method: 'DELETE', path, query });
  };
  try {
    for (let done = 0; done < sets; done += batch) {
      const made = Array.from({ length: Math.min(batch, sets - done) }, (_, i) =>
        randomSet(next, `${mark}-${done + i}`, places),
      );
      const started = performance.now();
      await all(
        made.flatMap(({ objects }) => objects),
        16,
        async (object) => void (await create(kube, object)),
      );
      await settle(kube, places[0]!, done);
      const { snapshot, refused } = await loadRights(kube, places);
      assert.equal(refused, []);
      const asked = made.flatMap((set) => Array.from({ length: questions }, () => set.ask()));
      const written = performance.now();
      const doubtful: Question[] = [];
      await all(asked, 12, async (question) => {
        const theirs = await ask(kube, question);
        counts[theirs ? 'allowed' : 'denied']++;
        if (ours(snapshot, question) !== theirs) doubtful.push(question);
      });
      if (process.env.KF_TIMES)
        console.log(`${written - started} ms to write, ${performance.now() - written} ms to ask`);
      // Another test may have changed what binds everyone meanwhile: only what stays different counts.
      const { snapshot: later } = doubtful.length > 0 ? await loadRights(kube, places) : { snapshot };
      for (const question of doubtful) {
        const theirs = await ask(kube, question);
        if (ours(later, question) !== theirs) wrong.push({ ...question, theirs });
      }
      await clear();
    }
  } finally {
    await clear();
    await Promise.all(spaces.map((space) => space.delete()));
    kube.close();
  }
  assert.is(wrong.length, 0, `seed ${seed}: ${JSON.stringify(wrong.slice(0, 3), null, 1)}`);
  assert.is(counts.allowed + counts.denied, sets * questions);
  for (const count of Object.values(counts))
    assert.ok(count > (sets * questions) / 5, `${JSON.stringify(counts)}: too one-sided`);
});

test.run();
