/** kubectl kf create by its words, with Kubeflow's Profiles and without. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-project/index.ts';
import { type InProjects, inProjects, said } from '../../support/in-projects.ts';
import { bound, profile, space } from '../../support/projects-server.ts';

const create = (words: string[], options: InProjects = {}) =>
  inProjects(group, ['create', ...words], { rules: () => all, ...options });
const all = [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }];
const nameRule = 'small letters, digits and dashes, at most 63, a letter or digit first and last\n';
const quotaForm = 'as in --quota requests.cpu=10,requests.memory=64Gi,requests.nvidia.com/gpu=2\n';
const bindings = '/apis/rbac.authorization.k8s.io/v1/namespaces/x/rolebindings';
const inOrder = [
  'POST /api/v1/namespaces',
  `POST ${bindings}`,
  'POST /apis/rbac.authorization.k8s.io/v1/namespaces/x/roles',
  `POST ${bindings}`,
  'POST /api/v1/namespaces/x/serviceaccounts',
  `POST ${bindings}`,
  'POST /api/v1/namespaces/x/serviceaccounts',
  `POST ${bindings}`,
];

test('wrong words: exit 2, what and what to do, and nothing is asked of the cluster', async () => {
  const table: [string[], string][] = [
    [[], 'which project? create takes its name\nkubectl kf create <name>\n'],
    [['a', 'b'], 'create takes one project, not 2\nkubectl kf create <name>\n'],
    [['project', 'a', 'b'], 'create takes one project, not 3\nkubectl kf create <name>\n'],
    [['Team_A'], `"Team_A" can't be a project's name\n${nameRule}`],
    [['-'], `"-" can't be a project's name\n${nameRule}`],
    [[''], `"" can't be a project's name\n${nameRule}`],
    [['a'.repeat(64)], `"${'a'.repeat(64)}" can't be a project's name\n${nameRule}`],
    [['a\u001b[2J\nb'], `"a b" can't be a project's name\n${nameRule}`],
    [['kube-x'], "kube-x is one of the cluster's own namespaces\nchoose another name\n"],
    [['x', '-n', 'y'], 'create takes the project as a word, without -n\n'],
    [['x', '-b', 'main'], '-b is about packages: say whose\nkubectl kf create x -r <org>/<repo> -b <branch>\n'],
    [['x', '-i'], '-i is about packages: say whose\nkubectl kf create x -r <org>/<repo> -i\n'],
    [['x', '--quota', 'cpu'], `--quota: "cpu" is no amount of a resource\n${quotaForm}`],
    [['x', '--quota', ''], `--quota: "" is no amount of a resource\n${quotaForm}`],
    [['x', '--quota', 'pods=-1'], `--quota: "pods=-1" is no amount of a resource\n${quotaForm}`],
    [['x', '--quota', 'pods=1,=2'], `--quota: "=2" is no amount of a resource\n${quotaForm}`],
    [['x', '--quota', 'a\u001b[31m=b'], `--quota: "a=b" is no amount of a resource\n${quotaForm}`],
    [['x', '--quota', 'pods=1', '--quota', 'pods=2'], '--quota names pods twice\nsay it once\n'],
    [['x', '--owner', ''], '--owner: a user has a name\n'],
    [['x', '--owner', ' bo'], `--owner: ${unseen('" bo"')}`],
    [['x', '--owner', 'b\u202eo'], `--owner: ${unseen('"b\ufffdo"')}`],
    [['x', '--init'], '--init is for the whole cluster: it takes no project\n'],
    [
      ['x', '--dry-run', 'maybe'],
      'invalid value for --dry-run: "maybe" is none of client, server\nsee kubectl kf create --help\n',
    ],
    [
      ['x', '--timeout', 'soon'],
      'invalid value for --timeout: "soon" is no duration such as 90s, 10m or 1h30m\nsee kubectl kf create --help\n',
    ],
  ];
  for (const [words, stderr] of table) {
    const done = await create(words);
    assert.equal([...said(done), done.asked], [2, '', stderr, []], words.join(' '));
  }
});

const unseen = (name: string) => `a user's name has no blanks around it and nothing that can't be seen: ${name}\n`;

test('a repository that is none: exit 2, and nothing is made', async () => {
  const { code, stdout, stderr, writes } = await create(['x', '-r', '']);
  const form = '<org>/<repo> of GitHub, or a URL as in -r https://git.example.com/team/packages.git\n';
  assert.equal([code, stdout, stderr, writes], [2, '', `-r "" is no repository\n${form}`, []]);
});

test('a namespace with all that Kubeflow would make in it, its owner first; then it is the context’s project', async () => {
  const done = await create(['x', '-o', 'name', '--description', 'vision \u001b[31mteam']);
  assert.equal(said(done), [0, 'namespace/x\n', 'project x created\nnow in x (was team-a), context test\n']);
  assert.equal([done.writes, done.project], [inOrder, 'x']);
  const { annotations } = done.things.get('/api/v1/namespaces/x')!.metadata;
  assert.equal(annotations, { owner: 'ann', 'kf.kubeflow.org/description': 'vision \u001b[31mteam' });
});

test('a Profile where the cluster serves them; --no-use stays where one is', async () => {
  const words = ['project', 'x', '--no-use', '--quota', 'pods=3'];
  const done = await create(words, { profiles: true });
  assert.equal([...said(done), done.writes], [0, '', 'project x created\n', ['POST /apis/kubeflow.org/v1/profiles']]);
  assert.is(done.project, 'team-a');
  const { spec } = done.things.get('/apis/kubeflow.org/v1/profiles/x')!;
  assert.equal(spec, {
    owner: { kind: 'User', name: 'ann', apiGroup: 'rbac.authorization.k8s.io' },
    resourceQuotaSpec: { hard: { pods: '3' } },
  });
  const shell = await create(['x', '-d', '--no-use'], { profiles: true });
  const none = '-d: the cluster serves no PodDefaults, which would change all notebooks; none starts with a shell\n';
  assert.equal(said(shell), [0, '', `${none}project x created\n`]);
});

test('dry runs change nothing: what would be made on stdout, in the form that -o asks for', async () => {
  const group = 'rbac.authorization.k8s.io';
  const plain = await create(['x', '--dry-run', 'client', '--quota', 'pods=1']);
  const planned = [
    'namespace/x',
    `rolebinding.${group}/namespaceAdmin`,
    `role.${group}/kf-project-delete`,
    `rolebinding.${group}/kf-project-delete`,
    'serviceaccount/default-editor',
    `rolebinding.${group}/default-editor`,
    'serviceaccount/default-viewer',
    `rolebinding.${group}/default-viewer`,
    'resourcequota/kf-resource-quota',
  ];
  assert.equal(said(plain), [0, `${planned.join('\n')}\n`, 'nothing was made\n']);
  const json = await create(['x', '--dry-run=client', '-o', 'json', '--owner', 'bo'], { profiles: true });
  const { kind, items } = JSON.parse(json.stdout);
  assert.equal([json.code, json.stderr, kind, items.length], [0, 'nothing was made\n', 'List', 1]);
  assert.equal([items[0].kind, items[0].metadata.name, items[0].spec.owner.name], ['Profile', 'x', 'bo']);
  const yaml = await create(['x', '--dry-run=client', '-o', 'yaml'], { profiles: true });
  assert.match(
    yaml.stdout,
    /^apiVersion: v1\nkind: List\nitems:\n- apiVersion: kubeflow\.org\/v1\n {2}kind: Profile\n/,
  );
  const server = await create(['x', '--dry-run=server', '-o', 'name'], { profiles: true });
  const would = 'the server would take project x; nothing was made\n';
  assert.equal(said(server), [0, 'profile.kubeflow.org/x\n', would]);
  const space = await create(['x', '--dry-run=server']);
  assert.equal(said(space), [0, '', `what goes into x was not tried: it is not there yet\n${would}`]);
  for (const each of [plain, json, yaml, server, space]) assert.equal([each.writes, each.project], [[], 'team-a']);
});

test('a name that is taken: exit 1, by whom, and the way out', async () => {
  const hostile = 'bo\u001b[31m';
  const owned = [
    1,
    '',
    'project x is there already, and bo owns it\nchoose another name, or ask bo to add you: kubectl kf user --add <you> -n x\n',
  ];
  assert.equal(said(await create(['x'], { there: [space('x', { owner: hostile })] })), owned);
  const profiles = { there: [profile('x', hostile)], profiles: true };
  assert.equal(said(await create(['x'], profiles)), owned);
  const plain = await create(['x'], { there: [space('x')] });
  const admin = 'an admin makes it one: kubectl annotate namespace x owner=ann, then the same command again\n';
  const none = `namespace x is there already, and is no project: nobody is said to own it\n${admin}`;
  assert.equal([...said(plain), plain.writes], [1, '', none, []]);
  const going = space('x', { owner: 'ann' });
  going.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
  const wait = 'wait until it is gone: kubectl kf delete x says what holds it\n';
  assert.equal(said(await create(['x'], { there: [going] })), [1, '', `project x is being deleted\n${wait}`]);
});

test('not allowed: exit 4, who may not do what and where, and who can', async () => {
  const mine = 'who runs the cluster can do it for you: kubectl kf create x --owner ann\n';
  const plain = await create(['x'], { deny: /POST .*namespaces$/ });
  assert.equal(said(plain), [4, '', `not allowed: ann may not create namespaces in the whole cluster\n${mine}`]);
  const profiles = { profiles: true, deny: /POST .*profiles$/ };
  const no = 'not allowed: ann may not create profiles in the whole cluster\n';
  assert.equal(said(await create(['x'], profiles)), [4, '', no + mine]);
  const other = 'making projects for others is for who runs the cluster\n';
  assert.equal(said(await create(['x', '--owner', 'bo'], profiles)), [4, '', no + other]);
  // An owner who can't be given their rights has no project that nobody can enter.
  const half = await create(['x'], { deny: /POST .*rolebindings$/ });
  assert.equal([half.code, half.stdout, half.things.has('/api/v1/namespaces/x')], [4, '', false]);
  assert.is(half.stderr, `not allowed: ann may not create rolebindings in x\n${mine}`);
});

test('a server that is not there: exit 5, and the context stays', async () => {
  const { code, stdout, stderr, project } = await create(['x'], { down: true });
  const check =
    'check that the cluster runs and that this machine reaches it (VPN?): kubectl cluster-info --context test\n';
  assert.equal(
    [code, stdout, stderr, project],
    [5, '', `cannot reach URL (context test): connection refused\n${check}`, 'team-a'],
  );
});

test('what is not ready in time: exit 5, what lacks, and that the same command goes on', async () => {
  const there = [profile('x', 'ann'), space('x', { owner: 'ann' }), bound('x', 'ann')];
  const { code, stdout, stderr, project } = await create(['x', '--timeout', '5s'], { there, profiles: true });
  assert.equal([code, stdout, project], [5, '', 'team-a']);
  assert.is(
    stderr,
    [
      'project x is there already',
      'waiting: its accounts and bindings are not there yet',
      "project x can't be worked in after 5s: its accounts and bindings are not there yet",
      "does Kubeflow's profile controller run? kubectl describe profile x   then the same command goes on\n",
    ].join('\n'),
  );
  const failed = { ...profile('x', 'ann'), status: { conditions: [{ type: 'Failed', message: 'a\u001b[31m\nb' }] } };
  const refused = await create(['x'], { there: [failed], profiles: true });
  const why = "Kubeflow's profile controller refuses project x: a b\nsee kubectl describe profile x\n";
  assert.equal(said(refused), [1, '', `project x is there already\n${why}`]);
});

test('ended at any request, the same command completes it', async () => {
  const whole = await create(['x']);
  for (const [i] of inOrder.entries()) {
    let posts = 0;
    const stop = new AbortController();
    const first = await create(['x'], {
      world: { signal: stop.signal },
      before: ({ method, path }) => {
        if (method === 'POST' && !/reviews$/.test(path) && posts++ === i) stop.abort();
      },
    });
    assert.equal([first.code, first.stdout, first.stderr], [130, '', ''], `at write ${i}`);
    const second = await create(['x'], { there: [...first.things.values()] });
    assert.equal(
      [second.code, [...second.things.keys()].sort()],
      [0, [...whole.things.keys()].sort()],
      `at write ${i}`,
    );
  }
  const before = await create(['x'], { interrupt: '' });
  assert.equal([...said(before), before.writes], [130, '', '', []]);
});

test.run();
