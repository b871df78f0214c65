// changes: Profiles
// timeout: 600
/** Projects where the cluster has Kubeflow's Profiles: anyone makes their own, and nobody another's; its controller is played here. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { killAt, measured } from '../../support/kills.ts';
import { testUnless } from '../../support/real.ts';
import { startKf } from '../../support/suite.ts';
import { type Kind, serve } from '../crds.ts';
import { kubectl, ownOnly, teardown } from '../index.ts';
import { playController, serveProfiles } from '../profiles.ts';
import { killDeletes, moments } from '../project-kills.ts';
import { admin, exists, type Human, json, person } from '../project-people.ts';

const skip = ownOnly();
const real = testUnless(skip);

const mark = `kfpf-${Date.now().toString(36)}`;
const killed = ['whole', ...moments].map((_, i) => `${mark}-k${i}`);
let root: Human;
let alice: Human;
let bob: Human;
let unserve: (() => Promise<void>) | undefined;

test.before(async () => {
  if (skip) return;
  root = await admin();
  [alice, bob] = await Promise.all([person(`${mark}-alice@x.org`), person(`${mark}-bob@x.org`)]);
  unserve = await serveProfiles();
});
test.after(async () => {
  if (skip) return;
  await unserve?.();
  const { stdout } = await kubectl(['get', 'ns', '-o', 'name']);
  const ours = stdout.split('\n').filter((each) => each.includes(mark));
  if (ours.length > 0) await kubectl(['delete', ...ours, '--ignore-not-found', '--wait=false']);
  await kubectl(['delete', 'clusterrolebinding,clusterrole', 'kf-projects', '--ignore-not-found']);
  await teardown();
});

interface Profile {
  metadata: { uid: string; annotations?: Record<string, string> };
  spec: { owner: object; resourceQuotaSpec?: object };
}
const profile = (name: string) => json<Profile>(['get', 'profile', name]);

real('an admin installs the rules; then anyone makes a project of their own, and is its owner', async () => {
  const rules = await root.kf(['create', '--init']);
  assert.equal([rules.code, rules.stdout], [0, ''], rules.stderr);
  assert.match(rules.stderr, 'validatingadmissionpolicy.admissionregistration.k8s.io/kf-profile-owner applied\n');
  const name = `${mark}-a`;
  // Nobody makes anything of a Profile yet: what was begun is completed by the same command once someone does.
  const words = ['create', name, '--quota', 'pods=10', '--description', 'vision'];
  const early = await alice.kf([...words, '--timeout', '2s']);
  assert.is(early.code, 5, early.stderr);
  assert.match(early.stderr, `project ${name} created\n`);
  assert.match(early.stderr, /can't be worked in after 2s: .*\ndoes Kubeflow's profile controller run\?/);
  const { metadata } = await profile(name);
  const controller = playController(mark);
  try {
    const done = await alice.kf(words);
    assert.is(done.code, 0, done.stderr);
    assert.match(done.stderr, `project ${name} is there already\n`);
    assert.is(await alice.project(), name);
    const made = await profile(name);
    assert.is(made.metadata.uid, metadata.uid);
    assert.equal(made.spec, {
      owner: { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: alice.user },
      resourceQuotaSpec: { hard: { pods: '10' } },
    });
    const mine = await alice.kf(['project']);
    assert.match(mine.stdout, new RegExp(`^project +${name}\nrole +owner\nowner +${alice.user}\n`));
    assert.match((await alice.kf(['projects', '--owner', '-o', 'name'])).stdout, `namespace/${name}\n`);
    const fresh = await bob.kf(['create', 'project', `${mark}-b`]);
    assert.is(fresh.code, 0, fresh.stderr);
    // In between it may say what it waits for.
    assert.match(fresh.stderr, new RegExp(`^project ${mark}-b created\n(waiting .*\n)*now in ${mark}-b \\(was `));
  } finally {
    await controller.stop();
  }
});

real('killed at any moment, the same command completes create', async () => {
  const controller = playController(mark);
  try {
    const words = (name: string) => ['create', name, '--quota', 'pods=10'];
    const [first, ...others] = killed as [string, ...string[]];
    const begins = /^project \S+ (created|is there already)$/m;
    const whole = await measured(await alice.start(words(first)), begins);
    assert.is(whole.code, 0, whole.stderr);
    let landed = 0;
    for (const [i, name] of others.entries()) {
      if (await killAt(await alice.start(words(name)), begins, whole, moments[i]!)) landed++;
      const done = await alice.kf(words(name));
      assert.is(done.code, 0, done.stderr);
      assert.is(await alice.project(), name);
      const { spec } = await profile(name);
      assert.equal(spec, {
        owner: { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: alice.user },
        resourceQuotaSpec: { hard: { pods: '10' } },
      });
      assert.ok(await exists('-n', name, 'rolebinding', 'namespaceAdmin'));
    }
    assert.ok(landed >= 2, `only ${landed} were killed`);
  } finally {
    await controller.stop();
  }
});

real('nobody takes the name of another, nor makes a project in the name of another, with whatever client', async () => {
  const taken = await bob.kf(['create', `${mark}-a`]);
  assert.is(taken.code, 1);
  assert.match(taken.stderr, `project ${mark}-a is there already, and ${alice.user} owns it\n`);
  const forged = await bob.kf(['create', `${mark}-c`, '--owner', alice.user]);
  assert.is(forged.code, 4);
  assert.match(forged.stderr, 'who creates a Profile is its owner');
  const plain = {
    apiVersion: 'kubeflow.org/v1',
    kind: 'Profile',
    metadata: { name: `${mark}-c` },
    spec: { owner: { kind: 'User', name: alice.user } },
  };
  const { kubeconfig } = bob;
  assert.match(
    (await kubectl(['create', '-f', '-'], { kubeconfig, input: JSON.stringify(plain) })).stderr,
    'kf-profile-owner',
  );
  const owner = JSON.stringify({ spec: { owner: { kind: 'User', name: bob.user } } });
  const take = await kubectl(['patch', 'profile', `${mark}-a`, '--type=merge', '-p', owner], { kubeconfig });
  assert.match(take.stderr, 'kf-profile-owner');
  assert.match((await kubectl(['delete', 'profile', `${mark}-a`], { kubeconfig })).stderr, 'kf-profile-owner');
  const quota = await alice.kf(['create', `${mark}-a`, '--quota', 'pods=99']);
  assert.is(quota.code, 4);
  assert.match(quota.stderr, 'the owner, quota and plugins of a Profile are for an admin to change');
});

real('a namespace that is there already is refused: by us where it can be seen, else by the controller', async () => {
  const name = `${mark}-there`;
  assert.is((await kubectl(['create', 'ns', name])).code, 0);
  const seen = await root.kf(['create', name, '--no-use']);
  assert.is(seen.code, 1);
  assert.match(seen.stderr, `namespace ${name} is there already, and is no project`);
  const controller = playController(mark);
  try {
    const unseen = await alice.kf(['create', name]);
    assert.is(unseen.code, 1, unseen.stderr);
    assert.match(
      unseen.stderr,
      `profile controller refuses project ${name}: namespace already exist, but not owned by`,
    );
    // The Profile goes again; the namespace was never of it.
    const gone = await root.kf(['delete', name, '--yes', '--timeout', '30s']);
    assert.is(gone.code, 0, gone.stderr);
    assert.equal([await exists('profile', name), await exists('ns', name)], [false, true]);
  } finally {
    await controller.stop();
  }
});

real('-d: notebooks of the project start with a sleeping shell, until the package of it is removed', async () => {
  const name = `${mark}-a`;
  const kinds: Kind[] = [{ group: 'kubeflow.org', kind: 'PodDefault', plural: 'poddefaults', versions: ['v1alpha1'] }];
  const end = await serve(kinds);
  try {
    const made = await root.kf(['create', name, '--owner', alice.user, '--no-use', '-d']);
    assert.is(made.code, 0, made.stderr);
    assert.match(made.stderr, 'package notebook-shell: 1 applied\n');
    const { spec } = await json<{ spec: { selector: object; command: string[] } }>([
      ...['-n', name, 'get', 'poddefault', 'notebook-shell'],
    ]);
    assert.equal(spec.selector, { matchExpressions: [{ key: 'notebook-name', operator: 'Exists' }] });
    assert.equal(spec.command, ['/bin/sh', '-c']);
    const removed = await root.kf(['remove', 'package/notebook-shell', '--yes', '-n', name, '--timeout', '30s']);
    assert.is(removed.code, 0, removed.stderr);
    assert.is((await kubectl(['-n', name, 'get', 'poddefaults', '-o', 'name'])).stdout, '');
  } finally {
    await end();
  }
});

real('delete: the owner may; what holds the Profile is said; the namespace goes after it', async () => {
  const name = `${mark}-a`;
  const held = await alice.kf(['delete', name, '--yes', '--timeout', '3s']);
  assert.is(held.code, 5, held.stderr);
  assert.match(held.stderr, `project ${name}, owned by ${alice.user}\n`);
  assert.match(
    held.stderr,
    `profile/${name} is held by the finalizer profile-finalizer (Kubeflow's profile controller`,
  );
  const running = await startKf(['delete', name, '--yes', '--timeout', '60s'], { kubeconfig: alice.kubeconfig });
  // Once it is all gone, she is told that there is nothing for her.
  await running.saw('is being deleted already');
  const controller = playController(mark);
  try {
    const again = await running.ended;
    assert.is(again.code, 0, again.stderr);
    assert.match(again.stderr, `project ${name} is being deleted already\n`);
    const done = await root.kf(['delete', name, '--yes', '--timeout', '60s']);
    assert.ok(done.code === 0 || done.code === 3, done.stderr);
    assert.equal([await exists('profile', name), await exists('ns', name)], [false, false]);
  } finally {
    await controller.stop();
  }
});

real('killed at any moment, the same command completes delete, and leaves neither Profile nor namespace', async () => {
  const controller = playController(mark);
  try {
    await killDeletes(alice, killed);
  } finally {
    await controller.stop();
  }
});

test.run();
