/** Who sees which subcommand: people with different rights, by each way that there is, and what the API server was asked for them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addedBy, apiVersion, clusterNamespace, kind } from '../../shared/registry/entry.ts';
import { testUnless } from '../support/real.ts';
import { specOf } from '../support/subcommands.ts';
import { kf, person } from '../support/suite.ts';
import { auditLog, clientCertUser, ensureCluster, kubectl, namespace, ownOnly } from './index.ts';
import { ensureRegistry } from './registry.ts';

const own = testUnless(ownOnly());
const id = Math.random().toString(36).slice(2, 8);
const [one, two] = [`one-${id}`, `two-${id}`];
const role = `only-${id}`;
const source = 'def tune(name, trials: int = 10, metric="loss"):\n    return [{"ran": name}]\n';
const specFor = (name: string) => specOf({ summary: `secret of ${name}`, files: { 'tune.py': source } });
/** Each is their kubeconfig. */
const people = { granted: '', nobody: '', admin: '' };
type Person = keyof typeof people;
const userOf = (who: Person) => (who === 'admin' ? 'admin' : `${who}-${id}`);
let remove = async () => {};
let ns = '';

const admin = async (args: string[], input?: string): Promise<string> => {
  const { code, stdout, stderr } = await kubectl(args, input === undefined ? {} : { input });
  assert.is(code, 0, stderr);
  return stdout;
};

test.before(async () => {
  if (ownOnly()) return;
  await ensureRegistry();
  const made = await namespace('cmd-rights');
  [ns, remove] = [made.name, made.delete];
  people.granted = await clientCertUser(userOf('granted'), []);
  people.nobody = await clientCertUser(userOf('nobody'), []);
  people.admin = (await ensureCluster()).kubeconfig;
  const by = (await admin(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'])).trim();
  for (const name of [one, two]) {
    const metadata = { name, namespace: clusterNamespace, annotations: { [addedBy]: by } };
    await admin(['create', '-f', '-'], JSON.stringify({ apiVersion, kind, metadata, spec: specFor(name) }));
  }
  const what = ['--verb=get', '--resource=subcommands.kf.kubeflow.org', `--resource-name=${one}`];
  await admin(['create', 'role', role, '-n', clusterNamespace, ...what]);
  await admin(['create', 'rolebinding', role, '-n', clusterNamespace, `--role=${role}`, `--user=${userOf('granted')}`]);
});

test.after(async () => {
  if (ownOnly()) return;
  await remove();
  await kubectl(['delete', 'kfc', one, two, '-n', clusterNamespace, '--ignore-not-found']);
  await kubectl(['delete', 'role,rolebinding', role, '-n', clusterNamespace, '--ignore-not-found']);
});

/** A way to come to a subcommand of that name; true where the person saw it, and then all of it was there. */
const ways: Record<string, (who: Person, name: string) => Promise<boolean>> = {
  list: async (who, name) => {
    const { code, stdout, stderr } = await kf(['command', 'list', '-n', ns], { kubeconfig: people[who] });
    assert.is(code, 0, stderr);
    return stdout.includes(name);
  },
  'list as data': async (who, name) => {
    const { code, stdout, stderr } = await kf(['command', 'list', '-ojson'], { kubeconfig: people[who] });
    assert.is(code, 0, stderr);
    const item = JSON.parse(stdout).items.find((each: { name: string }) => each.name === name);
    if (item) assert.is(item.summary, `secret of ${name}`);
    return item !== undefined || stdout.includes(name);
  },
  describe: (who, name) => seen(who, ['command', 'describe', name], 3, /no subcommand "/),
  source: (who, name) => seen(who, ['command', 'describe', name, '--source'], 3, /no subcommand "/),
  which: (who, name) => seen(who, ['command', 'which', name], 3, /nothing runs as "/),
  upgrade: (who, name) => seen(who, ['command', 'upgrade', name, '--dry-run=client'], 3, /no subcommand "/),
  help: (who, name) => seen(who, [name, '--help'], 2, /no verb "/),
  run: (who, name) => seen(who, [name, 'bert', '--trust', specFor(name).digest], 2, /no verb "/, /ran\n *bert/i),
  'a GET': async (who, name) => {
    const args = ['get', 'kfc', name, '-n', clusterNamespace, '-o', 'name'];
    const { code, stderr } = await person('kubectl', args, { kubeconfig: people[who] });
    if (code !== 0) assert.match(stderr, /Forbidden/);
    return code === 0;
  },
};

async function seen(who: Person, words: string[], exit: number, says: RegExp, shows = /./): Promise<boolean> {
  const { code, stdout, stderr } = await kf(words, { kubeconfig: people[who] });
  if (code === exit) {
    assert.match(stderr, says);
    assert.not.match(stdout + stderr, /secret of/);
    return false;
  }
  assert.match(stdout + stderr, shows);
  return true;
}

for (const [way, look] of Object.entries(ways)) {
  own(`${way}: the person granted one name sees one, another sees none, the admin all`, async () => {
    const table: [Person, boolean, boolean][] = [
      ['granted', true, false],
      ['nobody', false, false],
      ['admin', true, true],
    ];
    for (const [who, first, second] of table)
      assert.equal([who, await look(who, one), await look(who, two)], [who, first, second]);
  });
}

own(
  'the API server was asked for no list by those who may have none, and gave out nothing that was not granted',
  async () => {
    const log = auditLog();
    if (!log) return void process.stdout.write('skipped: the audit log: this cluster came up without one\n');
    const given = (who: Person) =>
      log.filter(({ user, responseStatus }) => user.username === userOf(who) && (responseStatus?.code ?? 0) < 300);
    const names = (who: Person) => [
      ...new Set(given(who).map(({ verb, objectRef }) => `${verb} ${objectRef?.name ?? ''}`)),
    ];
    assert.equal(names('granted'), [`get ${one}`]);
    assert.equal(names('nobody'), []);
    assert.ok(names('admin').includes('list '));
    const lists = log.filter(({ user, verb }) => user.username.endsWith(`-${id}`) && verb !== 'get');
    assert.equal(lists, []);
  },
);

test.run();
