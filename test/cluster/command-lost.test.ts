/** kubectl kf command add and upgrade where requests or answers are lost, and where the cluster has no registry. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Subcommand } from '../../shared/registry/entry.ts';
import { between, type Hooks } from '../support/between.ts';
import { testUnless } from '../support/real.ts';
import type { Ran } from '../support/suite.ts';
import { type Person, type Team, team, tune } from './command-people.ts';
import { kubectl, ownOnly } from './index.ts';

const own = testUnless(ownOnly());

let all: Team;
let ann: Person;
test.before(async () => {
  if (ownOnly()) return;
  all = await team('cmd-lost');
  ann = await all.person('ann', 'edit');
});
test.after(() => all?.delete());

async function through(hooks: Hooks, words: string[]): Promise<Ran> {
  const wire = await between(ann.kubeconfig, hooks);
  try {
    return await ann.command(words, { kubeconfig: wire.kubeconfig });
  } finally {
    await wire.close();
  }
}

const object = async (name: string): Promise<Subcommand | undefined> => {
  const { code, stdout } = await kubectl(['get', 'subcommand', name, '-n', all.ns, '-o', 'json']);
  return code === 0 ? JSON.parse(stdout) : undefined;
};

const writes = ({ method, url }: { method: string; url: string }) =>
  /^(POST|PUT)$/.test(method) && /\/subcommands(\/|\?|$)/.test(url);

own('a request that never came leaves nothing; an answer that was lost is looked for', async () => {
  ann.write('tune.py', tune);
  const unsent = await through({ before: (request) => (writes(request) ? 'drop' : undefined) }, ['add', 'tune.py']);
  assert.equal([unsent.code, unsent.stdout], [5, ''], unsent.stderr);
  assert.match(unsent.stderr, /\nnothing was added\n/);
  assert.is(await object('tune'), undefined);
  const unheard = await through({ after: (request) => (writes(request) ? 'drop' : undefined) }, ['add', 'tune.py']);
  assert.is(unheard.code, 0, unheard.stderr);
  assert.match(unheard.stderr, /\ntune 0\.1\.0 added to project /);
  assert.is((await object('tune'))!.spec.version, '0.1.0');

  ann.write('tune.py', `${tune}# two\n`);
  const before = await through({ before: (request) => (writes(request) ? 'drop' : undefined) }, ['upgrade', 'tune']);
  assert.is(before.code, 5, before.stderr);
  assert.match(before.stderr, /\nnothing was changed\n/);
  assert.is((await object('tune'))!.spec.version, '0.1.0');
  const after = await through({ after: (request) => (writes(request) ? 'drop' : undefined) }, ['upgrade', 'tune']);
  assert.is(after.code, 0, after.stderr);
  assert.is((await object('tune'))!.spec.version, '0.2.0');
});

own('a cluster without the definition: personal, with a line that says so; --project says what lacks', async () => {
  const unserved: Hooks = {
    before: async ({ url }) =>
      url.startsWith('/apis/kf.kubeflow.org') ? { status: 404, body: '404 page not found' } : undefined,
  };
  ann.write('alone.py', tune.replaceAll('tune', 'alone'));
  for (const level of ['--project', '--cluster']) {
    const { code, stdout, stderr } = await through(unserved, ['add', 'alone.py', level]);
    assert.equal([code, stdout], [3, ''], stderr);
    assert.match(
      stderr,
      /\nthis cluster has no registry of subcommands\nnothing was added\nits admin adds it: kubectl kf command init\n--personal keeps it on this machine, and asks no cluster\n$/,
    );
  }
  const { code, stderr } = await through(unserved, ['add', 'alone.py']);
  assert.is(code, 0, stderr);
  assert.match(
    stderr,
    /\nthis cluster has no registry of subcommands \(kubectl kf command init\): it is for you alone\nalone 0\.1\.0 added for you, /,
  );
  assert.equal(readdirSync(join(ann.home, '.config/kubectl-kf/commands')), ['alone.yaml']);
  assert.is((await through(unserved, ['upgrade', 'alone'])).code, 0);
  const none = await through(unserved, ['upgrade', 'tune']);
  assert.is(none.code, 3);
  assert.match(none.stderr, /^no subcommand "tune" that you can see /);
});

test.run();
