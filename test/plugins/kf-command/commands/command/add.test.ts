import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import { status } from '../../../../support/api-server.ts';
import { type RegistryOptions, type RegistryServer, writableRegistry } from '../../../../support/writable-registry.ts';
import { type Person, person, tune } from '../../support.ts';

const test = suite('kubectl kf command add');

async function withRegistry(options: RegistryOptions, use: (one: Person, server: RegistryServer) => Promise<void>) {
  const server = await writableRegistry(options);
  const one = person(server.kubeconfig);
  one.write('tune.py', tune);
  try {
    await use(one, server);
  } finally {
    await server.close();
  }
}

const understood = `tune   from tune.py (def tune, python)
  name      text, required
  --trials  whole number, 10
  --metric  loss | acc, loss
runs here or in the cluster
`;

test('shows what it understood and adds it to the project, with who added it', () =>
  withRegistry({}, async (one, server) => {
    const { code, stdout, stderr } = await one.command(['add', 'tune.py']);
    assert.equal(stderr.replace(/sha256:\w+/, 'D'), `${understood}tune 0.1.0 added to project team-a, D…\n`);
    assert.deepEqual([code, stdout], [0, '']);
    const made = server.objects.get('team-a/tune')!;
    assert.equal(made.metadata.annotations?.['kf.kubeflow.org/added-by'], 'tester');
    assert.equal(made.spec.origin?.url, join(one.home, 'tune.py'));
    assert.ok(one.trusts(made.spec.digest));
    assert.deepEqual(one.own(), []);
    // As after a kill: the same again is no mistake.
    const again = await one.command(['add', 'tune.py']);
    assert.deepEqual(
      [again.code, again.stderr],
      [0, 'tune 0.1.0 is there already, the same: unchanged (project team-a)\n'],
    );
  }));

test('a name that is there is not taken: whose it is, and the ways out', () =>
  withRegistry({}, async (one, server) => {
    await one.command(['add', 'tune.py']);
    const before = server.objects.get('team-a/tune');
    one.write('tune.py', `${tune}\n# another\n`);
    const { code, stderr } = await one.command(['add', 'tune.py'], { now: () => Date.parse('2026-01-01T00:01:30Z') });
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^tune is there already in project team-a, added by tester 90s ago; nothing was added\nchange that one: kubectl kf command upgrade tune <source>; or add yours under another name \(--name\), or for yourself alone \(--personal\)\n$/,
    );
    assert.equal(server.objects.get('team-a/tune'), before);
    assert.equal((await one.command(['add', 'tune.py', '--name', 'tune-2', '--cluster'])).code, 0);
    assert.deepEqual([...server.objects.keys()], ['team-a/tune', 'kf-system/tune-2']);
  }));

test('two at once: one adds, the other is told, by the server as by a look before', () =>
  withRegistry(
    {
      before: ({ method, path }, objects) => {
        // The other comes between the look and the creation.
        if (method !== 'POST' || !path.endsWith('/subcommands') || objects.size > 0) return undefined;
        const other = {
          apiVersion: '',
          kind: '',
          metadata: { name: 'tune', annotations: { 'kf.kubeflow.org/added-by': 'bob' } },
        };
        objects.set('team-a/tune', other as never);
        return status(409, 'AlreadyExists', 'subcommands.kf.kubeflow.org "tune" already exists', { name: 'tune' });
      },
    },
    async (one) => {
      const { code, stderr } = await one.command(['add', 'tune.py']);
      assert.equal(code, 1);
      assert.match(stderr, /\ntune is there already in project team-a; nothing was added\n/);
    },
  ));

test('an answer that was lost is looked for', () =>
  withRegistry(
    {
      before: ({ method, path, body }, objects) => {
        if (method !== 'POST' || !path.endsWith('/subcommands')) return undefined;
        objects.set('team-a/tune', {
          ...JSON.parse(body),
          metadata: { ...JSON.parse(body).metadata, resourceVersion: '1' },
        });
        return status(504, 'Timeout', 'it took too long');
      },
    },
    async (one) => {
      const { code, stderr } = await one.command(['add', 'tune.py']);
      assert.match(stderr, /tune 0\.1\.0 added to project team-a/);
      assert.equal(code, 0);
    },
  ));

test('without a registry it is personal, and says so; --project says what lacks', () =>
  withRegistry({ served: false }, async (one) => {
    const { code, stderr } = await one.command(['add', 'tune.py']);
    assert.equal(code, 0);
    assert.match(
      stderr,
      /\nthis cluster has no registry of subcommands \(kubectl kf command init\): it is for you alone\ntune 0\.1\.0 added for you, sha256/,
    );
    assert.deepEqual(one.own(), ['tune.yaml']);
    const project = await one.command(['add', 'tune.py', '--project', '--name', 'x']);
    assert.equal(project.code, 3);
    assert.match(
      project.stderr,
      /this cluster has no registry of subcommands\nnothing was added\nits admin adds it: kubectl kf command init\n--personal keeps it on this machine/,
    );
  }));

test('without the right it is personal, and says so; --project says who may not', () =>
  withRegistry({ may: false }, async (one) => {
    const { code, stderr } = await one.command(['add', 'tune.py']);
    assert.equal(code, 0);
    assert.match(stderr, /\nyou may not add subcommands to team-a: it is for you alone\ntune 0\.1\.0 added for you/);
    const project = await one.command(['add', 'tune.py', '--project', '--name', 'x']);
    assert.equal(project.code, 4);
    assert.match(
      project.stderr,
      /not allowed: tester may not create subcommands in team-a\nnothing was added\n.*\n--personal keeps it/,
    );
    assert.deepEqual(one.own(), ['tune.yaml']);
  }));

test('with the server away nothing is guessed and nothing done; --personal asks no cluster', async () => {
  const server = await writableRegistry();
  const one = person(server.kubeconfig);
  one.write('tune.py', tune);
  await server.close();
  one.write(
    'config',
    `{apiVersion: v1, kind: Config, current-context: a, contexts: [{name: a, context: {cluster: a, user: a}}], clusters: [{name: a, cluster: {server: "http://127.0.0.1:9"}}], users: [{name: a, user: {}}]}`,
  );
  const env = { KUBECONFIG: join(one.home, 'config') };
  const away = await one.command(['add', 'tune.py'], { env });
  assert.equal(away.code, 5);
  assert.match(
    away.stderr,
    /^cannot reach http:\/\/127\.0\.0\.1:9 \(context a\): connection refused\n.*\n--personal keeps it on this machine, and asks no cluster\n$/,
  );
  assert.deepEqual(one.own(), []);
  assert.equal((await one.command(['add', 'tune.py', '--personal'], { env })).code, 0);
  const upgrade = await one.command(['upgrade', 'other'], { env });
  assert.equal(upgrade.code, 5);
});

test('two people on one machine, or one twice at once: one personal one is made, whole', async () => {
  const one = person();
  for (let i = 0; i < 6; i++) one.write(`v${i}.py`, tune.replace('Tunes', `Tunes ${i}`));
  const all = await Promise.all(
    [0, 1, 2, 3, 4, 5].map((i) => one.command(['add', `v${i}.py`, '--personal', '--name', 'tune'])),
  );
  assert.deepEqual(all.map(({ code }) => code).sort(), [0, 1, 1, 1, 1, 1]);
  assert.ok(
    all.every(
      ({ code, stderr }) => code === 0 || /tune is there already among your own; nothing was added/.test(stderr),
    ),
  );
  assert.deepEqual(one.own(), ['tune.yaml']);
});

test("names that are taken: built-in, reserved, a plugin's, no name at all", async () => {
  const one = person();
  one.write('tune.py', tune);
  one.write('bin/kubectl-kf_mine', '#!/bin/sh\n');
  chmodSync(join(one.home, 'bin/kubectl-kf_mine'), 0o755);
  const fails = async (name: string, what: RegExp) => {
    const env = { PATH: join(one.home, 'bin') };
    const { code, stderr } = await one.command(['add', 'tune.py', '--personal', '--name', name], { env });
    assert.equal(code, 2);
    assert.match(stderr, what);
  };
  await fails(
    'train',
    /^train is a verb of kubectl kf already\nto put yours in its place: kubectl kf command replace train <source>\n$/,
  );
  await fails('login', /^login is a verb that can't be replaced\n/);
  await fails('mine', /^mine is a plugin's verb already: .*kubectl-kf_mine\nadd it under another name: --name\n$/);
  await fails('$(reboot)', /^"\$\(reboot\)" can be no subcommand's name\n/);
  await fails('../x', /can be no subcommand's name/);
  assert.deepEqual(one.own(), []);
});

test('a nearer one than another is said, and a farther one too', () =>
  withRegistry({}, async (one, server) => {
    await one.command(['add', 'tune.py', '--cluster']);
    one.write('tune.py', `${tune}\n`);
    const nearer = await one.command(['add', 'tune.py', '--project']);
    assert.match(nearer.stderr, /\nit will run in the place of tune 0\.1\.0 of the whole cluster, added by tester\n/);
    one.write('tune.py', `${tune}\n\n`);
    const asked = server.asked.length;
    const own = await one.command(['add', 'tune.py', '--personal']);
    // Remembered of what was added: no request for it.
    assert.match(own.stderr, /\nit will run in the place of that of your project\n/);
    assert.equal(server.asked.length, asked);
    one.write('tune.py', `${tune}\n\n\n`);
    const farther = await one.command(['add', 'tune.py', '--project', '--dry-run=client', '-n', 'team-b']);
    assert.match(farther.stderr, /\nwhere you are, tune 0\.1\.0 of your own, goes before it\n/);
  }));

test('a dry run leaves nothing behind; -o prints what would be', () =>
  withRegistry({}, async (one, server) => {
    const client = await one.command(['add', 'tune.py', '--dry-run=client', '-o', 'json']);
    assert.equal(client.code, 0);
    assert.equal(JSON.parse(client.stdout).metadata.annotations['kf.kubeflow.org/added-by'], 'tester');
    const asked = await one.command(['add', 'tune.py', '--dry-run=server', '-o', 'name']);
    assert.deepEqual([asked.code, asked.stdout], [0, 'subcommand.kf.kubeflow.org/tune\n']);
    assert.match(asked.stderr, /\nthe server would take it; nothing was added\n$/);
    assert.equal((await one.command(['add', 'tune.py', '--dry-run', '--personal'])).code, 0);
    assert.deepEqual(
      [server.objects.size, one.own(), one.trusts(JSON.parse(client.stdout).spec.digest)],
      [0, [], false],
    );
  }));

test('a source of 2 MB: a clear message, nothing asked of the cluster', () =>
  withRegistry({}, async (one, server) => {
    one.write('tune.py', `${tune}\nX = """${'x'.repeat(2_000_000)}"""\n`);
    const { code, stderr } = await one.command(['add', 'tune.py']);
    assert.equal(code, 2);
    assert.match(stderr, /^tune\.py is too large.*2\.0 MB.*\n.*(volume|image)/);
    assert.equal(server.asked.length, 0);
  }));

test('a source that JSON makes large is told so before it is sent', () =>
  withRegistry({}, async (one, server) => {
    one.write('tune.py', `${tune}X = "${'\u0001'.repeat(400_000)}"\n`);
    const { code, stderr } = await one.command(['add', 'tune.py', '--project']);
    assert.equal(code, 2);
    assert.match(stderr, /^tune\.py is 24\d{5} bytes as the registry keeps it; at most 1200000\n/);
    assert.equal(server.objects.size, 0);
  }));

test('a Kubeless Function is taken as it is', async () => {
  const one = person();
  one.write(
    'function.yaml',
    `apiVersion: kubeless.io/v1beta1
kind: Function
metadata: {name: get-python}
spec:
  handler: helloget.foo
  runtime: python3.7
  deps: |
    bs4==0.0.1
  function: |
    def foo(event, context):
        return "hello world"
`,
  );
  const { code, stderr } = await one.command(['add', 'function.yaml', '--personal']);
  assert.equal(code, 0);
  assert.match(
    stderr,
    /^get-python {3}from function\.yaml \(def foo\(event, context\), python, as Kubeless calls it\)\n/,
  );
  assert.match(stderr, /uses: .*bs4==0\.0\.1/);
  assert.match(one.read('get-python'), /calling: event/);
});

test('wrong use: two levels, a ref without git', async () => {
  const one = person();
  one.write('tune.py', tune);
  const two = await one.command(['add', 'tune.py', '--personal', '--cluster']);
  assert.deepEqual([two.code, two.stderr], [2, '--personal and --cluster are two places\nsay one\n']);
  const ref = await one.command(['add', 'tune.py', '--personal', '--ref', 'main']);
  assert.deepEqual([ref.code, ref.stderr], [2, '--ref goes with a git repository\ntune.py is none\n']);
});

test.run();
