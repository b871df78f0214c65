/** kubectl kf projects by its words: with the right to list and without, and over several clusters. */
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-project/index.ts';
import { runCommand } from '../../support/command.ts';
import { type InProjects, inProjects, said } from '../../support/in-projects.ts';
import { bound, type ProjectsServer, projectsServer, space } from '../../support/projects-server.ts';

const projects = (words: string[], options: InProjects = {}) => inProjects(group, ['projects', ...words], options);
const hostile = { owner: 'b\u001b[2Jo', 'kf.kubeflow.org/description': 'vis\u001b[31mion\n\u202eteam' };
const there = [
  ...[space('team-a', { owner: 'ann' }), bound('team-a', 'ann')],
  ...[space('vision', hostile), bound('vision', hostile.owner), bound('vision', 'ann', 'edit', 'x')],
  ...[space('other', { owner: 'cy' }), bound('other', 'cy')],
];
const noLists = /GET .*v1\/(namespaces|rolebindings)$/;
const head = 'NAME     ROLE    OWNER   NOTE      DESCRIPTION\n';
const own = 'team-a   owner   ann     current   -\n';
const make = 'make one: kubectl kf create <name>\n';
const notListed = 'you may not list namespaces: only projects that this machine knows were looked at\n';

test('those in which the person has a role, by name, what others wrote made harmless', async () => {
  const member = 'vision   edit    bo      -         vision \ufffdteam\n';
  assert.equal(said(await projects([], { there })), [0, head + own + member, '']);
  assert.equal(said(await projects(['--owner'], { there })), [0, head + own, '']);
  assert.match((await projects(['--member'], { there })).stdout, /^NAME.*\nvision +edit +bo +- +vision \ufffdteam\n$/);
  assert.equal(said(await projects(['--owner', '--member', '-o', 'name'], { there })), [
    0,
    'namespace/team-a\nnamespace/vision\n',
    '',
  ]);
  const json = await projects(['--member', '-o', 'json'], { there });
  assert.equal([json.code, json.stderr], [0, '']);
  const { 'kf.kubeflow.org/description': description, owner } = hostile;
  assert.equal(JSON.parse(json.stdout), {
    ...{ apiVersion: 'kf.kubeflow.org/v1alpha1', kind: 'ProjectList', notReadable: [] },
    items: [{ name: 'vision', role: 'edit', by: 'binding', owner, description, context: 'test', current: false }],
  });
  for (const form of ['json', 'yaml']) {
    const { code, stdout } = await projects(['-o', form], { there, typed: '' });
    assert.is(code, 0);
    assert.not.match(stdout, /[\u001b\u202e]/);
  }
});

test('who may do everything has a role in each project, and is a member of none of those', async () => {
  const all = await projects([], { there, everything: true, me: 'root' });
  assert.equal([all.code, all.stderr], [0, '']);
  assert.match(all.stdout, /\nother +admin \(of the whole cluster\) +cy +- +-\nteam-a +admin/);
  const none = await projects(['--member'], { there, everything: true, me: 'root' });
  assert.equal(said(none), [0, '', `no project in which you have a role\n${make}`]);
});

test('a person without list rights gets those that this machine knows, and is told so', async () => {
  const known = await projects([], { there, deny: noLists });
  assert.equal(said(known), [0, head + own, notListed]);
  const rules = () => [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }];
  const blind = await projects(['-o', 'json'], { there, deny: /GET/, rules });
  assert.equal([blind.code, blind.stderr], [0, notListed]);
  const { items, notReadable } = JSON.parse(blind.stdout);
  assert.equal([items.length, items[0].role, items[0].by], [1, 'view', 'rights']);
  assert.equal(notReadable, [notListed.trim()]);
  const nothing = await projects([], { there, deny: /GET/ });
  const none = 'no project in which you have a role, of those that could be looked at\n';
  assert.equal(said(nothing), [0, '', notListed + none + make]);
});

test('none at all, and none of one’s own', async () => {
  assert.equal(said(await projects([])), [0, '', `no project in which you have a role\n${make}`]);
  assert.equal(said(await projects(['--owner'])), [0, '', `no project that you own\n${make}`]);
  assert.equal(said(await projects(['-o', 'name'])), [0, '', `no project in which you have a role\n${make}`]);
});

test('wrong words: exit 2, and nothing is asked', async () => {
  const table: [string[], string][] = [
    [['-n', 'x'], 'projects takes no -n: it lists all of them\n'],
    [['--all-contexts', '--context', 'test'], '--all-contexts and --context: which is meant?\nleave one of them out\n'],
    [['--context', 'b\u001b[2Jad'], 'no context "bad" in CONFIG\nthere are: test\n'],
    [
      ['-o', 'xml'],
      'invalid value for -o: "xml" is none of table, wide, json, yaml, name\nsee kubectl kf projects --help\n',
    ],
  ];
  for (const [words, stderr] of table) {
    const done = await projects(words, { there });
    assert.equal([...said(done), done.asked], [2, '', stderr, []], words.join(' '));
  }
});

test('no server, and interrupted', async () => {
  const { code, stdout, stderr } = await projects([], { down: true });
  assert.equal([code, stdout], [5, '']);
  assert.match(stderr, /^cannot reach URL \(context test\): connection refused\ncheck that the cluster runs/);
  assert.equal(said(await projects([], { there, interrupt: /rolebindings$/ })), [130, '', '']);
  assert.equal(said(await projects(['--all-contexts'], { there, interrupt: /rolebindings$/ })), [130, '', '']);
});

const gone = 'http://127.0.0.1:9';

/** Adds contexts to the first server's kubeconfig: of the second, of one that is not there, of none. */
function addContexts({ kubeconfig }: ProjectsServer, second: string): void {
  const more = {
    contexts: ['- {name: second, context: {cluster: two, user: tester, namespace: lab}}'],
    clusters: [`- {name: two, cluster: {server: "${second}"}}`, `- {name: gone, cluster: {server: "${gone}"}}`],
  };
  more.contexts.push('- {name: "g\\e[31mpu", context: {cluster: gone, user: tester}}');
  more.contexts.push('- {name: bare, context: {cluster: nowhere, user: tester}}');
  // The same cluster and person once more.
  more.contexts.push('- {name: again, context: {cluster: local, user: tester, namespace: vision}}');
  let text = readFileSync(kubeconfig, 'utf8');
  for (const [field, lines] of Object.entries(more))
    text = text.replace(`\n${field}:\n`, (found) => `${found}${lines.join('\n')}\n`);
  writeFileSync(kubeconfig, text);
}

test('--all-contexts: a cluster that cannot be asked is told of, and keeps nobody from the others', async () => {
  const first = await projectsServer(there.slice(0, 2));
  const second = await projectsServer([space('lab', { owner: 'bo' }), bound('lab', 'ann', 'view', 'x')], {
    deny: noLists,
  });
  try {
    addContexts(first, second.url);
    const all = (words: string[] = []) =>
      runCommand(group, ['projects', '--all-contexts', ...words], { env: { KUBECONFIG: first.kubeconfig } });
    const notes = [
      `second: ${notListed.trim()}`,
      `gpu: cannot reach ${gone} (context gpu): connection refused`,
      'bare: no cluster "nowhere" in the kubeconfig',
    ];
    const said = `${notes.join('\n')}\n`;
    assert.equal(await all(), {
      code: 0,
      stdout: [
        'NAME     ROLE    OWNER   CONTEXT   NOTE      DESCRIPTION',
        'team-a   owner   ann     test      current   -',
        'lab      view    bo      second    -         -\n',
      ].join('\n'),
      stderr: said,
    });
    const json = await all(['-o', 'json']);
    assert.equal([json.code, json.stderr], [0, said]);
    const { items, notReadable } = JSON.parse(json.stdout);
    const names = (items as { name: string; context: string }[]).map(({ name, context }) => `${context}/${name}`);
    assert.equal([names, notReadable], [['test/team-a', 'second/lab'], notes]);
  } finally {
    await Promise.allSettled([first, second].map(({ close }) => close()));
  }
});

test('--all-contexts where none can be asked is no empty list: exit 5', async () => {
  const { code, stdout, stderr } = await projects(['--all-contexts', '-o', 'json'], { down: true });
  assert.equal([code, stdout], [5, '']);
  const why = '  test: cannot reach URL (context test): connection refused\n';
  const see = 'what is wrong with one: kubectl kf projects --context <name>\n';
  assert.is(stderr, `no context of the kubeconfig could be asked\n${why}${see}`);
});

test.run();
