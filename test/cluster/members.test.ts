/** Members of a project by the people of the stories, each with a client certificate, with the executables that krew installed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { ownOnly } from './index.ts';
import { admin, type Bound, type Person, type Project, project } from './members-people.ts';

const own = testUnless(ownOnly());
let team: Project;
/** ann owns it, ed and vi were made members by Kubeflow; sam is a stranger. */
let [ann, ed, vi, sam]: Person[] = [];

test.before(async () => {
  if (ownOnly()) return;
  team = await project('members');
  [ann, ed, vi, sam] = await Promise.all(['ann', 'ed', 'vi', 'sam'].map((name) => team.person(name)));
  await team.bind(ann!.user, 'admin', 'namespaceAdmin');
  await team.bind(ed!.user, 'edit');
  await team.bind(vi!.user, 'view');
});
test.after(async () => {
  if (!ownOnly()) await team.delete();
});

const binding = async (name: string): Promise<Bound> =>
  JSON.parse(await admin(['get', 'rolebinding', name, '-n', team.ns, '-o', 'json']));

own('an owner adds, modifies and removes a user, in each spelling, and what they may do is so', async () => {
  const ben = `Ben.B@${team.ns}.org`;
  const named = (role: string) => `user-ben-b-${team.ns}-org-clusterrole-${role}`;
  const added = await ann!.kf(['user', '--add', ben]);
  assert.equal([added.code, added.stdout, added.stderr], [0, '', `${ben} added to ${team.ns}: edit\n`]);
  const { metadata, roleRef, subjects } = await binding(named('edit'));
  assert.equal(metadata.annotations, { user: ben, role: 'edit' });
  const apiGroup = 'rbac.authorization.k8s.io';
  assert.equal(roleRef, { apiGroup, kind: 'ClusterRole', name: 'kubeflow-edit' });
  assert.equal(subjects, [{ apiGroup, kind: 'User', name: ben }]);
  assert.ok(await team.may(ben, 'create', 'pods'));

  const again = await ann!.kf(['user', 'add', ben, 'edit']);
  assert.equal([again.code, again.stderr], [0, `${ben} is edit of ${team.ns}: unchanged\n`]);
  const other = await ann!.kf(['user', 'add', ben, '--role', 'view']);
  assert.is(other.code, 2);
  assert.match(other.stderr, `is a member of ${team.ns} already: edit\nchange it: kubectl kf user --modify`);

  const changed = await ann!.kf(['user', '--modify', ben, '--role', 'kubeflow-view', '-o', 'name']);
  assert.equal([changed.code, changed.stderr], [0, `${ben} in ${team.ns}: edit → view\n`]);
  assert.is(changed.stdout, `rolebinding.rbac.authorization.k8s.io/${named('view')}\n`);
  assert.not.ok(await team.may(ben, 'create', 'pods'));
  assert.ok(await team.may(ben, 'list', 'pods'));

  const out = await ann!.kf(['user', '--delete', ben]);
  assert.equal([out.code, out.stderr], [0, `${ben} removed from ${team.ns}: view\n`]);
  const gone = await ann!.kf(['user', 'rm', ben]);
  assert.is(gone.code, 3);
  assert.match(gone.stderr, `${ben} is no member of ${team.ns}\n`);
  assert.equal(
    (await team.bound()).filter((each) => each.startsWith(ben)),
    [],
  );
});

own('members of a group by its template: the built-in ones, and one that the owner made', async () => {
  const made = await ann!.kf([
    ...['group', 'create', 'log-readers', '--rule', 'get,list:pods,pods/log', '--describe', 'reads logs'],
  ]);
  assert.is(made.code, 0, made.stderr);
  const more = await ann!.kf(['group', 'log-readers', '--add', ed!.user]);
  assert.equal([more.code, more.stderr], [0, `${ed!.user} added to ${team.ns}: log-readers\n`]);
  const list = await ann!.kf(['group', 'ls']);
  assert.is(list.code, 0, list.stderr);
  assert.match(list.stdout, /^edit +1 +ClusterRole kubeflow-edit /m);
  assert.match(list.stdout, /^log-readers +1 +Role log-readers +reads logs$/m);
  const less = await ann!.kf(['group', 'log-readers', '--delete', ed!.user]);
  assert.equal([less.code, less.stderr], [0, `${ed!.user} stays in ${team.ns} as edit, without log-readers\n`]);
  const not = await ann!.kf(['group', 'log-readers', '--delete', ed!.user]);
  assert.equal([not.code, not.stderr], [3, `${ed!.user} has no role log-readers in ${team.ns}\n`]);
});

own('two whose bindings would have one name, a group, and a name of odd letters: nobody is lost', async () => {
  const people = ['a.x', 'a-x', 'A/X', `"O'Brien" <日本>`];
  for (const user of people) {
    const added = await ann!.kf(['user', '--add', user, '--role', 'view']);
    assert.is(added.code, 0, added.stderr);
  }
  const grouped = await ann!.kf(['user', '--add', 'a.x', '--kind', 'group', '--role', 'view']);
  assert.is(grouped.code, 0, grouped.stderr);
  for (const user of people) assert.ok(await team.may(user, 'list', 'pods'), user);
  assert.is((await ann!.kf(['user', '--delete', 'a.x'])).code, 0);
  assert.not.ok(await team.may('a.x', 'list', 'pods'));
  for (const user of people.slice(1)) assert.ok(await team.may(user, 'list', 'pods'), user);
  const list = await ann!.kf(['user', 'ls', '-o', 'json']);
  const items = JSON.parse(list.stdout).items as { user?: string; group?: string }[];
  assert.equal(
    items.filter(({ group }) => group).map(({ group }) => group),
    ['a.x'],
  );
  for (const user of people.slice(1)) assert.is((await ann!.kf(['user', '--delete', user])).code, 0);
  assert.is((await ann!.kf(['user', '--delete', 'a.x', '--kind', 'group'])).code, 0);
});

own('nobody gives rights that they lack: the editor none, and one who may bind only those of their own', async () => {
  const editor = await ed!.kf(['user', '--add', sam!.user]);
  assert.is(editor.code, 4);
  assert.match(editor.stderr, `not allowed: ${ed!.user} may not list rolebindings in ${team.ns}`);
  const what = ['--verb=get,list,create', '--resource=rolebindings'];
  await admin(['create', 'role', 'binder', '-n', team.ns, ...what]);
  await admin(['create', 'rolebinding', 'binder', '-n', team.ns, '--role=binder', `--user=${vi!.user}`]);
  const refused = await vi!.kf(['user', '--add', sam!.user, '--role', 'admin']);
  assert.is(refused.code, 4);
  assert.match(refused.stderr, `not allowed: ${vi!.user} can't give admin to ${sam!.user}: nobody gives rights that`);
  assert.match(refused.stderr, /^ {2}.*\bdelete\b.* roles\.rbac\.authorization\.k8s\.io/m);
  assert.match(refused.stderr, `someone who has them in ${team.ns} can`);
  const own = await vi!.kf(['user', '--add', sam!.user, '--role', 'view']);
  assert.is(own.code, 0, own.stderr);
  await admin(['delete', 'role,rolebinding', 'binder', '-n', team.ns]);
  assert.is((await ann!.kf(['user', '--delete', sam!.user])).code, 0);
});

own(
  'user ls: the owner sees all, who may see no bindings themselves and what was not read, a stranger why not',
  async () => {
    await admin(['create', 'rolebinding', 'by-hand', '-n', team.ns, '--clusterrole=view', '--user=zoe']);
    const all = await ann!.kf(['user', 'ls']);
    assert.is(all.code, 0, all.stderr);
    assert.match(all.stdout, new RegExp(`^${ann!.user} +user +admin +owns the project$`, 'm'));
    assert.match(all.stdout, new RegExp(`^${ed!.user} +user +edit`, 'm'));
    assert.match(all.stdout, /^zoe +user +view +by RoleBinding by-hand: no member's record$/m);
    const zoe = await ann!.kf(['user', '--delete', 'zoe']);
    assert.is(zoe.code, 1);
    assert.match(zoe.stderr, `kubectl delete rolebinding by-hand -n ${team.ns}`);
    for (const [who, role] of [
      [ed, 'edit'],
      [vi, 'view'],
    ] as const) {
      const part = await who!.kf(['user', 'ls']);
      assert.is(part.code, 0, part.stderr);
      assert.match(part.stdout, new RegExp(`^${who!.user} +user +${role} +you, by what you may do here$`, 'm'));
      assert.match(part.stderr, `not read, as you may not: rolebindings in ${team.ns}`);
      const data = JSON.parse((await who!.kf(['user', 'ls', '-ojson'])).stdout);
      assert.equal([data.items.length, data.notReadable], [1, [`rolebindings in ${team.ns}`]]);
    }
    const none = await sam!.kf(['user', 'ls']);
    assert.equal([none.code, none.stdout], [4, '']);
    // What everyone may do in each project is no role in it.
    assert.match(
      none.stderr,
      new RegExp(`${sam!.user} has no role in ${team.ns}|no rights in ${team.ns}, or there is no`),
    );
  },
);

own('the owner stays, and who is no person is refused with a reason', async () => {
  const owner = await ann!.kf(['user', '--delete', ann!.user]);
  assert.equal(
    [owner.code, owner.stderr.split('\n')[0]],
    [1, `${ann!.user} owns ${team.ns}: that role can't be taken away`],
  );
  const account = await ann!.kf(['user', '--add', `system:serviceaccount:${team.ns}:robot`]);
  assert.is(account.code, 2);
  assert.match(account.stderr, 'is a ServiceAccount, and members are people\n');
  assert.match(account.stderr, `--serviceaccount=${team.ns}:robot -n ${team.ns}`);
  const everyone = await ann!.kf(['user', '--add', 'system:authenticated', '--kind', 'group']);
  assert.is(everyone.code, 2);
  assert.ok((await team.bound()).includes(`${ann!.user}=kubeflow-admin`));
});

test.run();
