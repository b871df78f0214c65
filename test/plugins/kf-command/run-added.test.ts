import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-command/index.ts';
import { addedBy, type Subcommand, type SubcommandSpec } from '../../../shared/registry/entry.ts';
import { writePersonal } from '../../../shared/registry/personal.ts';
import { type ApiServer, apiServer } from '../../support/api-server.ts';
import { has, home, runGroup } from '../../support/run-added.ts';
import { subcommandOf } from '../../support/subcommands.ts';

const here = (name: string, run: () => Promise<void>) =>
  has('bash') ? test(name, run) : test.skip(`${name}: no bash here`, () => {});

const script = (name: string, says: string, more: Partial<SubcommandSpec> = {}): Subcommand =>
  subcommandOf(name, {
    runtime: 'bash',
    handler: 't.sh',
    files: { 't.sh': `printf '%s\\n' ${says}\n` },
    parameters: [],
    ...more,
  });
const stored = (object: Subcommand, namespace: string): Subcommand => ({
  ...object,
  metadata: { ...object.metadata, namespace, annotations: { [addedBy]: 'bob' } },
});
const path = (namespace: string, name: string) =>
  `/apis/kf.kubeflow.org/v1alpha1/namespaces/${namespace}/subcommands/${name}`;

async function server(objects: Subcommand[], run: (server: ApiServer) => Promise<void>): Promise<void> {
  const routes = Object.fromEntries(
    objects.map((each) => [path(each.metadata.namespace!, each.metadata.name), { body: each }]),
  );
  const made = await apiServer(routes);
  try {
    await run(made);
  } finally {
    await made.close();
  }
}

const added = (words: string[], world: Parameters<typeof runGroup>[2] = {}) =>
  runGroup(group, ['command', '__added', ...words], world);
const trusting = (...objects: Subcommand[]) => {
  const dir = home();
  writeFileSync(join(dir, 'trusted'), objects.map(({ spec }) => `${spec.digest}\n`).join(''));
  return { home: dir, trusts: join(dir, 'trusted') };
};

here('a personal one runs without a cluster, and without a request where there is one', async () => {
  const own = script('tune', 'own');
  const { home: dir, trusts } = trusting(own);
  await writePersonal({ env: {}, home: dir }, own);
  const ran = await added(['tune'], { home: dir, env: { KF_TRUST_FILE: trusts } });
  assert.equal([ran.code, ran.stdout, ran.stderr], [0, 'own\n', '']);
  await server([stored(script('tune', 'project'), 'team-a')], async ({ kubeconfig, asked }) => {
    const near = await added(['tune'], { home: dir, env: { KF_TRUST_FILE: trusts, KUBECONFIG: kubeconfig } });
    assert.equal([near.stdout, asked.length], ['own\n', 0]);
  });
});

here("the project's before the cluster's, by one request for each level", async () => {
  const [project, cluster] = [
    stored(script('tune', 'project'), 'team-a'),
    stored(script('tune', 'cluster'), 'kf-system'),
  ];
  const { home: dir, trusts } = trusting(project, cluster);
  await server([project, cluster], async ({ kubeconfig, asked }) => {
    const env = { KF_TRUST_FILE: trusts, KUBECONFIG: kubeconfig };
    assert.equal((await added(['tune'], { home: dir, env })).stdout, 'project\n');
    assert.equal(asked.map((each) => each.path).sort(), [path('kf-system', 'tune'), path('team-a', 'tune')]);
    const other = await added(['tune', '-n', 'team-b'], { home: dir, env });
    assert.equal([other.code, other.stdout, other.stderr], [0, 'cluster\n', '']);
  });
});

here('what was changed in the cluster after it was trusted does not run', async () => {
  const before = stored(script('tune', 'good'), 'team-a');
  const { home: dir, trusts } = trusting(before);
  const changed = stored(script('tune', 'evil'), 'team-a');
  // Whoever changes the source may keep the digest; then it is not the source's.
  const lying = structuredClone(changed);
  lying.spec.digest = before.spec.digest;
  for (const [object, code, says] of [
    [changed, 4, 'tune is not trusted yet; nothing was run\n'],
    [lying, 1, 'tune is not what its digest says'],
  ] as const) {
    await server([object], async ({ kubeconfig }) => {
      const ran = await added(['tune'], { home: dir, env: { KF_TRUST_FILE: trusts, KUBECONFIG: kubeconfig } });
      assert.equal([ran.code, ran.stdout], [code, '']);
      assert.match(ran.stderr, says);
    });
  }
});

here("nothing takes a built-in's place unasked, nor a reserved verb's at all", async () => {
  const [plain, replacing] = [script('train', 'plain'), script('train', 'ours', { replaces: 'train' })];
  const login = script('login', 'evil', { replaces: 'login' });
  for (const [object, stdout, code] of [
    [plain, '', 2],
    [replacing, 'ours\n', 0],
    [login, '', 2],
  ] as const) {
    const { home: dir, trusts } = trusting(object);
    await server([stored(object, 'team-a')], async ({ kubeconfig }) => {
      const env = { KF_TRUST_FILE: trusts, KUBECONFIG: kubeconfig };
      const ran = await added([object.metadata.name], { home: dir, env });
      assert.equal([ran.code, ran.stdout], [code, stdout], ran.stderr);
    });
  }
});

here('a name that is none is asked of nobody; what is not there is said', async () => {
  await server([], async ({ kubeconfig, asked }) => {
    const env = { KUBECONFIG: kubeconfig };
    for (const name of ['$(touch PWNED)', '../../x', 'a;b', 'a/b', 'A', '-', '']) {
      const ran = await added([name], { env });
      assert.equal([ran.code, ran.stdout], [2, ''], name);
      assert.match(ran.stderr, /^no verb "/);
    }
    assert.equal(
      asked.map((each) => each.path),
      [],
    );
    const none = await added(['statu'], { env });
    assert.equal([none.code, none.stderr], [2, 'no verb "statu"; did you mean status?\n']);
    assert.is(asked.length, 2);
  });
  const alone = await added(['nope']);
  assert.equal([alone.code, alone.stdout], [2, '']);
  assert.match(alone.stderr, 'no verb "nope"');
});

here('a server that is away, or an object that is none, is said', async () => {
  const { kubeconfig, close } = await apiServer({});
  const text = readFileSync(kubeconfig, 'utf8');
  await close();
  const dir = home();
  writeFileSync(join(dir, 'config'), text);
  const away = await added(['tune'], { home: dir, env: { KUBECONFIG: join(dir, 'config') } });
  assert.equal([away.code, away.stdout], [5, '']);
  const broken = stored(script('tune', 'x'), 'team-a');
  (broken.spec as { files: unknown }).files = 7;
  await server([broken], async (made) => {
    const ran = await added(['tune'], { env: { KUBECONFIG: made.kubeconfig } });
    assert.equal([ran.code, ran.stdout], [1, '']);
    assert.match(ran.stderr, 'tune in team-a is no subcommand that can be used: spec.files is no object');
  });
});

here('options of its own are not taken for the cluster’s', async () => {
  const object = script('tune', '"$ARG_NAME"', {
    parameters: [{ name: 'name', typed: 'option', flag: '--name', type: 'text', required: false }],
  });
  const project = stored(object, 'team-a');
  const { home: dir, trusts } = trusting(project);
  await server([project, stored(script('tune', 'other'), 'x')], async ({ kubeconfig }) => {
    const env = { KF_TRUST_FILE: trusts, KUBECONFIG: kubeconfig };
    assert.equal((await added(['tune', '--name=-n'], { home: dir, env })).stdout, '-n\n');
    const mixed = await added(['tune', '--name', '-n', 'x'], { home: dir, env });
    assert.equal([mixed.code, mixed.stdout], [2, '']);
  });
});

test.run();
