/** A team's lock file: one writes it, others install by digest, with the executables that krew installed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { load } from '../../shared/kube/yaml-load.ts';
import type { Subcommand } from '../../shared/registry/entry.ts';
import { testUnless } from '../support/real.ts';
import { inTerminal, noTerminal } from '../support/terminal.ts';
import { type Team, team, tune } from './command-people.ts';
import { kubectl, ownOnly } from './index.ts';

const own = testUnless(ownOnly());
const onTerminal = testUnless(ownOnly() ?? noTerminal());

let all: Team;
test.before(async () => {
  if (!ownOnly()) all = await team('cmd-sync');
});
test.after(() => all?.delete());

const file = (home: string, name: string) => join(home, `.config/kubectl-kf/commands/${name}.yaml`);

own(
  'one writes the lock file, a viewer installs just that, also after an upgrade; who sees nothing is told',
  async () => {
    const [ann, eve, zoe] = await Promise.all([
      all.person('ann', 'edit'),
      all.person('eve', 'view'),
      all.person('zoe'),
    ]);
    for (const name of ['alpha', 'beta']) {
      ann.write(`${name}.py`, tune.replaceAll('tune', name));
      assert.is((await ann.command(['add', `${name}.py`])).code, 0);
    }
    const written = await ann.command(['sync', '--write']);
    assert.is(written.code, 0, written.stderr);
    const lock = readFileSync(join(ann.home, 'kf-commands.lock'), 'utf8');
    // It goes on: the lock file holds what it was.
    ann.write('alpha.py', `${tune.replaceAll('tune', 'alpha')}# later\n`);
    assert.is((await ann.command(['upgrade', 'alpha'])).code, 0);

    eve.write('kf-commands.lock', lock);
    const unsaid = await eve.command(['sync']);
    assert.is(unsaid.code, 2);
    assert.not.ok(existsSync(file(eve.home, 'alpha')));
    const synced = await eve.command(['sync', '--yes']);
    assert.equal([synced.code, synced.stdout], [0, ''], synced.stderr);
    assert.match(
      synced.stderr,
      new RegExp(`^alpha {3}0\\.1\\.0, sha256:\\w+…, from ${all.ns}, added by ann-${all.ns}@x\\.org\n`),
    );
    const alpha = load(readFileSync(file(eve.home, 'alpha'), 'utf8')) as Subcommand;
    assert.ok(lock.includes(alpha.spec.digest) && !alpha.spec.files['alpha.py']!.includes('# later'));
    assert.is((await eve.command(['sync'])).stderr, 'all 2 of kf-commands.lock are there: unchanged\n');

    zoe.write('kf-commands.lock', lock);
    const blind = await zoe.command(['sync', '--yes']);
    assert.is(blind.code, 3);
    assert.match(blind.stderr, `can't be had: ${all.ns} has none that you can see\n`);
    assert.match(blind.stderr, /\nnothing of kf-commands\.lock was installed\n$/);
    assert.not.ok(existsSync(file(zoe.home, 'alpha')));

    // Made anew by other hands, with the digest of what it was.
    const { stdout } = await kubectl(['get', 'subcommand', 'beta', '-n', all.ns, '-o', 'json']);
    const object = JSON.parse(stdout) as Subcommand;
    object.spec.files['beta.py'] += 'import os\n';
    const { resourceVersion: _r, uid: _u, managedFields: _m, ...metadata } = object.metadata;
    assert.is((await kubectl(['delete', 'subcommand', 'beta', '-n', all.ns])).code, 0);
    const input = JSON.stringify({ ...object, metadata });
    const put = await kubectl(['create', '-f', '-'], { input, kubeconfig: ann.kubeconfig });
    assert.is(put.code, 0, put.stderr);
    const bob = await all.person('bob', 'view');
    bob.write('kf-commands.lock', lock);
    const tampered = await bob.command(['sync', '--yes']);
    assert.is(tampered.code, 1);
    assert.match(tampered.stderr, /^beta 0\.1\.0 does not hold what its digest says: it was tampered with\n/);
    assert.not.ok(existsSync(file(bob.home, 'alpha')) || existsSync(file(bob.home, 'beta')));
  },
);

onTerminal('on a terminal it asks once for all, and no is no', async () => {
  const [kim, liz] = await Promise.all([all.person('kim', 'edit'), all.person('liz', 'view')]);
  kim.write('gamma.py', tune.replaceAll('tune', 'gamma'));
  assert.is((await kim.command(['add', 'gamma.py'])).code, 0);
  assert.is((await kim.command(['sync', '--write', '-f', 'team.lock'])).code, 0);
  const text = readFileSync(join(kim.home, 'team.lock'), 'utf8');
  const from = text.indexOf('  - name: gamma');
  const end = text.indexOf('  - name:', from + 1);
  liz.write('team.lock', `format: 1\ncommands:\n${text.slice(from, end < 0 ? undefined : end)}`);
  for (const [answer, code] of [
    ['n', 1],
    ['yes', 0],
  ] as const) {
    const words = ['kf', 'command', 'sync', '-f', join(liz.home, 'team.lock'), '-n', all.ns];
    const terminal = await inTerminal('kubectl', words, { kubeconfig: liz.kubeconfig, env: { HOME: liz.home } });
    await terminal.saw('trust it, and install for yourself? [y/N]');
    terminal.type(`${answer}\r`);
    assert.is((await terminal.ended).code, code);
    assert.is(existsSync(file(liz.home, 'gamma')), code === 0);
  }
});

test.run();
