// waits
/** train <name> <input> on the real cluster, in each of its forms. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { type KfOptions, kf, type Ran } from '../support/suite.ts';
import * as cluster from './index.ts';
import { configMap, documents, job, made, written } from './manifests-for-submit.ts';
import { makeRuntime } from './runtimes.ts';

const skip = cluster.skipReason();
if (skip) console.log(`skipped: test/cluster/submit.test.ts: ${skip}`);

const runtime = cluster.trainRuntime();
let ns = '';

async function ok(args: string[], options: KfOptions): Promise<Ran> {
  const ran = await kf(['train', '-n', ns, ...args], options);
  assert.is(ran.code, 0, ran.stderr);
  return ran;
}

if (!skip) {
  test.before(async () => {
    ns = (await cluster.namespace('submit')).name;
  });
  test.after(async () => {
    await cluster.kubectl(['delete', 'namespace', ns, '--wait=false']);
  });

  test('a script on two nodes: its arguments, its environment, a place to write to', async () => {
    const script = `import os, sys
open('beside.txt', 'w').write('x')
print(os.environ['WORD'], sys.argv[1:], __file__, os.getcwd(), flush=True)
`;
    const flags = [
      '--runtime',
      runtime,
      '--nodes',
      '2',
      '--env',
      'WORD=a "b" $(HOME)',
      '--cpus',
      '100m',
      '--memory',
      '128Mi',
    ];
    const ran = await ok(['script', 'train.py', ...flags, '-f', '--', '--epochs', '3', "$(HOME) it's"], {
      cwd: written({ 'train.py': script }),
    });
    const said = `a "b" $(HOME) ['--epochs', '3', "$(HOME) it's"] /workspace/train.py /workspace`;
    assert.equal(ran.stdout.trim().split('\n').sort(), [`node-0 | ${said}`, `node-1 | ${said}`]);
    assert.match(
      ran.stderr,
      new RegExp(`^trainjob/script created in ${ns}: 2 nodes, ${runtime}, code train\\.py \\(${script.length} B\\)\\n`),
    );
    assert.match(ran.stderr, /script succeeded after /);
    const { stdout } = await cluster.kubectl(['-n', ns, 'get', 'trainjob', 'script', '-o', 'json']);
    const { metadata, spec } = JSON.parse(stdout);
    assert.is(metadata.annotations['kf.kubeflow.org/code'], 'train.py');
    assert.is(metadata.annotations['kf.kubeflow.org/args'], '["--epochs","3","$(HOME) it\'s"]');
    assert.equal(spec.trainer.resourcesPerNode.limits, { cpu: '100m', memory: '128Mi' });
  });

  test('a script whose second rank raises: exit 1, the rank, its traceback, where to read all of it', async () => {
    const script = `import os, time
def step(rank):
    if rank == '1': raise ValueError('shapes (64,) and (10,) not aligned')
step(os.environ['PET_NODE_RANK'])
time.sleep(60)
`;
    await makeRuntime(ns, 'once', 'end');
    const args = ['broken', 'train.py', '--runtime', 'once', '--nodes', '2', '-f'];
    const ran = await kf(['train', '-n', ns, ...args], { cwd: written({ 'train.py': script }) });
    assert.is(ran.code, 1, ran.stderr);
    assert.match(ran.stdout, /node-1 \| {3}File "\/workspace\/train\.py", line 4, in <module>\n/);
    assert.match(ran.stderr, /\nbroken failed after \d+s: node-1 exited 1\n/);
    assert.match(ran.stderr, / {2}File "\/workspace\/train\.py", line 3, in step\n/);
    assert.match(ran.stderr, / {2}ValueError: shapes \(64,\) and \(10,\) not aligned\n/);
    assert.match(ran.stderr, /all of it: kubectl kf train logs broken --rank 1/);
    const list = await ok(['list'], {});
    assert.match(list.stdout, /\nbroken +Failed .* node-1 exited 1/);
  });

  test('a folder: modules, bytes, modes, what .kfignore leaves out', async () => {
    const dir = written({
      'main.py': `import os, subprocess
from lib.value import value
print(value, list(open('data.bin', 'rb').read()), sorted(os.listdir('.')), flush=True)
subprocess.run(['./lib/run.sh'], check=True)
`,
      'data.bin': Buffer.from([0, 255, 128, 10]),
      '.kfignore': '*.csv\n',
      'large.csv': 'x'.repeat(2_000_000),
    });
    mkdirSync(join(dir, 'lib'));
    mkdirSync(join(dir, '.git'));
    writeFileSync(join(dir, '.git', 'config'), 'secret');
    writeFileSync(join(dir, 'lib', 'value.py'), 'value = "ü"\n');
    writeFileSync(join(dir, 'lib', 'run.sh'), '#!/bin/sh\necho ran\n', { mode: 0o755 });
    const ran = await ok(['folder', dir, '--runtime', runtime, '-f'], {});
    const lines = ran.stdout.trim().split('\n');
    assert.is(lines[0], "node-0 | ü [0, 255, 128, 10] ['data.bin', 'lib', 'main.py']");
    assert.is(lines[1], 'node-0 | ran');
  });

  test('shell scripts, and any with a #! line', async () => {
    const cwd = written({
      'go.sh': 'echo "sh $1"\n',
      job: '#!/usr/bin/env python3\nimport sys; print("itself", sys.argv[1])\n',
    });
    assert.is(
      (await ok(['shell', 'go.sh', '--runtime', runtime, '-f', '--', 'a b'], { cwd })).stdout,
      'node-0 | sh a b\n',
    );
    assert.is(
      (await ok(['itself', './job', '--runtime', runtime, '-f', '--', 'c'], { cwd })).stdout,
      'node-0 | itself c\n',
    );
  });

  test('stdin, a directory, a kustomization; other job kinds', async () => {
    await ok(['piped', '-'], { stdin: documents(configMap('piped'), job('other')) });
    const dir = written({ 'a.yaml': configMap('in-dir'), 'b.yaml': job('other'), 'README.md': 'not a manifest' });
    assert.match((await ok(['dir', dir], {})).stderr, /configmap\/in-dir created\ntrainjob\/dir created/);
    const kustomization = 'resources: [job.yaml]\nconfigMapGenerator:\n- name: made\n  literals: [a=b]\n';
    const kust = written({ 'job.yaml': job('base'), 'kustomization.yaml': kustomization });
    assert.match((await ok(['kust', kust], {})).stderr, /configmap\/made-\w+ created\ntrainjob\/kust created/);
    const pod = {
      restartPolicy: 'Never',
      containers: [{ name: 'c', image: 'local.test/python:1', command: ['true'] }],
    };
    const plain = { apiVersion: 'batch/v1', kind: 'Job', metadata: {}, spec: { template: { spec: pod } } };
    const waited = await ok(['plain', '-', '--wait'], { stdin: JSON.stringify(plain) });
    assert.match(waited.stderr, /^job\/plain created in .*\n[\s\S]*plain succeeded after /);
  });

  test('dry runs create nothing; -o prints', async () => {
    const before = await made(ns);
    const cwd = written({ 'train.py': 'print(1)\n', 'job.yaml': job('x') });
    const client = await ok(['dry', 'train.py', '--runtime', runtime, '--dry-run=client'], { cwd });
    const list = parse(client.stdout);
    assert.equal(
      list.items.map((item: { kind: string }) => item.kind),
      ['ConfigMap', 'TrainJob'],
    );
    assert.is(list.items[0].metadata.labels['app.kubernetes.io/managed-by'], 'kubectl-kf');
    const server = await ok(['dry', 'job.yaml', '--dry-run=server', '-o', 'json'], { cwd });
    const rehearsed = JSON.parse(server.stdout);
    assert.is(rehearsed.spec.managedBy, 'trainer.kubeflow.org/trainjob-controller');
    assert.match(server.stderr, /trainjob\/dry created \(server dry run\)/);
    assert.equal(await made(ns), before);
    const name = await ok(['named', 'job.yaml', '-o', 'name'], { cwd });
    assert.is(name.stdout, 'trainjob.trainer.kubeflow.org/named\n');
  });
}

test.run();
