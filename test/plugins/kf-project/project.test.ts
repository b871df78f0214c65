/** kubectl kf project by its words. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-project/index.ts';
import { type InProjects, inProjects, said } from '../../support/in-projects.ts';
import { bound, space } from '../../support/projects-server.ts';

const project = (words: string[], options: InProjects = {}) => inProjects(group, ['project', ...words], options);
const description = { 'kf.kubeflow.org/description': 'vis\u001b[31mion\n\u202eteam' };
const view = () => [{ verbs: ['get'], apiGroups: [''], resources: ['pods'] }];

test('the project, the role in it, its owner and what it is for, in each form', async () => {
  const there = [
    space('team-a', { owner: 'bo\u001b[2J', ...description }),
    bound('team-a', 'bo\u001b[2J'),
    bound('team-a', 'ann', 'edit', 'x'),
  ];
  const rows = ['project       team-a', 'role          edit', 'owner         bo', 'description   vision \ufffdteam'];
  assert.equal(said(await project([], { there })), [0, `${rows.join('\n')}\ncontext       test\n`, '']);
  assert.equal(said(await project(['-o', 'name'], { there })), [0, 'team-a\n', '']);
  const json = await project(['-o', 'json'], { there });
  assert.equal(JSON.parse(json.stdout), {
    ...{ project: 'team-a', role: 'edit', by: 'binding', owner: 'bo\u001b[2J', context: 'test', user: 'ann' },
    description: description['kf.kubeflow.org/description'],
  });
  for (const form of ['json', 'yaml']) {
    // Data stays as it is, but for a terminal.
    const { code, stdout, stderr } = await project(['-o', form], { there, typed: '' });
    assert.equal([code, stderr], [0, '']);
    assert.not.match(stdout, /[\u001b\u202e]/);
  }
});

test('an owner, nobody, one that goes away, and what may be done where nothing may be read', async () => {
  const own = [space('team-a', { owner: 'ann' }), bound('team-a', 'ann')];
  const mine = 'project   team-a\nrole      owner\nowner     ann\ncontext   test\n';
  assert.equal(said(await project([], { there: own })), [0, mine, '']);
  own[0]!.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
  assert.match((await project([], { there: own })).stdout, /^project {3}team-a \(being deleted\)\n/);
  const owner = 'owner     not said, or not shown to you\ncontext   test\n';
  const nobody = await project(['-n', 'x'], { there: [space('x')] });
  assert.equal(said(nobody), [0, `project   x\nrole      none as ann\n${owner}`, '']);
  const blind = await project([], { there: own, deny: /./, rules: view });
  assert.equal(said(blind), [0, `project   team-a\nrole      view (by what you may do)\n${owner}`, '']);
});

test('none, not allowed, no server, wrong words, interrupted', async () => {
  assert.equal(said(await project([])), [3, '', 'no project "team-a"\n']);
  const hostile = await project(['-n', 'a\u001b[2J\nb'], { there: [space('z\u001b[31m')] });
  assert.equal(said(hostile), [3, '', 'no project "a b"\nthere are: z\n']);
  const ask = 'an owner of team-a can add you\n';
  const no = `not allowed: you have no rights in team-a, or there is no such project\n${ask}`;
  assert.equal(said(await project([], { deny: /./ })), [4, '', no]);
  const down = await project([], { down: true });
  assert.equal([down.code, down.stdout], [5, '']);
  assert.match(down.stderr, /^cannot reach URL \(context test\): connection refused\ncheck that the cluster runs/);
  const odd = await project(['-o', 'xml']);
  const forms = 'invalid value for -o: "xml" is none of table, wide, json, yaml, name\nsee kubectl kf project --help\n';
  assert.equal([...said(odd), odd.asked], [2, '', forms, []]);
  const word = await project(['team-b']);
  assert.equal([word.code, word.stdout, word.asked], [2, '', []]);
  assert.match(word.stderr, /"team-b".*\nsee kubectl kf project --help\n$/);
  assert.equal(said(await project([], { there: [space('team-a')], interrupt: /./ })), [130, '', '']);
});

test.run();
