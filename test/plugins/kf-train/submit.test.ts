/** train <name> <input> by argv: what is decided before the cluster is asked, and what is sent to it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf-train/index.ts';
import { type Answer, type ApiServer, type Asked, apiServer, status } from '../../support/api-server.ts';
import { context, type Result, runCommand, type World } from '../../support/command.ts';

const root = mkdtempSync(join(tmpdir(), 'kf-submit-'));
test.after(() => rmSync(root, { recursive: true }));

function folder(files: Record<string, string>): string {
  const dir = mkdtempSync(join(root, 'd-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), text);
  }
  return dir;
}

const job =
  'apiVersion: trainer.kubeflow.org/v1alpha1\nkind: TrainJob\nmetadata:\n  name: old\nspec:\n  runtimeRef:\n    name: r\n';
const map = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: m\ndata:\n  a: b\n';
const jobs = '/apis/trainer.kubeflow.org/v1alpha1/namespaces/team-a/trainjobs';
const maps = '/api/v1/namespaces/team-a/configmaps';

const resource = (name: string, kind: string) => ({ name, kind, singularName: '', namespaced: true, shortNames: [] });
const trainer = {
  name: 'trainer.kubeflow.org',
  versions: [{ version: 'v1alpha1' }],
  preferredVersion: { version: 'v1alpha1' },
};
const runtime = {
  metadata: { name: 'r', labels: { 'trainer.kubeflow.org/framework': 'torch' } },
  spec: {
    mlPolicy: { numNodes: 3 },
    template: {
      spec: {
        replicatedJobs: [
          { name: 'node', template: { spec: { template: { spec: { containers: [{ name: 'node' }] } } } } },
        ],
      },
    },
  },
};

/** Echoes what is applied, as a server does, and knows one runtime. */
const echo = ({ body, url }: Asked) => {
  const object = JSON.parse(body);
  return {
    body: {
      ...object,
      metadata: { ...object.metadata, uid: url.includes('dryRun=') ? 'rehearsed' : 'u', resourceVersion: '1' },
    },
  };
};
/** An object that is not there, and may be made. */
const absent = (path: string, take: (asked: Asked) => Answer = echo) => ({
  [`GET ${path}`]: status(404, 'NotFound', 'not found', { name: path.split('/').at(-1) }),
  [`PATCH ${path}`]: take,
});
async function server(more: Parameters<typeof apiServer>[0] = {}): Promise<ApiServer> {
  return apiServer({
    '/api': { body: { versions: ['v1'] } },
    '/apis': { body: { groups: [trainer] } },
    '/api/v1': { body: { resources: [resource('configmaps', 'ConfigMap')] } },
    '/apis/trainer.kubeflow.org/v1alpha1': { body: { resources: [resource('trainjobs', 'TrainJob')] } },
    '/apis/trainer.kubeflow.org/v1alpha1/clustertrainingruntimes': { body: { metadata: {}, items: [runtime] } },
    '/apis/trainer.kubeflow.org/v1alpha1/namespaces/team-a/trainingruntimes': { body: { metadata: {}, items: [] } },
    ...absent(`${jobs}/x`),
    ...absent(`${maps}/m`),
    ...more,
  });
}

async function train(
  args: string[],
  world: World = {},
  more: Parameters<typeof apiServer>[0] = {},
): Promise<Result & { asked: Asked[] }> {
  const api = await server(more);
  try {
    const result = await runCommand(group, ['train', ...args], { env: { KUBECONFIG: api.kubeconfig }, ...world });
    return { ...result, asked: api.asked };
  } finally {
    await api.close();
  }
}
const writes = (asked: Asked[]) => asked.filter(({ method, url }) => method !== 'GET' && !url.includes('dryRun=All'));

test('a manifest: everything rehearsed first, then applied, the job last and under its new name', async () => {
  const { code, stderr, stdout, asked } = await train(['x', 'job.yaml'], {
    cwd: folder({ 'job.yaml': `${job}---\n${map}` }),
  });
  assert.is(code, 0, stderr);
  assert.is(stdout, '');
  assert.is(
    stderr,
    'the manifest calls it old; here it is x\nconfigmap/m created\ntrainjob/x created in team-a: 1 node, r\n',
  );
  const sent = asked.filter(({ method }) => method === 'PATCH');
  const [dry, real] = [
    sent.filter(({ url }) => url.includes('dryRun=All')),
    sent.filter(({ url }) => !url.includes('dryRun')),
  ];
  assert.equal(dry.map((a) => a.path).sort(), [`${maps}/m`, `${jobs}/x`].sort());
  assert.equal(
    real.map((a) => a.path),
    [`${maps}/m`, `${jobs}/x`],
  );
  assert.ok(sent.lastIndexOf(dry.at(-1)!) < sent.indexOf(real[0]!));
  for (const { url, headers } of sent) {
    assert.match(url, 'fieldManager=kubectl-kf');
    assert.match(url, 'fieldValidation=Strict');
    assert.is(headers['content-type'], 'application/apply-patch+yaml');
  }
  assert.is(JSON.parse(real[1]!.body).metadata.name, 'x');
});

test('a script: the only runtime is taken, its nodes are told, the code is owned by the job', async () => {
  const sent: Asked[] = [];
  const take = (asked: Asked) => {
    sent.push(asked);
    return echo(asked);
  };
  const cwd = folder({ 'train.py': 'print(1)\n' });
  const dry = await train(['x', 'train.py', '--dry-run', 'client', '-o', 'json', '--', '-v', '1'], { cwd });
  assert.is(dry.code, 0, dry.stderr);
  assert.is(dry.asked.filter(({ method }) => method !== 'GET').length, 0);
  const [configMap, trainJob] = JSON.parse(dry.stdout).items;
  assert.equal(trainJob.spec.trainer.args, ['-v', '1']);
  const { name } = configMap.metadata;
  const { code, stderr } = await train(['x', 'train.py'], { cwd }, absent(`${maps}/${name}`, take));
  assert.is(code, 0, stderr);
  assert.is(stderr, 'runtime r: the only one here\ntrainjob/x created in team-a: 3 nodes, r, code train.py (9 B)\n');
  const owners = JSON.parse(sent.at(-1)!.body).metadata.ownerReferences;
  assert.equal(
    [sent.at(-1)!.headers['content-type'], owners[0].name, owners[0].uid],
    ['application/merge-patch+json', 'x', 'u'],
  );
});

test('who may not look: what was there is not deleted when it fails, and it is said', async () => {
  const cwd = folder({ 'job.yaml': `${map}---\n${job}` });
  const there = (asked: Asked) => {
    const answer = echo(asked) as { body: { metadata: { uid: string } } };
    answer.body.metadata.uid = 'of-old';
    return answer;
  };
  const fails = (asked: Asked) =>
    asked.url.includes('dryRun=') ? echo(asked) : status(422, 'Invalid', 'TrainJob "x" is invalid: so it is');
  const { code, stderr, asked } = await train(
    ['x', 'job.yaml'],
    { cwd },
    {
      ...absent(`${jobs}/x`, fails),
      [`GET ${maps}/m`]: status(403, 'Forbidden', 'User "tester" cannot get resource "configmaps"'),
      [`PATCH ${maps}/m`]: there,
    },
  );
  assert.is(code, 2, stderr);
  assert.match(stderr, 'configmap/m was configured and is left: you may not read what it was before');
  assert.is(asked.filter(({ method }) => method === 'DELETE').length, 0);
});

test('an older Trainer: the form of patch that it knows', async () => {
  const cwd = folder({ 'train.py': 'print(1)\n' });
  const said = 'failed to create typed patch object (team-a/x; trainer.kubeflow.org/v1alpha1, Kind=TrainJob): ';
  const old = (asked: Asked) =>
    'podSpecOverrides' in JSON.parse(asked.body).spec
      ? echo(asked)
      : status(
          500,
          '',
          `${said}.spec.${Object.keys(JSON.parse(asked.body).spec).at(-1)}: field not declared in schema`,
        );
  const dry = await train(['x', 'train.py', '--dry-run', 'client', '-o', 'json'], { cwd });
  const { name } = JSON.parse(dry.stdout).items[0].metadata;
  const { code, stderr } = await train(
    ['x', 'train.py'],
    { cwd },
    { ...absent(`${jobs}/x`, old), ...absent(`${maps}/${name}`) },
  );
  assert.is(code, 0, stderr);
});

test('a runtime that may not be read: the usual shape is taken, and said', async () => {
  const cwd = folder({ 'train.py': 'print(1)\n' });
  const no = status(403, 'Forbidden', 'User "tester" cannot list resource "clustertrainingruntimes"');
  const root = '/apis/trainer.kubeflow.org/v1alpha1/clustertrainingruntimes';
  const more = { [root]: no, [`${root}/torch-distributed`]: no };
  const args = ['x', 'train.py', '--runtime', 'torch-distributed', '--dry-run=client', '-o', 'json'];
  const { code, stderr, stdout } = await train(args, { cwd }, more);
  assert.is(code, 0, stderr);
  assert.is(stderr, 'you may not read the runtime torch-distributed: taking it to have one step, node\n');
  assert.match(JSON.parse(stdout).items[1].spec.trainer.command[2], 'exec torchrun');
  const gone = { [root]: no, [`${root}/torch-distributed`]: status(404, 'NotFound', 'x', { name: 'x' }) };
  assert.match((await train(args, { cwd }, gone)).stderr, 'no runtime "torch-distributed" here');
});

test('manifests or code: what a folder is, and when it must be said', async () => {
  const kinds: [Record<string, string>, string[], RegExp][] = [
    [{ 'a.yaml': job, 'README.md': '' }, [], /^the manifest calls it old/],
    [{ 'train.py': 'x', 'config.yaml': 'lr: 1\n' }, ['--dry-run=client'], /^runtime r/],
    [{ 'train.py': 'x', 'job.yaml': job }, [], /which is meant\?\nname the file .*or give --runtime/],
    [{ 'train.py': 'x', 'job.yaml': job }, ['--runtime', 'r', '--dry-run=client'], /^$/],
    [{}, [], /is an empty folder/],
    [{ 'notes.md': 'x' }, ['--dry-run=client'], /which file of .* starts the job/],
  ];
  for (const [files, flags, expected] of kinds) {
    const { stderr } = await train(['x', folder(files), ...flags]);
    assert.match(stderr, expected, JSON.stringify(Object.keys(files)));
  }
});

test('a file by what is in it, where its name does not tell', async () => {
  const cwd = folder({ manifest: job, run: '#!/bin/sh\ntrue\n', words: 'hello\n', 'book.ipynb': '{}' });
  assert.match((await train(['x', 'manifest'], { cwd })).stderr, /^the manifest calls it old/);
  assert.is((await train(['x', 'run', '--dry-run=client'], { cwd })).code, 0);
  assert.match((await train(['x', 'words'], { cwd })).stderr, /how is a file without a #! line run/);
  assert.match((await train(['x', 'book.ipynb'], { cwd })).stderr, /nbconvert/);
  assert.match(
    (await train(['x', 'https://x.org/job.yaml'], { cwd })).stderr,
    /curl -fsSL .* \| kubectl kf train <name> -/,
  );
});

test('flags of code are refused with manifests, all of them named', async () => {
  const cwd = folder({ 'job.yaml': job });
  const { code, stderr, asked } = await train(['x', 'job.yaml', '--nodes', '2', '--env', 'A=b', '--', '--epochs'], {
    cwd,
  });
  assert.is(code, 2);
  assert.is(
    stderr,
    '--nodes, --env, arguments (--epochs) go with a script or a folder; job.yaml holds manifests\nset it in the YAML; nothing was created\n',
  );
  assert.is(asked.length, 0);
});

test('what is wrong in the file is told before the cluster is asked', async () => {
  const cwd = folder({ 'two.yaml': `${job}---\n${job}`, 'bad.yaml': 'a: b: c\n' });
  for (const file of ['two.yaml', 'bad.yaml', 'none.yaml']) {
    const { code, asked } = await train(['x', file], { cwd });
    assert.equal([code, asked.length], [2, 0], file);
  }
});

test('a kustomization through kubectl; its refusal in a line', async () => {
  const dir = folder({ 'kustomization.yaml': 'resources: [job.yaml]\n', 'job.yaml': job });
  const calls: string[][] = [];
  const answer = { code: 0, stdout: job.replace('spec:', 'spec:\n  trainr: 1'), stderr: '' };
  const exec = async () => async (file: string, args: readonly string[]) => {
    calls.push([file, ...args]);
    return answer;
  };
  const refuse = () => status(400, 'BadRequest', 'strict decoding error: unknown field "spec.trainr"');
  const { code, stderr } = await train(['x', dir], { exec }, { [`PATCH ${jobs}/x`]: refuse });
  assert.equal(calls, [['kubectl', 'kustomize', dir]]);
  assert.is(code, 2);
  assert.match(stderr, /^kustomize output of .*:6:3: unknown field spec\.trainr\n/);
  Object.assign(answer, { code: 1, stderr: 'error: no such thing\n' });
  assert.match(
    (await train(['x', dir], { exec })).stderr,
    /^cannot build the kustomization .*: no such thing\nnothing was created\n$/,
  );
});

test('Ctrl-C while it waits for its input: 130, nothing asked', async () => {
  const stop = new AbortController();
  const api = await server();
  const made = context({ env: { KUBECONFIG: api.kubeconfig }, signal: stop.signal });
  made.context.stdin = new Readable({ read() {} });
  const { answer } = await import('../../../shared/cli/main.ts');
  const ended = answer(group, ['train', 'x', '-'], made.context);
  setTimeout(() => stop.abort(), 300);
  assert.is(await ended, 130);
  assert.is(made.stderr(), 'interrupted: nothing was created\n');
  assert.equal(writes(api.asked), []);
  await api.close();
});

test('words from the cluster lose what rewrites a terminal', async () => {
  const refuse = () => status(403, 'Forbidden', 'admission webhook "w" denied the request: no\u001b[2J\u0007 way');
  const { code, stderr } = await train(
    ['x', 'job.yaml'],
    { cwd: folder({ 'job.yaml': job }) },
    { [`PATCH ${jobs}/x`]: refuse },
  );
  assert.is(code, 4);
  assert.match(stderr, /no.* way/);
  assert.not.match(stderr, /[\u001b\u0007]/);
});

test.run();
