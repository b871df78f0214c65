import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-project/index.ts';
import { runCommand } from '../../support/command.ts';
import { type MembersServer, membersServer, put, record } from '../../support/members-server.ts';
import { folder } from '../../support/suite.ts';

const kf = (server: MembersServer, argv: string[], stdin = '') =>
  runCommand(group, argv, {
    env: { KUBECONFIG: server.kubeconfig },
    stdin,
    sleep: (ms) => new Promise((go) => setTimeout(go, ms / 20)),
  });

const bound = ({ bindings }: MembersServer) =>
  [...bindings.values()].map(
    ({ roleRef, subjects }) =>
      `${(subjects as { name: string }[]).map(({ name }) => name)}=${(roleRef as { name: string }).name}`,
  );
const owner = record('ann', 'admin', 'namespaceAdmin');
const ownerPolicy = {
  kind: 'AuthorizationPolicy',
  metadata: { name: 'ns-owner-access-istio', annotations: { user: 'ann', role: 'admin' } },
  spec: {
    rules: [
      {
        from: [{ source: { principals: ['cluster.local/ns/gateways/sa/own'] } }],
        when: [{ key: 'request.headers[x-user]', values: ['accounts:ann'] }],
      },
      { when: [{ key: 'source.namespace', values: ['team-a'] }] },
    ],
  },
};

test('a member is let through the gateway as the owner is, and no longer once removed', async () => {
  const server = await membersServer();
  try {
    put(server, owner, ownerPolicy);
    assert.is((await kf(server, ['user', '--add', 'B.o'])).code, 0);
    const policy = server.policies.get('user-b-o-clusterrole-edit')!;
    assert.equal(policy.metadata.annotations, { user: 'B.o', role: 'edit' });
    const [rule] = ownerPolicy.spec.rules as [(typeof ownerPolicy.spec.rules)[0]];
    assert.equal(policy.spec, {
      rules: [{ ...rule, when: [{ key: 'request.headers[x-user]', values: ['accounts:B.o'] }] }],
    });
    // What was killed between the two is completed by the same words, in both directions.
    server.policies.delete('user-b-o-clusterrole-edit');
    assert.is((await kf(server, ['user', '--add', 'B.o'])).code, 0);
    assert.ok(server.policies.has('user-b-o-clusterrole-edit'));
    assert.is((await kf(server, ['user', '--delete', 'B.o'])).code, 0);
    assert.equal([...server.policies.keys()], ['ns-owner-access-istio']);
  } finally {
    await server.close();
  }
});

test("roles are Kubeflow's, or Kubernetes' own: as the project has them already, otherwise as the cluster does", async () => {
  const server = await membersServer({ withIstio: false });
  const plain = { ...owner, roleRef: { ...(owner.roleRef as object), name: 'admin' } };
  try {
    for (const [there, role] of [
      [[], 'edit'],
      [[plain], 'edit'],
      [[owner], 'kubeflow-edit'],
    ] as const) {
      server.bindings.clear();
      put(server, ...there);
      const { code, stderr } = await kf(server, ['user', '--add', 'bo']);
      assert.equal([code, stderr], [0, 'bo added to team-a: edit\n']);
      assert.is(bound(server).at(-1), `bo=${role}`);
      // The dashboard's word for it is the same.
      assert.is(server.bindings.get('user-bo-clusterrole-edit')!.metadata.annotations!.role, 'edit');
    }
  } finally {
    await server.close();
  }
});

test('wrong words are refused before the cluster is asked', async () => {
  const server = await membersServer();
  try {
    const table: [string[], RegExp][] = [
      [['user'], /^user takes one of --add, --modify, --delete and -f\n/],
      [['user', '--add', 'a', '--delete', 'b'], /and not two of them/],
      [['user', '--modify', 'a'], /^--modify takes the new role\n/],
      [['user', '--add', 'a', 'view', '--role', 'edit'], /^the template is said twice\n/],
      [['user', '--add', ' '], /^a user has a name\n/],
      [['user', '--add', 'a\u202eb'], /nothing that can't be seen/],
      [['user', '--add', 'system:kube-scheduler'], /is Kubernetes' own user, and members are people/],
      [['group', 'edit'], /^group takes --add or --delete\n/],
    ];
    for (const [argv, says] of table) {
      const { code, stdout, stderr } = await kf(server, argv);
      assert.equal([code, stdout], [2, ''], argv.join(' '));
      assert.match(stderr, says);
    }
    assert.equal(server.asked, []);
  } finally {
    await server.close();
  }
});

const people = ['a.x', 'a-x', 'A-X', 'bo', "o'b"] as const;
const team = fc.dictionary(fc.constantFrom(...people), fc.constantFrom('admin', 'edit', 'view'));

test('a file of members, ended after any write, is completed by the same command', async () => {
  const server = await membersServer();
  try {
    const property = fc.asyncProperty(team, team, fc.nat(12), async (before, after, writes) => {
      server.bindings.clear();
      server.policies.clear();
      put(server, owner, ownerPolicy);
      server.cutAfter(Number.POSITIVE_INFINITY);
      const file = (members: Record<string, string>) =>
        JSON.stringify({ members: Object.entries(members).map(([user, role]) => ({ user, role })) });
      const words = ['user', '-f', '-', '--yes'];
      assert.is((await kf(server, words, file(before))).code, 0);
      server.cutAfter(writes);
      await kf(server, words, file(after));
      server.cutAfter(Number.POSITIVE_INFINITY);
      const last = await kf(server, words, file(after));
      assert.is(last.code, 0, last.stderr);
      const wanted = Object.entries(after).map(([user, role]) => `${user}=kubeflow-${role}`);
      assert.equal(bound(server).sort(), ['ann=kubeflow-admin', ...wanted].sort());
      assert.equal(
        [...server.policies.values()].map(({ metadata }) => metadata.annotations?.user).sort(),
        ['ann', ...Object.keys(after)].sort(),
      );
      assert.match((await kf(server, words, file(after))).stderr, 'unchanged');
    });
    await fc.assert(property, { numRuns: 40 });
  } finally {
    await server.close();
  }
});

test('equal owners who remove each other, in any order of requests, leave one', async () => {
  const server = await membersServer({ withIstio: false });
  try {
    const owners = ['ann', 'ben', 'cy'];
    const waits = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 30, maxLength: 30 });
    const property = fc.asyncProperty(fc.integer({ min: 2, max: 3 }), waits, async (count, slow) => {
      server.bindings.clear();
      const some = owners.slice(0, count);
      put(server, ...some.map((name) => record(name, 'admin')));
      let i = 0;
      server.before = () => new Promise((go) => setTimeout(go, slow[i++ % slow.length]));
      // Each removes the next; whom the server lets do what is left out: it only makes fewer of them.
      await Promise.all(some.map((_, at) => kf(server, ['user', '--delete', some[(at + 1) % count]!])));
      assert.ok(server.bindings.size >= 1);
    });
    await fc.assert(property, { numRuns: 40 });
  } finally {
    await server.close();
  }
});

test('-f asks for a file that is there, and shows where it is wrong', async () => {
  const server = await membersServer();
  try {
    put(server, owner);
    const missing = await kf(server, ['user', '-f', 'no-such.yaml']);
    assert.equal(
      [missing.code, missing.stderr.split('\n')[0]],
      [2, 'cannot read no-such.yaml: no such file or directory'],
    );
    const path = join(folder(), 'm.yaml');
    writeFileSync(path, 'members:\n- user: bo\n  rolle: edit\n');
    const wrong = await kf(server, ['user', '-f', path]);
    assert.is(wrong.code, 2);
    assert.match(wrong.stderr, /m\.yaml:3:3: "rolle" is not known of a member\n/);
    writeFileSync(path, 'members:\n- { user: bo, role: edit }\n');
    const shown = await kf(server, ['user', '-f', path, '--dry-run=client', '-o', 'json']);
    assert.is(shown.code, 0, shown.stderr);
    assert.match(shown.stderr, /^ann owns team-a and stays, without being in the file\n\+ bo: edit\n$/);
    assert.is(JSON.parse(shown.stdout).metadata.name, 'user-bo-clusterrole-edit');
    const one = await kf(server, ['user', '--add', 'bo', '--dry-run=client', '-o', 'name']);
    assert.equal([one.code, one.stderr], [0, '+ bo: edit (dry run)\n']);
    assert.is(one.stdout, 'rolebinding.rbac.authorization.k8s.io/user-bo-clusterrole-edit\n');
    const same = await kf(server, ['user', '--add', 'ann', 'owner', '--dry-run=client']);
    assert.equal([same.code, same.stderr], [0, '= ann: admin (dry run)\n']);
    assert.is(server.bindings.size, 1);
  } finally {
    await server.close();
  }
});

test.run();
