// waits
// timeout: 600
/** Runs in the cluster that wait: for what does not come, or for their end. They are begun together, each in a project of its own. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { startKf } from '../support/suite.ts';
import { echo, type Project, project, waits, word } from './command-pods.ts';
import { kubectl, ownOnly, teardown, until } from './index.ts';

const real = testUnless(ownOnly());

async function killed({ ns, env, add, left }: Project): Promise<void> {
  const running = await startKf(['waits', add('waits', waits), '-n', ns], { env });
  await running.saw('at it');
  assert.match(await left(), /^job\.batch\/waits-\w+\nconfigmap\/waits-\w+\n$/);
  // kubectl, and what it became.
  running.child.kill('SIGKILL');
  await running.ended.catch(() => {});
  const pods = ['-n', ns, 'get', 'pods', '-l', 'kf.kubeflow.org/subcommand', '-o', 'jsonpath={.items[*].status.phase}'];
  await until('the pod ends', 40, async () => (await kubectl(pods)).stdout !== 'Running');
  await until('all is gone', 120, async () => (await left()) === '');
}

async function noImage({ add, run, left }: Project): Promise<void> {
  const cases: [string, RegExp][] = [
    ['local.test/nosuch:1', /^image local\.test\/nosuch:1 can't be pulled[^\n]*\nnothing was run; /m],
    ['local.test/busybox:1', /^the image local\.test\/busybox:1 has no python3, which a run in the cluster needs\n/m],
    ['No Image', /^Invalid|"No Image" is no image name|couldn't parse image/m],
  ];
  const trust = add('echo', echo, [word('a')]);
  const ran = await Promise.all(cases.map(([name]) => run(['echo', trust, 'x', '--image', name])));
  for (const [i, { code, stdout, stderr }] of ran.entries()) {
    const [name, says] = cases[i]!;
    assert.ok([1, 5].includes(code), `${name}: ${code}\n${stderr}`);
    assert.is(stdout, '');
    assert.match(stderr, says);
  }
  assert.is(await left(), '');
}

async function quota({ ns, add, run, left }: Project): Promise<void> {
  const none = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard: { pods: '0' } } };
  await kubectl(['-n', ns, 'apply', '-f', '-'], { input: JSON.stringify(none) });
  await until('the quota counts', 20, async () => {
    const used = ['-n', ns, 'get', 'quota', 'none', '-o', 'jsonpath={.status.used.pods}'];
    return (await kubectl(used)).stdout !== '';
  });
  const { code, stdout, stderr } = await run(['echo', add('echo', echo, [word('a')]), 'x']);
  assert.equal([code, stdout], [1, ''], stderr);
  assert.match(stderr, /over the quota none: asks pods=1, used pods=0 of pods=0/);
  assert.is(await left(), '');
}

async function packages({ add, run }: Project): Promise<void> {
  const trust = add('needs', 'def needs():\n    return 1\n', [], { dependencies: ['nosuch-package>=1'] });
  const { code, stdout, stderr } = await run(['needs', trust], { timeout: 180_000 });
  assert.equal([code, stdout], [1, ''], stderr);
  assert.match(stderr, /^installing nosuch-package>=1\ncould not install nosuch-package>=1 in the pod\n/m);
  assert.match(stderr, /--image IMAGE\n$/);
  // What the image has is taken as it is.
  const has = add('needs', 'import pip\ndef needs():\n    return 1\n', [], { dependencies: ['pip>=1'] });
  const there = await run(['needs', has]);
  assert.equal([there.code, there.stdout], [0, '1\n'], there.stderr);
}

async function noGo({ add, run, left }: Project): Promise<void> {
  const go = { runtime: 'go' as const, handler: 'main.go', files: { 'main.go': 'package main\nfunc main() {}\n' } };
  const { code, stdout, stderr } = await run(['prog', add('prog', '', [], go)]);
  assert.equal([code, stdout], [1, ''], stderr);
  assert.match(
    stderr,
    /^the image can't run go: No such file or directory\nan image that has it: --image IMAGE, or image in its header\n$/m,
  );
  assert.is(await left(), '');
}

/** What Kubeflow makes in each project for what its members run. */
async function account({ ns, add, run }: Project): Promise<void> {
  const source = `import base64, json
def who():
    token = open("/var/run/secrets/kubernetes.io/serviceaccount/token").read().split(".")[1]
    return json.loads(base64.urlsafe_b64decode(token + "=="))["sub"]
`;
  const trust = add('who', source);
  const usual = await run(['who', trust]);
  assert.equal([usual.code, usual.stdout], [0, `system:serviceaccount:${ns}:default\n`], usual.stderr);
  await kubectl(['-n', ns, 'create', 'serviceaccount', 'default-editor']);
  const editor = await run(['who', trust]);
  assert.equal([editor.code, editor.stdout], [0, `system:serviceaccount:${ns}:default-editor\n`], editor.stderr);
}

async function idle({ ns, image, run }: Project): Promise<void> {
  assert.is((await run(['command', 'warm', '--image', image, '--for', '2s'])).code, 0);
  const runner = async () => (await kubectl(['-n', ns, 'get', 'job', 'kf-runner'])).stdout;
  await until('the runner is gone', 40, async () => !(await runner()));
}

const cases: [string, (at: Project) => Promise<void>][] = [
  ['a client that is killed leaves a job that ends, and is then taken away with its source', killed],
  ['an image that is not to be had, one without Python: each is told, and nothing stays', noImage],
  ['a quota is told, and nothing stays', quota],
  ['packages that the image lacks: the index that is not reached is told', packages],
  ['a Go program in an image without Go is told so', noGo],
  ["it runs as the account of a project's members where there is one", account],
  ['a runner that is not used ends and is gone', idle],
];
const begun = new Map<string, Promise<void>>();
test.before(async () => {
  if (ownOnly()) return;
  for (const [name, body] of cases) {
    const at = await project();
    const ends = body(at).finally(() => at.delete());
    ends.catch(() => {}); // seen by its test
    begun.set(name, ends);
  }
});
test.after(teardown);
for (const [name] of cases) real(name, () => begun.get(name)!);

test.run();
