/** kubectl kf delete by its words. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-project/index.ts';
import { type InProjects, inProjects, said } from '../../support/in-projects.ts';
import { bound, profile, space } from '../../support/projects-server.ts';

const remove = (words: string[], options: InProjects = {}) => inProjects(group, ['delete', ...words], options);
const nameRule = 'small letters, digits and dashes, at most 63, a letter or digit first and last\n';
const asWhole = { there: [space('x', { owner: 'ann' }), bound('x', 'ann'), bound('x', 'b\u001b[31mo\n', 'edit', 'y')] };
const shown = 'project x, owned by ann\n  used by: bo (edit)\n';
const gone = 'DELETE /api/v1/namespaces/x';

test('wrong words: exit 2, what and what to do, and nothing is asked of the cluster', async () => {
  const table: [string[], string][] = [
    [[], 'which project? delete takes its name\nkubectl kf delete <name>\n'],
    [['--yes'], 'which project? delete takes its name\nkubectl kf delete <name>\n'],
    [['a', 'b'], 'delete takes one project, not 2\nkubectl kf delete <name>\n'],
    [['Team_A', '--yes'], `"Team_A" can't be a project's name\n${nameRule}`],
    [['..', '--yes'], `".." can't be a project's name\n${nameRule}`],
    [['a\u001b[2J\nb', '--yes'], `"a b" can't be a project's name\n${nameRule}`],
    [['kubeflow', '--yes'], "kubeflow is one of the cluster's own namespaces\nchoose another name\n"],
    [['x', '-n', 'x', '--yes'], 'delete takes the project as a word, without -n\n'],
    [['x'], 'would delete project x, and there is no terminal to ask on\nsay so with --yes\n'],
  ];
  for (const [words, stderr] of table) {
    const done = await remove(words, asWhole);
    assert.equal([...said(done), done.asked], [2, '', stderr, []], words.join(' '));
  }
});

test('a dry run: what would go on stdout, and it stays', async () => {
  const client = await remove(['x', '--dry-run', 'client'], asWhole);
  assert.equal([...said(client), client.writes], [0, shown, '', []]);
  const server = await remove(['project', 'x', '--dry-run=server'], asWhole);
  assert.equal(said(server), [0, shown, 'the server would take it; nothing was deleted\n']);
  assert.ok(server.asked.includes(gone));
  assert.ok(server.things.has('/api/v1/namespaces/x'));
  const json = await remove(['x', '--dry-run=client', '-ojson'], asWhole);
  assert.equal([json.code, json.stderr, JSON.parse(json.stdout).metadata.name], [0, shown, 'x']);
  const profiles = { profiles: true, there: [profile('x', 'ann'), ...asWhole.there] };
  const name = await remove(['x', '--dry-run=server', '-o', 'name'], profiles);
  const would = `${shown}the server would take it; nothing was deleted\n`;
  assert.equal([...said(name), name.writes], [0, 'profile.kubeflow.org/x\n', would, []]);
});

test('it goes with all that is in it: by its Profile where it has one', async () => {
  const plain = await remove(['x', '--yes'], asWhole);
  assert.equal([...said(plain), plain.writes], [0, '', `${shown}project x deleted\n`, [gone]]);
  assert.is(plain.things.size, 0);
  const there = [profile('team-a', 'ann'), space('team-a', { owner: 'ann' })];
  const own = await remove(['team-a', '-y', '-o', 'name'], { profiles: true, there });
  const still = 'context test still names it: kubectl kf use <another>\n';
  const says = `project team-a, owned by ann\nproject team-a deleted\n${still}`;
  assert.equal(said(own), [0, 'profile.kubeflow.org/team-a\n', says]);
  assert.equal([own.writes, own.things.size], [['DELETE /apis/kubeflow.org/v1/profiles/team-a'], 0]);
});

test('asked on a terminal, only its whole name is a yes', async () => {
  for (const typed of ['y\n', 'yes\n', '\n', 'X\n', 'team-a\n', '']) {
    const { code, stdout, stderr, writes } = await remove(['x'], { ...asWhole, typed });
    assert.equal([code, stdout, writes], [1, '', []], typed);
    assert.ok(stderr.startsWith(shown) && stderr.endsWith('\nnothing was deleted\n'), stderr);
    assert.match(stderr, 'type x to delete it: ');
  }
  const yes = await remove(['x'], { ...asWhole, typed: 'x\n' });
  assert.equal([yes.code, yes.stdout, yes.writes], [0, '', [gone]]);
  assert.match(yes.stderr, /\nproject x deleted\n$/);
});

test('none, one that is no project, one that may not be seen', async () => {
  assert.equal(said(await remove(['x', '--yes'])), [3, '', 'no project "x"\n']);
  const near = await remove(['team-b', '--yes'], { there: [space('team-a')] });
  assert.equal(said(near), [3, '', 'no project "team-b"; did you mean team-a?\n']);
  const none = await remove(['x', '--yes'], { there: [space('x')] });
  const anyway = 'if it is to go all the same: kubectl delete namespace x\n';
  assert.equal(
    [...said(none), none.writes],
    [2, '', `namespace x is no project: nobody is said to own it\n${anyway}`, []],
  );
  const hidden = await remove(['x', '--yes'], { ...asWhole, deny: /./ });
  const ask = 'an owner of x can add you\n';
  const no = `not allowed: you have no rights in x, or there is no such project\n${ask}`;
  assert.equal([...said(hidden), hidden.writes], [4, '', no, []]);
});

test('not allowed: exit 4, who may not do what and where, and who can', async () => {
  const there = [space('x', { owner: 'bo\u001b[31m' })];
  const { code, stdout, stderr } = await remove(['x', '--yes'], { there, deny: /DELETE/ });
  assert.equal([code, stdout], [4, '']);
  const no = 'not allowed: ann may not delete namespaces in the whole cluster\n';
  assert.is(stderr, `project x, owned by bo\n${no}bo can, who owns it, or who runs the cluster\n`);
  const profiles = { there: [profile('x', 'bo'), ...there], profiles: true, deny: /DELETE/ };
  assert.match((await remove(['x', '--yes'], profiles)).stderr, 'ann may not delete profiles in the whole cluster');
});

test('a server that is not there: exit 5', async () => {
  const done = await remove(['x', '--yes'], { down: true });
  const check =
    'check that the cluster runs and that this machine reaches it (VPN?): kubectl cluster-info --context test\n';
  assert.equal(said(done), [5, '', `cannot reach URL (context test): connection refused\n${check}`]);
});

test('what is held: --no-wait leaves it, a wait ends in time and says what holds it, the same command waits again', async () => {
  const held = space('x', { owner: 'ann' });
  held.metadata.finalizers = ['example.com/b\u001b[31mad'];
  const here = () => ({ held: true, there: [structuredClone(held)] });
  const no = await remove(['x', '--yes', '--no-wait'], here());
  assert.equal(said(no), [0, '', 'project x, owned by ann\nproject x is being deleted\n']);
  const late = await remove(['x', '--yes', '--timeout', '3s'], here());
  assert.equal([late.code, late.stdout], [5, '']);
  assert.match(late.stderr, /\nproject x is not gone after 3s: what is in it goes\n/);
  assert.match(late.stderr, 'namespace/x is held by the finalizer example.com/bad (');
  assert.match(late.stderr, /\nit goes on by itself; the same command waits again\n$/);
  const again = await remove(['x', '--timeout', '1s', '--yes'], { there: [...late.things.values()] });
  assert.equal([again.code, again.writes], [5, []]);
  assert.match(again.stderr, /^project x is being deleted already\nproject x is not gone after 1s: /);
});

test('Ctrl-C before anything is done, at the question, and while it goes', async () => {
  const first = await remove(['x', '--yes'], { ...asWhole, interrupt: '' });
  assert.equal([...said(first), first.writes], [130, '', '', []]);
  const seen = await remove(['x', '--yes'], { ...asWhole, interrupt: /persistentvolumeclaims$/ });
  assert.equal([seen.code, seen.stdout, seen.writes], [130, '', []]);
  const there = [space('x', { owner: 'ann' })];
  const sent = await remove(['x', '--yes'], { there, interrupt: /DELETE/ });
  const may = 'interrupted; project x may be being deleted already\nthe same command says: kubectl kf delete x\n';
  assert.equal(said(sent), [130, '', `project x, owned by ann\n${may}`]);
  const stop = new AbortController();
  let begun = false;
  const going = await remove(['x', '--yes'], {
    ...{ there, held: true, world: { signal: stop.signal } },
    before: ({ method }) => {
      if (begun && method === 'GET') stop.abort();
      begun ||= method === 'DELETE';
    },
  });
  const way = 'the same command waits again: kubectl kf delete x\n';
  const stopped = `stopped waiting; project x is being deleted all the same\n${way}`;
  assert.equal(said(going), [130, '', `project x, owned by ann\n${stopped}`]);
});

test.run();
