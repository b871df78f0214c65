import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import { group } from '../../../../../plugins/kf-command/index.ts';
import { status } from '../../../../support/api-server.ts';
import { runCommand } from '../../../../support/command.ts';
import { type RegistryOptions, type RegistryServer, writableRegistry } from '../../../../support/writable-registry.ts';
import { type Person, person, tune } from '../../support.ts';

const test = suite('kubectl kf command upgrade');

const better = tune.replace('trials: int = 10', 'trials: int = 20, seed: int = 1').replace('"acc"', '"f1"');

async function added(options: RegistryOptions, use: (one: Person, server: RegistryServer) => Promise<void>) {
  const server = await writableRegistry(options);
  const one = person(server.kubeconfig);
  one.write('tune.py', tune);
  try {
    assert.equal((await one.command(['add', 'tune.py'])).code, 0);
    await use(one, server);
  } finally {
    await server.close();
  }
}

const versions = (server: RegistryServer) => {
  const { spec } = server.objects.get('team-a/tune')!;
  return [spec.version, ...(spec.history ?? []).map(({ version }) => version)];
};

test('from where it came: the difference in parameters and source, then the next version', () =>
  added({}, async (one, server) => {
    const same = await one.command(['upgrade', 'tune']);
    assert.deepEqual([same.code, same.stderr], [0, 'tune 0.1.0 is unchanged (project team-a)\n']);
    one.write('tune.py', better);
    const dry = await one.command(['upgrade', 'tune', '--dry-run=client']);
    assert.equal(dry.code, 0);
    assert.deepEqual(versions(server), ['0.1.0']);
    const { code, stderr } = await one.command(['upgrade', 'tune']);
    assert.equal(code, 0);
    assert.equal(
      stderr.replace(/sha256:\w+…/, 'D'),
      `tune   0.1.0 → 0.2.0, project team-a, from tune.py
  new option --seed
  --trials is 20 where not given, was 10
  --metric gains the choice f1
  --metric loses the choice acc
--- a/tune.py
+++ b/tune.py
@@ -1,6 +1,6 @@
 """Tunes."""
 from typing import Literal
 
-def tune(name: str, trials: int = 10, metric: Literal["loss", "acc"] = "loss") -> list:
+def tune(name: str, trials: int = 20, seed: int = 1, metric: Literal["loss", "f1"] = "loss") -> list:
     """Tune a model."""
     return []
tune is 0.2.0 now (was 0.1.0), D
`,
    );
    assert.deepEqual(versions(server), ['0.2.0', '0.1.0']);
    assert.ok(one.trusts(server.objects.get('team-a/tune')!.spec.digest));
    // As after a kill.
    assert.match((await one.command(['upgrade', 'tune'])).stderr, /^tune 0\.2\.0 is unchanged/);
  }));

test('rollback, --to and back again; what was rolled back from keeps its number', () =>
  added({}, async (one, server) => {
    const first = server.objects.get('team-a/tune')!.spec;
    one.write('tune.py', better);
    await one.command(['upgrade', 'tune']);
    const second = server.objects.get('team-a/tune')!.spec;
    const back = await one.command(['rollback', 'tune', '-o', 'json']);
    assert.equal(back.code, 0);
    assert.match(back.stderr, /^tune {3}0\.2\.0 → 0\.1\.0, project team-a\n {2}option --seed is gone\n/);
    assert.deepEqual(versions(server), ['0.1.0', '0.2.0']);
    const { history: _, ...now } = server.objects.get('team-a/tune')!.spec;
    assert.deepEqual(now, first);
    assert.deepEqual(JSON.parse(back.stdout).spec.version, '0.1.0');
    const further = await one.command(['rollback', 'tune']);
    assert.deepEqual([further.code, further.stderr.split('\n')[0]], [3, 'tune 0.1.0 has no version before it']);
    assert.equal((await one.command(['upgrade', 'tune', '--to', '0.2.0'])).code, 0);
    assert.equal(server.objects.get('team-a/tune')!.spec.digest, second.digest);
    await one.command(['rollback', 'tune']);
    assert.match((await one.command(['upgrade', 'tune'])).stderr, /\ntune is 0\.2\.0 now/);
    const none = await one.command(['upgrade', 'tune', '--to', '3.0.0']);
    assert.deepEqual([none.code, none.stderr], [3, 'tune has no version "3.0.0"\nthere are: 0.2.0, 0.1.0\n']);
    const both = await one.command(['upgrade', 'tune', 'tune.py', '--to', '0.1.0']);
    assert.equal(both.code, 2);
  }));

test('a version in the history that was tampered with does not come back', () =>
  added({}, async (one, server) => {
    one.write('tune.py', better);
    await one.command(['upgrade', 'tune']);
    const evil = server.objects.get('team-a/tune')!;
    evil.spec.history![0]!.files['tune.py'] += 'import os; os.system("evil")\n';
    const { code, stderr } = await one.command(['rollback', 'tune']);
    assert.equal(code, 1);
    assert.match(stderr, /^tune 0\.1\.0 does not hold what its digest says: it was tampered with\n/);
    assert.deepEqual(versions(server), ['0.2.0', '0.1.0']);
  }));

test('a pin holds it, until it is let go', () =>
  added({}, async (one, server) => {
    assert.match((await one.command(['pin', 'tune'])).stderr, /^tune is pinned at 0\.1\.0 now \(project team-a\)\n$/);
    assert.match((await one.command(['pin', 'tune'])).stderr, /already\n$/);
    one.write('tune.py', better);
    const held = await one.command(['upgrade', 'tune']);
    assert.deepEqual(
      [held.code, held.stderr],
      [1, 'tune is pinned at 0.1.0; nothing was changed\nlet go of it first: kubectl kf command pin tune --undo\n'],
    );
    assert.deepEqual(versions(server), ['0.1.0']);
    assert.equal((await one.command(['pin', 'tune', '--undo'])).code, 0);
    assert.equal(server.objects.get('team-a/tune')!.spec.pinned, undefined);
    assert.equal((await one.command(['upgrade', 'tune'])).code, 0);
  }));

test('two upgrades at once: the second is told, and loses nothing', () => {
  let turned = false;
  return added(
    {
      before: ({ method }, objects) => {
        if (method !== 'PUT' || turned) return undefined;
        turned = true;
        const there = objects.get('team-a/tune')!;
        there.metadata.resourceVersion = '99';
        return undefined;
      },
    },
    async (one, server) => {
      one.write('tune.py', better);
      const { code, stderr } = await one.command(['upgrade', 'tune']);
      assert.equal(code, 1);
      assert.match(
        stderr,
        /tune was changed by another at the same time; nothing was changed by you\nsee what it is now/,
      );
      assert.deepEqual(versions(server), ['0.1.0']);
      assert.equal((await one.command(['upgrade', 'tune'])).code, 0);
    },
  );
});

test('the cluster that breaks off or refuses leaves it as it was', () =>
  added(
    {
      before: ({ method }) =>
        method === 'PUT'
          ? status(
              403,
              'Forbidden',
              'subcommands "tune" is forbidden: User "tester" cannot update resource "subcommands" in API group "kf.kubeflow.org" in the namespace "team-a"',
            )
          : undefined,
    },
    async (one, server) => {
      one.write('tune.py', better);
      const { code, stderr } = await one.command(['upgrade', 'tune']);
      assert.equal(code, 4);
      assert.match(stderr, /\nnot allowed: tester may not update subcommands in team-a\nnothing was changed\n/);
      assert.deepEqual(versions(server), ['0.1.0']);
    },
  ));

test("the header's version counts; one that was left as it was is refused", () =>
  added({}, async (one, server) => {
    const header = (version: string) => `# /// script\n# [tool.kf]\n# version = "${version}"\n# ///\n`;
    one.write('tune.py', header('1.0.0') + better);
    assert.equal((await one.command(['upgrade', 'tune'])).code, 0);
    one.write('tune.py', `${header('1.0.0') + better}\n# more\n`);
    const { code, stderr } = await one.command(['upgrade', 'tune']);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /tune 1\.0\.0 is known with another source\nset a higher version in its header \(version = "1\.1\.0"\)/,
    );
    assert.deepEqual(versions(server), ['1.0.0', '0.1.0']);
  }));

test('a source that is gone, or never was here, and another in its place', () =>
  added({}, async (one) => {
    rmSync(join(one.home, 'tune.py'));
    const gone = await one.command(['upgrade', 'tune']);
    assert.equal(gone.code, 2);
    assert.match(
      gone.stderr,
      /^tune came from .*tune\.py, which is not on this machine\nname it: kubectl kf command upgrade tune </,
    );
    one.write('else/where.py', better.replace('def tune', 'def where'));
    const { code, stderr } = await one.command(['upgrade', 'tune', 'else/where.py']);
    assert.equal(code, 0);
    assert.match(stderr, /what is run: where\.where, was tune\.tune/);
    const nothing = await one.command(['upgrade', 'nope']);
    assert.equal(nothing.code, 3);
    assert.match(
      nothing.stderr,
      /^no subcommand "nope" that you can see among your own, in project team-a, or for the whole cluster\n/,
    );
  }));

test('a personal one needs no cluster, is changed whole, and keeps ten versions', async () => {
  const one = person();
  one.write('tune.py', tune);
  await one.command(['add', 'tune.py', '--personal']);
  for (let i = 0; i < 12; i++) {
    one.write('tune.py', `${tune}\n# ${i}\n`);
    const { code, stderr } = await one.command(['upgrade', 'tune']);
    assert.equal(code, 0);
    if (i < 10) assert.doesNotMatch(stderr, /too much to keep/);
    else
      assert.match(stderr, new RegExp(`too much to keep, so it can't be rolled back to any more: 0\\.${i - 9}\\.0\n`));
  }
  const numbers = [...one.read('tune').matchAll(/version: (\S+)/gi)].map((match) => match[1]);
  assert.equal(numbers.filter((each) => /^0\.\d+\.0$/.test(each!)).length, 11);
  assert.deepEqual(one.own(), ['tune.yaml']);
});

test('replace puts one in the place of a built-in, says so, and is upgraded as others are', async () => {
  const server = await writableRegistry();
  const one = person(server.kubeconfig);
  one.write('ours.py', tune.replace('def tune', 'def ours'));
  const { code, stderr } = await one.command(['replace', 'train', 'ours.py']);
  assert.equal(code, 0);
  assert.match(stderr, /^train {3}from ours\.py \(def ours, python\)\n/);
  assert.match(
    stderr,
    /\nit replaces the built-in verb train for everyone in project team-a; the original stays: kubectl kf train --builtin\n/,
  );
  const made = server.objects.get('team-a/train')!;
  assert.equal(made.spec.replaces, 'train');
  one.write('ours.py', better.replace('def tune', 'def ours'));
  assert.equal((await one.command(['upgrade', 'train'])).code, 0);
  assert.equal(server.objects.get('team-a/train')!.spec.replaces, 'train');
  assert.equal((await one.command(['rollback', 'train'])).code, 0);
  assert.equal(server.objects.get('team-a/train')!.spec.digest, made.spec.digest);
  const again = await one.command(['replace', 'train', 'ours.py']);
  assert.equal(again.code, 1);
  assert.match(again.stderr, /train is there already in project team-a, added by tester/);
  for (const verb of ['login', 'command', 'use', 'validate']) {
    const reserved = await one.command(['replace', verb, 'ours.py']);
    assert.deepEqual([reserved.code, reserved.stderr.split('\n')[0]], [2, `${verb} is a verb that can't be replaced`]);
  }
  const other = await one.command(['replace', 'tune', 'ours.py']);
  assert.match(other.stderr, /^tune is no built-in verb, so there is nothing to replace\n/);
  await server.close();
});

test('an object that is no whole subcommand is a message, not a crash', async () => {
  const server = await writableRegistry();
  server.objects.set('team-a/tune', {
    apiVersion: 'kf.kubeflow.org/v1alpha1',
    kind: 'Subcommand',
    metadata: { name: 'tune' },
    spec: { files: null },
  } as never);
  const { code, stderr } = await runCommand(group, ['command', 'upgrade', 'tune'], {
    env: { KUBECONFIG: server.kubeconfig },
  });
  assert.equal(code, 1);
  assert.match(stderr, /^tune in team-a is no subcommand that can be used: /);
  await server.close();
});

test.run();
