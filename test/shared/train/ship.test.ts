import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runtimeOf } from '../../../shared/resources/runtime.ts';
import type { Code, CodeFile } from '../../../shared/train/code.ts';
import { codeOptions } from '../../../shared/train/options.ts';
import { codeConfigMap, codeName, codeVolumes, startCommand } from '../../../shared/train/ship.ts';
import { codeTrainJob } from '../../../shared/train/trainjob-template.ts';

const root = mkdtempSync(join(tmpdir(), 'kf-ship-'));
test.after(() => rmSync(root, { recursive: true }));

const codeOf = (files: CodeFile[], entry = files[0]!.path): Code => ({
  entry,
  files,
  size: files.reduce((sum, file) => sum + file.bytes.length, 0),
  name: 'src/',
  sha256: 'ab'.repeat(32),
});
const script = (text: string, path = 'train.py'): CodeFile => ({ path, bytes: Buffer.from(text), executable: false });

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string().map((text) => Buffer.from(text)),
);
test('a ConfigMap holds any bytes, and its volume any path and mode', () => {
  const file = fc.record({
    path: fc.stringMatching(/^[\w ü-]{1,5}(\/[\w.-]{1,5}x)?$/),
    bytes,
    executable: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.uniqueArray(file, { minLength: 1, selector: (f) => f.path }), (list) => {
      const files = list.map((f) => ({ ...f, bytes: Buffer.from(f.bytes) }));
      const code = codeOf(files);
      const map = JSON.parse(JSON.stringify(codeConfigMap('x', 'ns', code))) as {
        data?: Record<string, string>;
        binaryData?: Record<string, string>;
        immutable: boolean;
      };
      const [volume] = JSON.parse(JSON.stringify(codeVolumes('x', code)));
      assert.is(volume.configMap.name, codeName('x', code));
      const read = volume.configMap.items.map(({ key, path, mode }: { key: string; path: string; mode: number }) => {
        const text = map.data?.[key];
        const content = text === undefined ? Buffer.from(map.binaryData![key]!, 'base64') : Buffer.from(text);
        return { path, bytes: content.toString('hex'), executable: mode === 0o755 };
      });
      assert.equal(
        read,
        files.map((f) => ({ ...f, bytes: f.bytes.toString('hex') })),
      );
    }),
  );
});

/** Runs the start command on this machine as a pod would: its two mounts are folders here. */
function runHere(code: Code, args: string[], more: { framework?: string; mpi?: boolean; path?: string } = {}): string {
  const dir = mkdtempSync(join(root, 'pod-'));
  const [mount, work] = [join(dir, 'code'), join(dir, 'workspace')];
  // As the kubelet does: real files in a dated folder, ..data a link to it.
  mkdirSync(join(mount, '..2026'), { recursive: true });
  mkdirSync(work);
  symlinkSync('..2026', join(mount, '..data'));
  for (const file of code.files) {
    const to = join(mount, '..2026', file.path);
    mkdirSync(dirname(to), { recursive: true });
    writeFileSync(to, file.bytes, { mode: file.executable ? 0o755 : 0o644 });
  }
  const { command, args: given } = startCommand({
    code,
    packages: [],
    framework: more.framework ?? '',
    mpi: more.mpi ?? false,
    env: [],
    args,
  });
  const words = [...command, ...given].map((word) =>
    word.replaceAll('$$(', '$(').replaceAll('/opt/kf-code', mount).replaceAll('/workspace', work),
  );
  const start = words.indexOf('sh');
  const env = { PATH: more.path ?? process.env.PATH };
  return execFileSync(words[start]!, words.slice(start + 1), { env, encoding: 'utf8' }).replaceAll(work, '/workspace');
}

test('the start command runs it: its arguments as they are, in a folder that may be written to', () => {
  const py = script('import sys, os, json\nopen("out", "w")\nprint(json.dumps([*sys.argv, os.getcwd()]))\n');
  const args = ['--a', 'it\'s $(HOME) `x` \\ "y"', ''];
  assert.equal(JSON.parse(runHere(codeOf([py]), args)), ['/workspace/train.py', ...args, '/workspace']);
  assert.is(runHere(codeOf([script('echo "$# $1"', 'go.sh')]), ['a b', 'c']), '2 a b\n');
  assert.is(runHere(codeOf([script('#!/bin/sh\necho itself', 'go')]), []), 'itself\n');
});

test('torch runtimes run torchrun where there is one; MPI prepares a node once', () => {
  const bin = mkdtempSync(join(root, 'bin-'));
  writeFileSync(join(bin, 'torchrun'), '#!/bin/sh\necho torchrun "$@"\n', { mode: 0o755 });
  chmodSync(join(bin, 'torchrun'), 0o755);
  const py = codeOf([script('print("python")\n')]);
  const path = `${bin}:${process.env.PATH}`;
  assert.is(runHere(py, ['--x'], { framework: 'torch', path }), 'torchrun /workspace/train.py --x\n');
  assert.is(runHere(py, [], { framework: 'torch' }), 'python\n');
  assert.is(runHere(py, [], { framework: 'deepspeed', mpi: true }), 'python\n');
  const mpi = startCommand({
    code: py,
    packages: [],
    framework: 'mpi',
    mpi: true,
    env: [{ name: 'A', value: 'b' }],
    args: [],
  });
  assert.equal(mpi.command.slice(0, 5), ['mpirun', '--allow-run-as-root', '-x', 'A', 'sh']);
});

test('packages are installed as one word each', () => {
  const start = { code: codeOf([script('')]), framework: '', mpi: false, env: [], args: [] };
  const text = startCommand({ ...start, packages: ['torch>=2', "a b'c"] }).command[2]!;
  assert.match(text, `pip install --quiet --no-cache-dir --user 'torch>=2' 'a b'\\''c'`);
  assert.throws(
    () => startCommand({ ...start, code: codeOf([script('', 'x.csv')]), packages: [] }),
    /how is a \.csv file run/,
  );
});

const runtime = (mpi = false, mounts: object[] = []) => {
  const containers = [{ name: 'node', volumeMounts: mounts }];
  const step = (name: string, labels: object) => ({
    name,
    template: { metadata: { labels }, spec: { template: { spec: { containers } } } },
  });
  const trainer = { 'trainer.kubeflow.org/trainjob-ancestor-step': 'trainer' };
  const replicatedJobs = mpi ? [step('node', {}), step('launcher', trainer)] : [step('node', trainer)];
  const spec = { mlPolicy: mpi ? { mpi: {} } : { torch: {} }, template: { spec: { replicatedJobs } } };
  return runtimeOf(
    { apiVersion: 'v', kind: 'ClusterTrainingRuntime', metadata: { name: 'r' }, spec },
    'ClusterTrainingRuntime',
  );
};
// biome-ignore lint/suspicious/noExplicitAny: a test looks into what it built.
const jobOn = (on: ReturnType<typeof runtime>, form: Parameters<typeof codeTrainJob>[1]): any =>
  codeTrainJob(
    {
      name: 'x',
      namespace: 'ns',
      apiVersion: 'trainer.kubeflow.org/v1alpha1',
      runtime: on,
      code: codeOf([script('')]),
      options: codeOptions({ nodes: '2', gpus: '1' }),
    },
    form,
  );

test('the TrainJob in the three forms that Trainer has had', () => {
  const now = jobOn(runtime(), 'runtimePatches').spec;
  assert.is(now.trainer.numNodes, 2);
  assert.equal(now.trainer.resourcesPerNode.limits, { 'nvidia.com/gpu': '1' });
  const [patch] = now.runtimePatches[0].trainingRuntimeSpec.template.spec.replicatedJobs;
  const { spec } = patch.template.spec.template;
  assert.equal([patch.name, spec.volumes.length, spec.containers[0].volumeMounts.length], ['node', 2, 2]);
  assert.equal(jobOn(runtime(), 'podTemplateOverrides').spec.podTemplateOverrides, [
    { targetJobs: [{ name: 'node' }], spec },
  ]);
  assert.equal(jobOn(runtime(), 'podSpecOverrides').spec.podSpecOverrides, [
    { targetJobs: [{ name: 'node' }], ...spec },
  ]);
});

test("MPI's nodes get the code too; a runtime's own workspace stays", () => {
  const jobs = (on: ReturnType<typeof runtime>) =>
    jobOn(on, 'runtimePatches').spec.runtimePatches[0].trainingRuntimeSpec.template.spec.replicatedJobs;
  assert.equal(
    jobs(runtime(true)).map((job: { name: string }) => job.name),
    ['node', 'launcher'],
  );
  const [own] = jobs(runtime(false, [{ name: 'initializer', mountPath: '/workspace' }]));
  assert.is(own.template.spec.template.spec.volumes.length, 1);
});

test('the copy keeps modes', () => {
  const files = [
    script('import os; print(oct(os.stat("run").st_mode & 0o777))'),
    { path: 'run', bytes: Buffer.from('x'), executable: true },
  ];
  assert.is(runHere(codeOf(files), []), '0o755\n');
});

test.run();
