// waits
// timeout: 600
/** kubectl kf create, project, projects, use and delete without Profiles: an admin, an owner and a stranger, each with a certificate. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { kubectl, ownOnly, teardown } from './index.ts';
import { killDeletes, moments } from './project-kills.ts';
import { admin, exists, type Human, json, person } from './project-people.ts';

const skip = ownOnly();
const real = testUnless(skip);

const mark = `kfp-${Date.now().toString(36)}`;
const team = `${mark}-team`;
const going = ['whole', ...moments].map((_, i) => `${mark}-d${i}`);
const names = [team, `${mark}-b`, `${mark}-plain`, `${mark}-kill`, ...going];
let root: Human;
let alice: Human;
let bob: Human;
let eve: Human;

test.before(async () => {
  if (skip) return;
  root = await admin();
  [alice, bob, eve] = await Promise.all([person(`${mark}-alice@x.org`), person(`${mark}-bob`), person(`${mark}-eve`)]);
});
test.after(async () => {
  if (skip) return;
  await kubectl(['delete', 'namespace', ...names, '--ignore-not-found', '--wait=false']);
  await teardown();
});

interface Meta {
  metadata: { name: string; annotations: Record<string, string>; labels: Record<string, string> };
}
interface Bindings {
  items: (Meta & { roleRef: { name: string }; subjects: { kind: string; name: string }[] })[];
}
interface Hard {
  spec: { hard: Record<string, string> };
}

real('an admin makes a project for alice: what Kubeflow makes; the same again changes nothing', async () => {
  const words = ['create', 'project', team, '--owner', alice.user, '--quota', 'requests.cpu=4,pods=10'];
  const dry = await root.kf([...words, '--dry-run=client']);
  assert.equal([dry.code, dry.stderr], [0, 'nothing was made\n']);
  assert.match(dry.stdout, `namespace/${team}\nrolebinding.rbac.authorization.k8s.io/namespaceAdmin\n`);
  assert.not(await exists('ns', team));
  const made = await root.kf([...words, '--description', 'vision']);
  assert.equal([made.code, made.stdout], [0, ''], made.stderr);
  // Controllers that are slow are waited for, and that is said.
  const said = `project ${team} created\n(waiting: .*\n)*now in ${team} \\(was default\\), context `;
  assert.match(made.stderr, new RegExp(said));
  assert.is(await root.project(), team);
  const { metadata } = await json<Meta>(['get', 'ns', team]);
  assert.is(metadata.annotations.owner, alice.user);
  assert.is(metadata.annotations['kf.kubeflow.org/description'], 'vision');
  assert.is(metadata.labels['app.kubernetes.io/part-of'], 'kubeflow-profile');
  const look = () => json<Bindings>(['-n', team, 'get', 'rolebindings']);
  const before = await look();
  const bound = before.items.map(({ metadata, roleRef, subjects }) => [
    metadata.name,
    roleRef.name.replace('kubeflow-', ''),
    subjects.map(({ name }) => name).join(),
  ]);
  assert.equal(bound, [
    ['default-editor', 'edit', 'default-editor'],
    ['default-viewer', 'view', 'default-viewer'],
    ['kf-project-delete', 'kf-project-delete', alice.user],
    ['namespaceAdmin', 'admin', alice.user],
  ]);
  const owner = before.items.at(-1)!.metadata.annotations;
  assert.equal([owner.user, owner.role], [alice.user, 'admin']);
  const again = await root.kf([...words.slice(0, 5), '--no-use', '--quota', 'pods=5', '-o', 'name']);
  assert.equal([again.code, again.stdout], [0, `namespace/${team}\n`], again.stderr);
  assert.equal(await look(), before);
  const quota = await json<Hard>(['-n', team, 'get', 'quota', 'kf-resource-quota']);
  assert.equal(quota.spec.hard, { pods: '5' });
});

real('the owner finds it, without rights in the whole cluster; a stranger does not', async () => {
  const used = await alice.kf(['use', team]);
  assert.equal([used.code, await alice.project()], [0, team], used.stderr);
  const mine = await alice.kf(['project']);
  assert.is(mine.code, 0, mine.stderr);
  assert.match(mine.stdout, new RegExp(`^project +${team}\nrole +owner\nowner +${alice.user}\ndescription +vision\n`));
  const list = await alice.kf(['projects', '--owner', '-o', 'json']);
  const { items, notReadable } = JSON.parse(list.stdout);
  assert.equal([list.code, items.length, items[0]?.name, items[0]?.role], [0, 1, team, 'owner'], list.stderr);
  assert.match(notReadable[0], 'you may not list namespaces');
  assert.is(JSON.parse((await alice.kf(['projects', '--member', '-o', 'json'])).stdout).items.length, 0);
  const all = await root.kf(['projects', '--all-contexts']);
  assert.match(
    all.stdout,
    new RegExp(`^${team} +admin \\(of the whole cluster\\) +${alice.user} +\\S+ +current +vision$`, 'm'),
  );
  const none = await eve.kf(['projects']);
  assert.equal([none.code, none.stdout], [0, '']);
  assert.match(
    none.stderr,
    /you may not list namespaces.*\nno project in which you have a role, of those that could be looked at\n/,
  );
  const refused = await eve.kf(['project', '-n', team]);
  assert.equal([refused.code, refused.stdout], [4, ''], refused.stderr);
  const gone = await eve.kf(['delete', team, '--yes']);
  assert.equal([gone.code, gone.stdout], [4, ''], gone.stderr);
  assert.match(gone.stderr, `you have no rights in ${team}, or there is no such project`);
});

real('an editor, who may not read bindings, is told by what they may do', async () => {
  const bind = ['-n', team, 'create', 'rolebinding', 'bob', '--clusterrole=edit', `--user=${bob.user}`];
  assert.is((await kubectl(bind)).code, 0);
  assert.is((await bob.kf(['use', team])).code, 0);
  const mine = await bob.kf(['project']);
  assert.equal([mine.code, mine.stderr], [0, '']);
  assert.match(mine.stdout, /^role +edit \(by what you may do\)\nowner +\S+/m);
  assert.match((await bob.kf(['projects', '--member'])).stdout, new RegExp(`^${team} +edit `, 'm'));
  assert.is((await bob.kf(['projects', '--owner'])).stdout, '');
});

real('use - goes back', async () => {
  assert.is((await root.kf(['use', 'default'])).code, 0);
  const back = await root.kf(['use', '-']);
  assert.equal([back.code, await root.project()], [0, team], back.stderr);
  const never = await eve.kf(['use', '-']);
  assert.equal(
    [never.code, never.stderr],
    [2, 'no project before this one is remembered\nname one: kubectl kf use <namespace>\n'],
  );
});

real('names that are taken, a namespace that is no project, and who may not make one', async () => {
  const taken = await root.kf(['create', team]);
  assert.is(taken.code, 1);
  assert.match(
    taken.stderr,
    `project ${team} is there already, and ${alice.user} owns it\nchoose another name, or ask ${alice.user}`,
  );
  const plain = `${mark}-plain`;
  assert.is((await kubectl(['create', 'ns', plain])).code, 0);
  const words = ['create', plain, '--owner', alice.user, '--no-use'];
  const refused = await root.kf(words);
  assert.is(refused.code, 1);
  assert.match(refused.stderr, `namespace ${plain} is there already, and is no project`);
  assert.is((await root.kf(['delete', plain, '--yes'])).code, 2);
  assert.is((await kubectl(['annotate', 'ns', plain, `owner=${alice.user}`])).code, 0);
  const adopted = await root.kf(words);
  assert.equal([adopted.code, adopted.stderr], [0, `project ${plain} is there already\n`]);
  assert.ok(await exists('-n', plain, 'rolebinding', 'namespaceAdmin'));
  const may = await alice.kf(['create', `${mark}-b`]);
  assert.is(may.code, 4);
  assert.match(may.stderr, `kubectl kf create ${mark}-b --owner ${alice.user}\n`);
  for (const words of [
    ['create'],
    ['create', 'kube-x'],
    ['create', 'A'],
    ['create', 'a', 'b'],
    ['create', 'a', '--quota', 'x'],
    ['create', 'a', '-i'],
  ]) {
    const { code, stderr } = await root.kf(words);
    assert.is(code, 2, `${words}: ${stderr}`);
  }
});

real('killed at any moment, the same command completes create', async () => {
  const name = `${mark}-kill`;
  const words = ['create', name, '--owner', alice.user, '--quota', 'pods=3', '--no-use'];
  const whole = await root.kf(['create', `${mark}-b`, ...words.slice(2)]);
  assert.is(whole.code, 0, whole.stderr);
  let killed = 0;
  // Each lets it get further than the one before, from nothing to whole.
  for (const part of [0.4, 0.5, 0.6, 0.7, 0.8, 0.9]) {
    const { child, ended } = await root.start(words);
    const timer = setTimeout(() => void child.kill('SIGKILL'), whole.ms * part);
    await ended.then(() => clearTimeout(timer));
    if (child.signalCode === 'SIGKILL') killed++;
  }
  assert.ok(killed > 0);
  const done = await root.kf(words);
  assert.is(done.code, 0, done.stderr);
  const bindings = await json<Bindings>(['-n', name, 'get', 'rolebindings']);
  assert.is(bindings.items.length, 4);
  assert.equal((await json<Hard>(['-n', name, 'get', 'quota', 'kf-resource-quota'])).spec.hard, { pods: '3' });
  assert.ok(await exists('-n', name, 'sa', 'default-editor', 'default-viewer'));
});

real('killed at any moment, the same command completes delete, and leaves nothing', async () => {
  for (const name of going) {
    const made = await root.kf(['create', name, '--owner', alice.user, '--no-use']);
    assert.is(made.code, 0, made.stderr);
  }
  await killDeletes(alice, going);
});

real('delete: what is in it, the owner may, what holds it is said, and the same command goes on', async () => {
  const held = ['-n', team, 'create', 'configmap', 'held'];
  assert.is((await kubectl(held)).code, 0);
  const finalizers = (list: string[]) =>
    kubectl([
      '-n',
      team,
      'patch',
      'configmap',
      'held',
      '--type=merge',
      '-p',
      JSON.stringify({ metadata: { finalizers: list } }),
    ]);
  assert.is((await finalizers(['kf.test/hold'])).code, 0);
  assert.is(
    (await kubectl(['-n', team, 'create', 'rolebinding', 'x', '--clusterrole=view', `--user=${eve.user}`])).code,
    0,
  );
  const asked = await root.kf(['delete', team]);
  assert.equal(
    [asked.code, asked.stderr],
    [2, `would delete project ${team}, and there is no terminal to ask on\nsay so with --yes\n`],
  );
  const dry = await root.kf(['delete', team, '--dry-run=client']);
  assert.is(dry.code, 0, dry.stderr);
  assert.match(dry.stdout, new RegExp(`^project ${team}, owned by ${alice.user}\n`));
  assert.match(dry.stdout, `  used by: ${bob.user} (edit), ${eve.user} (view)\n`);
  const began = await alice.kf(['delete', team, '--yes', '--no-wait']);
  assert.is(began.code, 0, began.stderr);
  assert.match(began.stderr, `project ${team} is being deleted\ncontext `);
  // The controller looks at what is left once all else is gone: on a busy machine that takes its time.
  const remains = ['wait', `ns/${team}`, '--for=condition=NamespaceFinalizersRemaining', '--timeout=60s'];
  assert.is((await kubectl(remains)).code, 0);
  const late = await root.kf(['delete', team, '--yes', '--timeout', '4s']);
  assert.is(late.code, 5, late.stderr);
  assert.match(late.stderr, `project ${team} is being deleted already\n`);
  assert.match(late.stderr, /configmap\/held is held by the finalizer kf\.test\/hold \(/);
  assert.match(late.stderr, `project ${team} is not gone after 4s`);
  const clash = await root.kf(['create', team, '--owner', alice.user]);
  assert.equal([clash.code, clash.stderr.split('\n')[0]], [1, `project ${team} is being deleted`]);
  const goesOn = await root.start(['delete', team, '--yes', '--timeout', '60s']);
  await goesOn.saw(`project ${team} is being deleted already`);
  assert.is((await finalizers([])).code, 0);
  const gone = await goesOn.ended;
  assert.is(gone.code, 0, gone.stderr);
  assert.not(await exists('ns', team));
  assert.is((await root.kf(['delete', team, '--yes'])).code, 3);
});

test.run();
