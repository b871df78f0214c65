// changes: registry
/** A cluster that has no registry of subcommands, and gets one. The definition goes, so all subcommands that others made would go. */
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../../support/real.ts';
import { folder, type KfOptions, kf } from '../../support/suite.ts';
import { kubectl, skipReason, until } from '../index.ts';
import { ensureRegistry } from '../registry.ts';

const real = testUnless(skipReason());
const crd = 'subcommands.kf.kubeflow.org';
const dir = folder();
const options: KfOptions = { cwd: dir, env: { XDG_CONFIG_HOME: join(dir, 'config') } };
const run = (...words: string[]) => kf([...words, '-n', 'default'], options);

test.before(async () => {
  if (skipReason()) return;
  writeFileSync(join(dir, 'tune.py'), 'def tune(name):\n    """Tune."""\n    return name\n');
  await kubectl(['delete', 'crd', crd, '--ignore-not-found']);
  await kubectl(['delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', crd, '--ignore-not-found']);
  await until('the end of the registry', 30, async () => (await kubectl(['get', 'kfc', '-n', 'default'])).code !== 0);
});
test.after(async () => {
  if (!skipReason()) await ensureRegistry();
});

real('without a registry: each word says so, and nothing is half done', async () => {
  const list = await run('command', 'list');
  assert.equal([list.code, list.stdout], [0, '']);
  assert.match(
    list.stderr,
    /^this cluster has no registry of subcommands; its admin adds it: kubectl kf command init$/m,
  );
  const describe = await run('command', 'describe', 'tune');
  assert.is(describe.code, 3);
  assert.match(describe.stderr, /^no subcommand "tune" that you can see/);
  assert.is((await run('command', 'which', 'tune')).code, 3);
  assert.is((await run('command', 'remove', 'tune', '--yes')).code, 3);
  for (const level of ['--project', '--cluster']) {
    const add = await run('command', 'add', 'tune.py', level, '--yes');
    assert.is(add.code === 0, false);
    assert.match(add.stderr, /this cluster has no registry of subcommands/);
    assert.match(add.stderr, /kubectl kf command init/);
  }
  assert.equal(readdirSync(dir), ['tune.py']);
  const unknown = await run('tune', 'bert');
  assert.is(unknown.code, 2);
  assert.match(unknown.stderr, /^no verb "tune"/);
});

real('without a registry, add is personal, says why, and the verb is there', async () => {
  const add = await run('command', 'add', 'tune.py', '--yes');
  assert.is(add.code, 0, add.stderr);
  assert.match(
    add.stderr,
    /this cluster has no registry of subcommands \(kubectl kf command init\): it is for you alone/,
  );
  assert.match((await run('command', 'list')).stdout, /^tune +0\.1\.0 +yours/m);
  const ran = await run('tune', 'bert');
  assert.equal([ran.code, ran.stdout], [0, 'bert\n']);
  assert.is((await run('command', 'remove', 'tune', '--yes')).code, 0);
});

real('command init gives it one from nothing, at once usable; again, it changes nothing', async () => {
  const init = await run('command', 'init');
  assert.is(init.code, 0, init.stderr);
  assert.match(
    init.stdout,
    /^customresourcedefinition\.apiextensions\.k8s\.io\/subcommands\.kf\.kubeflow\.org applied$/m,
  );
  const add = await run('command', 'add', 'tune.py', '--yes');
  assert.is(add.code, 0, add.stderr);
  assert.match(add.stderr, /tune 0\.1\.0 added to project default/);
  const generation = async () => (await kubectl(['get', 'crd', crd, '-o', 'jsonpath={.metadata.generation}'])).stdout;
  const before = await generation();
  assert.is((await run('command', 'init')).code, 0);
  assert.is(await generation(), before);
  assert.match((await run('command', 'list')).stdout, /^tune +0\.1\.0 +project/m);
  const removed = await run('command', 'remove', 'tune', '--project', '--yes');
  assert.equal([removed.code, removed.stderr], [0, 'tune 0.1.0 from project default removed\n']);
});

test.run();
