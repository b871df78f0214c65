/** Members that two owners change at once, files of members, and what a kill leaves. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { killAt, measured } from '../support/kills.ts';
import { testUnless } from '../support/real.ts';
import { folder, type Ran, startKf } from '../support/suite.ts';
import { ownOnly } from './index.ts';
import { admin, type Person, type Project, project } from './members-people.ts';

const own = testUnless(ownOnly());
let team: Project;
/** Two owners by their own records: no one of them owns it more. */
let [ann, ben]: Person[] = [];

test.before(async () => {
  if (ownOnly()) return;
  team = await project('together');
  [ann, ben] = await Promise.all(['ann', 'ben'].map((name) => team.person(name)));
  await team.bind(ann!.user, 'admin');
  await team.bind(ben!.user, 'admin');
});
test.after(async () => {
  if (!ownOnly()) await team.delete();
});

const fine = ({ code, stderr }: Ran) => assert.is(code, 0, stderr);
const owners = () => [`${ann!.user}=kubeflow-admin`, `${ben!.user}=kubeflow-admin`];
const others = async () => (await team.bound()).filter((each) => !owners().includes(each));

own('two owners who add, change and remove members at once: nothing is lost', async () => {
  for (const user of ['m-0', 'm-1', 'm-2', 'm-3']) await team.bind(user, 'view');
  const ran = await Promise.all([
    ann!.kf(['user', '--add', 'p.1']),
    ben!.kf(['user', '--add', 'p-1']),
    ann!.kf(['user', '--modify', 'm-0', '--role', 'edit']),
    ben!.kf(['user', '--delete', 'm-1']),
    // The same, by both.
    ann!.kf(['user', '--add', 'same']),
    ben!.kf(['user', '--add', 'same']),
  ]);
  ran.forEach(fine);
  const expected = ['m-0=kubeflow-edit', 'm-2=kubeflow-view', 'm-3=kubeflow-view', 'p-1=kubeflow-edit'];
  assert.equal(await others(), [...expected, 'p.1=kubeflow-edit', 'same=kubeflow-edit'].sort());
});

own('of two equal owners who remove each other at once, one stays; the last one does not go', async () => {
  for (let round = 0; round < 3; round++) {
    const ran = await Promise.all([ann!.kf(['user', '--delete', ben!.user]), ben!.kf(['user', '--delete', ann!.user])]);
    const left = (await team.bound()).filter((each) => owners().includes(each));
    assert.is(left.length, 1, JSON.stringify(ran));
    assert.is(ran.filter(({ code }) => code === 0).length, 1, JSON.stringify(ran));
    const [stays, gone] = left[0] === owners()[0] ? [ann!, ben!] : [ben!, ann!];
    const last = await stays.kf(['user', '--delete', stays.user]);
    assert.is(last.code, 1);
    assert.match(
      last.stderr,
      `${stays.user} is the last owner of ${team.ns}, and can't be removed\nmake another one first`,
    );
    const less = await stays.kf(['user', '--modify', stays.user, '--role', 'view']);
    assert.is(less.code, 1);
    fine(await stays.kf(['user', '--add', gone.user, '--role', 'admin']));
  }
});

own('a file of members: the plan is shown, a kill at any moment leaves what the same command completes', async () => {
  const file = join(folder(), 'members.yaml');
  const keep = [ann!, ben!].map(({ user }) => `{ user: "${user}", role: admin }`);
  const write = (prefix: string) => {
    const people = Array.from({ length: 8 }, (_, i) => `{ user: ${prefix}-${i}, role: ${i % 2 ? 'edit' : 'view'} }`);
    writeFileSync(file, `members: [${[...people, ...keep].join(', ')}]\n`);
  };
  write('f');
  const before = await team.bound();
  const words = ['user', '-f', file];

  const unasked = await ann!.kf(words);
  assert.equal([unasked.code, unasked.stdout], [2, '']);
  assert.match(unasked.stderr, /^\+ f-1: edit$/m);
  assert.match(unasked.stderr, /^- m-2: view$/m);
  assert.match(unasked.stderr, `there is no terminal to ask on`);
  const shown = await ann!.kf([...words, '--dry-run=server']);
  fine(shown);
  assert.equal(await team.bound(), before);

  const start = () =>
    startKf([...words, '--yes', '-n', team.ns], { kubeconfig: ann!.kubeconfig, env: { HOME: folder() } });
  write('w');
  const whole = await measured(await start(), '+ w-0');
  fine(whole);
  write('f');
  let landed = 0;
  // Each gets further than the one before; after all is done there is no plan to show.
  const lacks = async () => (await others()).some((each) => !each.startsWith('f-')) || (await others()).length < 8;
  for (const moment of [0, 0.05, 0.1, 0.2, 0.4, 0.7])
    if ((await lacks()) && (await killAt(await start(), /^[+-] \S+: /m, whole, moment))) landed++;
  assert.ok(landed > 0);
  fine(await ann!.kf([...words, '--yes']));
  const expected = [...Array.from({ length: 8 }, (_, i) => `f-${i}=kubeflow-${i % 2 ? 'edit' : 'view'}`), ...owners()];
  assert.equal(await team.bound(), expected.sort());

  const again = await ann!.kf(words);
  assert.equal([again.code, again.stderr], [0, `${team.ns} has just these 10 members: unchanged\n`]);
  // What ls prints is a file of members.
  const list = await ben!.kf(['user', 'ls', '-o', 'yaml']);
  const same = await ben!.kf(['user', '-f', '-'], { stdin: list.stdout });
  assert.equal([same.code, same.stderr], [0, `${team.ns} has just these 10 members: unchanged\n`]);
});

own('a file that takes away too much changes nothing: no owner, a template that is not there', async () => {
  const before = await team.bound();
  const none = await ann!.kf(['user', '-f', '-', '--yes'], { stdin: 'members: [{ user: f-0, role: view }]' });
  assert.is(none.code, 1);
  assert.match(none.stderr, `is the last owner of ${team.ns}, and can't be removed`);
  const wrong = await ann!.kf(['user', '-f', '-', '--yes'], { stdin: 'members:\n- { user: f-0, role: editt }\n' });
  assert.is(wrong.code, 3);
  assert.match(wrong.stderr, 'did you mean edit?');
  await admin(['create', 'role', 'secret-keeper', '-n', team.ns, '--verb=get', '--resource=nodes']);
  await admin(['label', 'role', 'secret-keeper', '-n', team.ns, 'kf.kubeflow.org/template=true']);
  const lacking = await ann!.kf(['user', '-f', '-', '--yes'], {
    stdin: `members: [{ user: "${ann!.user}", role: admin }, { user: f-0, roles: [view, secret-keeper] }]`,
  });
  assert.is(lacking.code, 4);
  assert.match(lacking.stderr, `can't give secret-keeper to f-0`);
  assert.match(lacking.stderr, /^ {2}get nodes$/m);
  assert.match(lacking.stderr, /^nothing was changed$/m);
  assert.equal(await team.bound(), before);
});

test.run();
