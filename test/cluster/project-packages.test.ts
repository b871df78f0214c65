// timeout: 600
/** kubectl kf create -r: packages of a git repository as ApplySets; upgraded, pruned and removed exactly, killed at any moment. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { setId } from '../../shared/resources/apply-set.ts';
import { killAt, measured, type Whole } from '../support/kills.ts';
import { testUnless } from '../support/real.ts';
import { folder } from '../support/suite.ts';
import { kubectl, ownOnly, teardown, until } from './index.ts';
import { fewMoments, killDeletes } from './project-kills.ts';
import { admin, type Human, json } from './project-people.ts';

const skip = ownOnly();
const real = testUnless(skip);
const ns = `kfpk-${Date.now().toString(36)}`;
const repository = join(folder(), 'packages');
const url = `file://${repository}`;
const going = ['whole', ...fewMoments].map((_, i) => `${ns}-d${i}`);
let root: Human;
/** A whole create, and what it says before it writes anything of a package. */
let whole: Whole;
const begins = /^packages of /m;

const git = (...words: string[]) => execFileSync('git', ['-C', repository, ...words], { encoding: 'utf8' }).trim();
const write = (path: string, value: unknown) => {
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), typeof value === 'string' ? value : JSON.stringify(value));
};
function commit(): string {
  git('add', '-A');
  git('-c', 'user.name=t', '-c', 'user.email=t@x.org', 'commit', '-qm', 'x');
  return git('rev-parse', 'HEAD');
}
const configMap = (name: string, data: Record<string, string>) => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data },
});
/** A kustomize directory of these objects. */
function pack(name: string, objects: Record<string, object>): void {
  rmSync(join(repository, name), { recursive: true, force: true });
  for (const [file, object] of Object.entries(objects)) write(`${name}/${file}.yaml`, object);
  write(`${name}/kustomization.yaml`, {
    namespace: 'elsewhere',
    resources: Object.keys(objects).map((f) => `${f}.yaml`),
  });
}
const index = (...packages: object[]) => write('kf-packages.yaml', { packages });

const tracker = (v: string) => ({
  app: {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'tracker' },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'tracker' } },
      template: {
        metadata: { labels: { app: 'tracker' } },
        spec: { containers: [{ name: 'main', image: `local.test/busybox:${v}` }] },
      },
    },
  },
  conf: configMap('tracker-conf', { v }),
  account: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'tracker' } },
});

test.before(async () => {
  if (skip) return;
  root = await admin();
  mkdirSync(repository, { recursive: true });
  git('init', '-q', '-b', 'main');
  pack('tracker', tracker('1'));
  pack('gate', { conf: configMap('gate-conf', { a: 'b' }) });
  pack('old', { conf: configMap('old-conf', { a: 'b' }) });
  index(
    { name: 'tracker', path: 'tracker', description: 'keeps track' },
    { name: 'old', path: 'old' },
    { name: 'iap', path: 'gate', proxy: true },
  );
  commit();
});
test.after(async () => {
  if (skip) return;
  await kubectl(['delete', 'namespace', ns, ...going, '--ignore-not-found', '--wait=false']);
  await teardown();
});

interface List {
  items: {
    kind: string;
    metadata: { name: string; labels?: Record<string, string>; annotations?: Record<string, string> };
    data?: Record<string, string>;
  }[];
}
const member = 'applyset.kubernetes.io/part-of';
/** What bears the id of a set, as `kind/name`. */
async function members(): Promise<string[]> {
  const { items } = await json<List>(['-n', ns, 'get', 'deployments,configmaps,secrets,serviceaccounts', '-l', member]);
  return items.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
}
const parents = async () => (await json<List>(['-n', ns, 'get', 'cm', '-l', 'applyset.kubernetes.io/id'])).items;
const create = (...words: string[]) => ['create', ns, '--no-use', '-r', url, '-b', 'main', ...words];

real('the packages of a branch, each a set of its own; the proxy only with -i, before the others', async () => {
  const made = await measured(await root.start(create()), begins);
  whole = made;
  assert.equal([made.code, made.stdout], [0, ''], made.stderr);
  assert.match(
    made.stderr,
    '  install tracker: 1 ServiceAccount, 1 ConfigMap, 1 Deployment (keeps track)\n  install old: 1 ConfigMap\n',
  );
  assert.match(made.stderr, 'package tracker: 3 applied\npackage old: 1 applied\n');
  const all = ['ConfigMap/old-conf', 'ConfigMap/tracker-conf', 'Deployment/tracker', 'ServiceAccount/tracker'];
  assert.equal(await members(), all);
  const set = (await parents()).find(({ metadata }) => metadata.name === 'kf-package-tracker')!;
  assert.is(
    set.metadata.annotations!['applyset.kubernetes.io/contains-group-kinds'],
    'ConfigMap,Deployment.apps,ServiceAccount',
  );
  assert.match(set.metadata.annotations!['applyset.kubernetes.io/tooling']!, /^kubectl-kf\/v\d/);
  assert.is(set.data!.commit, git('rev-parse', 'HEAD'));
  const id = set.metadata.labels!['applyset.kubernetes.io/id']!;
  const deployment = await json<List['items'][0]>(['-n', ns, 'get', 'deployment', 'tracker']);
  assert.is(deployment.metadata.labels![member], id);
  assert.is(deployment.metadata.labels!['app.kubernetes.io/part-of'], 'tracker');
  const proxied = await root.kf(create('-i'));
  assert.match(proxied.stderr, /install iap: 1 ConfigMap \(identity-aware proxy\)\n {2}apply again tracker/);
  assert.equal(await members(), [...all, 'ConfigMap/gate-conf'].sort());
});

real("a set's id is the one that kubectl gives its parent", async () => {
  const apply = ['apply', '-n', ns, '--prune', '--applyset=configmap/probe', '-f', '-'];
  const env = { KUBECTL_APPLYSET: 'true' };
  const made = await kubectl(apply, { env, input: JSON.stringify(configMap('probed', {})) });
  assert.is(made.code, 0, made.stderr);
  const { metadata } = await json<List['items'][0]>(['-n', ns, 'get', 'cm', 'probe']);
  assert.is(metadata.labels!['applyset.kubernetes.io/id'], setId('probe', ns));
  assert.is((await kubectl(['-n', ns, 'delete', 'cm', 'probe', 'probed'])).code, 0);
});

real('an upgrade takes away what is no more in a package, and packages that the repository has no more', async () => {
  const { account: _, ...less } = tracker('2');
  pack('tracker', { ...less, more: configMap('tracker-more', {}) });
  index({ name: 'tracker', path: 'tracker' }, { name: 'iap', path: 'gate', proxy: true });
  commit();
  // Another's, of the same name as the package, is none of it.
  assert.is((await kubectl(['-n', ns, 'create', 'cm', 'tracker-other'])).code, 0);
  assert.is((await kubectl(['-n', ns, 'label', 'cm', 'tracker-other', 'app.kubernetes.io/part-of=tracker'])).code, 0);
  const words = create();
  let landed = 0;
  for (const moment of [0, 0.05, 0.1, 0.2, 0.4, 0.7])
    if (await killAt(await root.start(words), begins, whole, moment)) landed++;
  assert.ok(landed >= 2, `only ${landed} were killed`);
  const done = await root.kf(words);
  assert.is(done.code, 0, done.stderr);
  assert.equal(await members(), [
    'ConfigMap/gate-conf',
    'ConfigMap/tracker-conf',
    'ConfigMap/tracker-more',
    'Deployment/tracker',
  ]);
  const sets = await parents();
  assert.equal(sets.map(({ metadata }) => metadata.name).sort(), ['kf-package-iap', 'kf-package-tracker']);
  const kinds = sets.find(({ metadata }) => metadata.name === 'kf-package-tracker')!.metadata.annotations!;
  assert.is(kinds['applyset.kubernetes.io/contains-group-kinds'], 'ConfigMap,Deployment.apps');
});

real('remove takes a package, all of it and nothing else, killed at any moment', async () => {
  const words = (name: string) => ['remove', name, '--yes', '-n', ns, '--timeout', '60s'];
  const shows = /^package\/\S+/m;
  const gate = await measured(await root.start(words('iap')), shows);
  assert.is(gate.code, 0, gate.stderr);
  assert.equal(await members(), ['ConfigMap/tracker-conf', 'ConfigMap/tracker-more', 'Deployment/tracker']);
  let landed = 0;
  for (const moment of [0, 0.1, 0.3, 0.6]) {
    const there = await root.kf(create());
    assert.is(there.code, 0, there.stderr);
    if (await killAt(await root.start(words('package/tracker')), shows, gate, moment)) landed++;
    const left = await parents();
    const again = await root.kf(words('package/tracker'));
    // All of it may have been asked to go already, and then goes by itself.
    assert.ok(again.code === 0 || (again.code === 3 && left.length === 0), again.stderr);
    if (again.code === 3) await until('its members to go', 30, async () => (await members()).length === 0);
    assert.equal([await members(), await parents()], [[], []]);
  }
  assert.ok(landed >= 2, `only ${landed} were killed`);
  const other = await json<List>(['-n', ns, 'get', 'cm', '-l', 'app.kubernetes.io/part-of=tracker']);
  assert.equal(
    other.items.map(({ metadata }) => metadata.name),
    ['tracker-other'],
  );
});

real('a project with packages in it: killed at any moment, the same command completes delete', async () => {
  for (const name of going) {
    const made = await root.kf(['create', name, '--no-use', '-r', url]);
    assert.is(made.code, 0, made.stderr);
  }
  await killDeletes(root, going, fewMoments);
});

real('what is wrong with packages is said before anything is made', async () => {
  const other = `${ns}-none`;
  const attempt = (...words: string[]) => root.kf(['create', other, '--no-use', ...words]);
  pack('wide', { wide: { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole', metadata: { name: 'x' } } });
  index({ name: 'wide', path: 'wide' });
  commit();
  const wide = await attempt('-r', url);
  assert.is(wide.code, 2);
  assert.match(wide.stderr, 'package wide: clusterrole/x would belong to the whole cluster\n');
  index({ name: 'none', path: '../none' });
  commit();
  const out = await attempt('-r', url);
  assert.equal(
    [out.code, out.stderr.split('\n')[0]],
    [2, `kf-packages.yaml of ${url}: package 1: its path must be a folder in the repository`],
  );
  assert.is((await attempt('-r', url, '-b', 'nowhere')).code, 3);
  assert.is((await kubectl(['get', 'ns', other])).code, 1);
});

test.run();
