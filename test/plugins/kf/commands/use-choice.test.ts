/** kubectl kf use without a word, where someone is there to choose; and back to the project before. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../../plugins/kf/index.ts';
import { context, runCommand } from '../../../support/command.ts';
import { type InProjects, inProjects, said } from '../../../support/in-projects.ts';
import { bound, projectsServer, space } from '../../../support/projects-server.ts';

const use = (words: string[], options: InProjects = {}) => inProjects(group, ['use', ...words], options);
const there = [
  ...[space('team-a', { owner: 'ann' }), bound('team-a', 'ann')],
  ...[space('b', { owner: 'bo' }), bound('b', 'ann', 'ro\u001b[31mle', 'x')],
];
const list = '  1  b        role\n* 2  team-a   owner\n';
const asks = 'in team-a; number or name (Enter: stay): ';

/** What stands on stderr without readline's own movements. */
const plain = (text: string) => text.replace(/\u001b\[\d+[GJ]/g, '').replaceAll('\r', '');

test('a number or a name is gone to; Enter and the end of the input stay', async () => {
  for (const [typed, code, project, says] of [
    ['1\n', 0, 'b', 'now in b (was team-a), context test\n'],
    ['b\n', 0, 'b', 'now in b (was team-a), context test\n'],
    ['2\n', 0, 'team-a', 'already in team-a, context test\n'],
    ['\n', 0, 'team-a', ''],
    ['', 0, 'team-a', ''],
    ['3\n', 2, 'team-a', 'there is no project 3 in the list\na number from 1 to 2, or a name\n'],
    ['0\n', 2, 'team-a', 'there is no project 0 in the list\na number from 1 to 2, or a name\n'],
    ['c\n', 3, 'team-a', 'no project "c"\nthere are: team-a, b\n'],
  ] as const) {
    const done = await use([], { there, typed });
    assert.equal([done.code, done.stdout, done.project, done.writes], [code, '', project, []], typed);
    assert.is(plain(done.stderr), `${list}${asks}${typed.trim()}\n${says}`, typed);
  }
});

test('numbers and names stand below each other, however many there are', async () => {
  const many = Array.from({ length: 10 }, (_, i) => `p-${i}${'x'.repeat(i)}`);
  const mine = many.flatMap((name) => [space(name, { owner: 'ann' }), bound(name, 'ann')]);
  const { stderr } = await use([], { there: mine, typed: '\n' });
  const rows = plain(stderr).split('\n').slice(0, 10);
  assert.equal(
    rows,
    many.map((name, i) => `  ${String(i + 1).padStart(2)}  ${name.padEnd(12)}   owner`),
  );
});

test('what may not be listed is said before the question', async () => {
  const { code, stderr } = await use([], { there, typed: '\n', deny: /GET .*v1\/(namespaces|rolebindings)$/ });
  const note = 'you may not list namespaces: only projects that this machine knows were looked at\n';
  assert.equal([code, plain(stderr)], [0, `* 1  team-a   owner\n${note}${asks}\n`]);
});

test('nobody is asked where -o or -n says what is wanted, or where stdout is no terminal', async () => {
  for (const words of [
    ['-o', 'name'],
    ['-n', 'team-a', '-o', 'name'],
  ]) {
    assert.equal(said(await use(words, { there, typed: '1\n' })), [0, 'team-a\n', '']);
  }
  const piped = await use([], { there });
  assert.equal([...said(piped), piped.asked], [0, 'project   team-a\ncontext   test\ncluster   local (URL)\n', '', []]);
});

test('Ctrl-C while the projects are looked for: nothing changes', async () => {
  const done = await use([], { there, typed: '1\n', interrupt: /rolebindings$/ });
  assert.equal([...said(done), done.project], [130, '', '', 'team-a']);
});

test('- goes to the project before, and where none is remembered it is said', async () => {
  const none = await use(['-'], { there });
  const way = 'no project before this one is remembered\nname one: kubectl kf use <namespace>\n';
  assert.equal([...said(none), none.asked], [2, '', way, []]);
  const server = await projectsServer(there);
  try {
    const { home } = context().context;
    const go = (word: string) =>
      runCommand(group, ['use', word], { home, cwd: home, env: { KUBECONFIG: server.kubeconfig } });
    await go('b');
    const back = await go('-');
    assert.equal(said(back), [0, '', 'now in team-a (was b), context test\n']);
    assert.is((await go('-')).stderr, 'now in b (was team-a), context test\n');
    server.things.delete('/api/v1/namespaces/team-a');
    assert.equal(said(await go('-')), [3, '', 'no project "team-a"\nthere are: b\n']);
  } finally {
    await server.close();
  }
});

test('wrong words: exit 2, nothing changes', async () => {
  for (const [words, stderr] of [
    [[''], 'a project has a name\nwhich one am I in: kubectl kf use\n'],
    [['b', '-n', 'c'], 'use takes the project as a word, without -n\nkubectl kf use b\n'],
    [['b', '--context', 'x\u001b[2J'], 'no context "x" in CONFIG\nthere are: test\n'],
  ] as const) {
    const done = await use([...words], { there });
    assert.equal([...said(done), done.asked, done.project], [2, '', stderr, [], 'team-a'], words.join(' '));
  }
  const hostile = await use(['a\u001b[2J/\nb'], { there });
  assert.equal([...said(hostile), hostile.project], [3, '', 'no project "a/ b"\nthere are: team-a, b\n', 'team-a']);
});

test.run();
