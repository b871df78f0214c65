// timeout: 900
/** Subcommands that run in the cluster: values, streams, codes and ends, in a job of their own and in the runner, and what stays. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { listWatch } from '../../shared/kube/watch-list.ts';
import type { Parameter, SubcommandSpec } from '../../shared/registry/entry.ts';
import { context } from '../support/command.ts';
import { testUnless } from '../support/real.ts';
import { subcommandOf } from '../support/subcommands.ts';
import { folder, type KfOptions, kf, type Ran, startKf } from '../support/suite.ts';
import { inTerminal, noTerminal } from '../support/terminal.ts';
import { ensureCommandImage } from './command-image.ts';
import * as cluster from './index.ts';

const real = testUnless(cluster.ownOnly());
let ns = '';
let image = '';
let remove = async () => {};
const config = folder();
test.before(async () => {
  if (cluster.ownOnly()) return;
  image = await ensureCommandImage();
  const made = await cluster.namespace('command');
  [ns, remove] = [made.name, made.delete];
});
test.after.each(async () => {
  if (ns) await cluster.kubectl(['-n', ns, 'delete', 'job', 'kf-runner', '--ignore-not-found']);
});
test.after(async () => {
  await remove();
  await cluster.teardown();
});

const word = (name: string, more: Partial<Parameter> = {}): Parameter => ({
  ...{ name, typed: 'word', type: 'text', required: true, passed: 'either' },
  ...more,
});

/** Adds one of the person's own, trusted. */
function add(name: string, source: string, parameters: Parameter[] = [], more: Partial<SubcommandSpec> = {}): string {
  const made = {
    handler: `${name}.${name}`,
    files: { [`${name}.py`]: source },
    parameters,
    runs: ['cluster' as const],
    image,
  };
  const subcommand = subcommandOf(name, { ...made, ...more });
  const commands = join(config, 'kubectl-kf', 'commands');
  mkdirSync(commands, { recursive: true });
  writeFileSync(join(commands, `${name}.yaml`), stringify(subcommand));
  return `--trust=${subcommand.spec.digest}`;
}

const env = { XDG_CONFIG_HOME: config };
const run = ([verb = '', ...args]: string[], options: KfOptions = {}) =>
  kf([verb, ...(verb === 'command' ? [args.shift()!] : []), '-n', ns, ...args], { env, ...options });
const told = ({ code, stdout, stderr }: Ran) => [code, stdout, stderr];
const left = async () =>
  (await cluster.kubectl(['-n', ns, 'get', 'jobs,configmaps', '-l', 'kf.kubeflow.org/subcommand', '-o', 'name']))
    .stdout;
const nothingLeft = () => cluster.until('nothing is left', 30, async () => (await left()) === '');

const echo =
  'import sys\ndef echo(a):\n    sys.stderr.write("said")\n    print(sys.stdin.read(), end="")\n    return a\n';
const odd = [
  `it's "$(id)" $(HOME) $$(VAR) \`id\` \\ \u20ac \ud83d\ude00`,
  'a\nb\n',
  '$(KF_COMMAND)',
  '',
  '--x',
  '; exit 9',
];

async function everything(): Promise<void> {
  const trust = add('echo', echo, [word('a')]);
  for (const value of odd) {
    const { code, stdout, stderr } = await run(['echo', trust, '-o', 'json', '--', value], { stdin: 'in \u20ac' });
    assert.is(code, 0, stderr);
    assert.ok(stdout.startsWith('in \u20ac'), stdout);
    assert.is(JSON.parse(stdout.slice('in \u20ac'.length)), value);
    assert.match(stderr, 'said');
  }
}

real('values, input and outputs are as on this machine; nothing stays', async () => {
  await everything();
  await nothingLeft();
});

real('exit codes, tracebacks, bash and the programs of the image', async () => {
  const fails = add('fails', 'def fails():\n    raise ValueError("a\\nb")\n');
  const { code, stdout, stderr } = await run(['fails', fails]);
  assert.equal([code, stdout], [1, '']);
  assert.match(stderr, /Traceback[\s\S]*fails\.py", line 2, in fails\n[\s\S]*ValueError: a\nb\n/);
  assert.not.match(stderr, /<kf>|in-cluster|_signal/);
  assert.is((await run(['leaves', add('leaves', 'import sys\ndef leaves():\n    sys.exit(42)\n')])).code, 42);
  const script = 'printf "%s|" "$@" "$ARG_HOW"; git --version; kubectl version --client; kustomize version; exit 5\n';
  const how = word('how', { typed: 'option', flag: '--how', required: false });
  const tools = add('tools', '', [word('a'), how], {
    runtime: 'bash',
    handler: 'tools.sh',
    files: { 'tools.sh': script },
  });
  const ran = await run(['tools', tools, '$(id)', '--how', "it's"]);
  assert.is(ran.code, 5, ran.stderr);
  assert.match(ran.stdout, /^\$\(id\)\|it's\|git version 2\S*\nClient Version: v1\S*[\s\S]*v5\./);
  await nothingLeft();
});

real('it has a terminal where there is one', async () => {
  if (noTerminal()) return;
  const source =
    'import os\ndef asks():\n    name = input(f"{os.get_terminal_size().columns} name? ")\n    return name.upper()\n';
  const trust = add('asks', source);
  const terminal = await inTerminal('kubectl', ['kf', 'asks', trust, '-n', ns], { columns: 93, env });
  await terminal.saw('93 name? ', 60_000);
  terminal.type('ann\r');
  const { code, restored, seen } = await terminal.ended;
  assert.equal([code, restored], [0, true]);
  assert.match(seen, 'ANN');
  await nothingLeft();
});

const waits = 'import time\ndef waits():\n    print("at it", flush=True)\n    time.sleep(600)\n';

real('Ctrl-C ends it: the job and its source are gone, exit 130', async () => {
  const trust = add('waits', waits);
  const { code, stdout } = await run(['waits', trust], { signalAfter: 'at it' });
  assert.equal([code, stdout], [130, 'at it\n']);
  assert.is(await left(), '');
  // While it waits for its pod, which no node can take.
  const huge = add('waits', waits, [], { image: 'nosuch.test/slow:1' });
  const early = await run(['waits', huge], { signalAfter: /waiting \d+s/ });
  assert.equal([early.code, early.stdout], [130, '']);
  assert.is(await left(), '');
});

real('a client that is killed leaves a job that ends, and is then taken away with its source', async () => {
  const running = await startKf(['waits', add('waits', waits), '-n', ns], { env });
  await running.saw('at it');
  const made = await left();
  assert.match(made, /^job\.batch\/waits-\w+\nconfigmap\/waits-\w+\n$/);
  // kubectl, and what it became.
  running.child.kill('SIGKILL');
  await running.ended.catch(() => {});
  const pods = ['-n', ns, 'get', 'pods', '-l', 'kf.kubeflow.org/subcommand', '-o', 'jsonpath={.items[*].status.phase}'];
  await cluster.until('the pod ends', 40, async () => (await cluster.kubectl(pods)).stdout !== 'Running');
  await cluster.until('all is gone', 120, async () => (await left()) === '');
});

real('an image that is not to be had, one without Python, a quota: each is told, and nothing stays', async () => {
  const cases: [string, RegExp][] = [
    ['local.test/nosuch:1', /^image local\.test\/nosuch:1 can't be pulled[^\n]*\nnothing was run; /m],
    ['local.test/busybox:1', /^the image local\.test\/busybox:1 has no python3, which a run in the cluster needs\n/m],
    ['No Image', /^Invalid|"No Image" is no image name|couldn't parse image/m],
  ];
  const trust = add('echo', echo, [word('a')]);
  for (const [name, says] of cases) {
    const { code, stdout, stderr } = await run(['echo', trust, 'x', '--image', name]);
    assert.ok([1, 5].includes(code), `${name}: ${code}\n${stderr}`);
    assert.is(stdout, '');
    assert.match(stderr, says);
    assert.is(await left(), '', name);
  }
  const quota = { apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'none' }, spec: { hard: { pods: '0' } } };
  await cluster.kubectl(['-n', ns, 'apply', '-f', '-'], { input: JSON.stringify(quota) });
  try {
    await cluster.until('the quota counts', 20, async () => {
      const used = ['-n', ns, 'get', 'quota', 'none', '-o', 'jsonpath={.status.used.pods}'];
      return (await cluster.kubectl(used)).stdout !== '';
    });
    const { code, stderr } = await run(['echo', trust, 'x']);
    assert.is(code, 1, stderr);
    assert.match(stderr, /over the quota none: asks pods=1, used pods=0 of pods=0/);
    assert.is(await left(), '');
  } finally {
    await cluster.kubectl(['-n', ns, 'delete', 'quota', 'none']);
  }
});

real('who may not create jobs is told what is missing, exit 4; nothing is made', async () => {
  const kubeconfig = await cluster.clientCertUser(`viewer-${ns}`, []);
  await cluster.kubectl(['-n', ns, 'create', 'rolebinding', 'viewer', '--clusterrole=view', `--user=viewer-${ns}`]);
  const { code, stdout, stderr } = await run(['echo', add('echo', echo, [word('a')]), 'x'], { kubeconfig });
  assert.equal([code, stdout], [4, '']);
  assert.match(
    stderr,
    `a run in the cluster takes rights in ${ns} that you don't have: create jobs.batch, delete jobs.batch, create configmaps, get pods/exec, create pods/exec\n`,
  );
  assert.is(await left(), '');
});

real('packages that the image lacks: the index that is not reached is told', async () => {
  const trust = add('needs', 'def needs():\n    return 1\n', [], { dependencies: ['nosuch-package>=1'] });
  const { code, stdout, stderr } = await run(['needs', trust], { timeout: 180_000 });
  assert.equal([code, stdout], [1, ''], stderr);
  assert.match(stderr, /^installing nosuch-package>=1\ncould not install nosuch-package>=1 in the pod\n/m);
  assert.match(stderr, /--image IMAGE\n$/);
  // What the image has is taken as it is.
  const has = add('needs', 'import pip\ndef needs():\n    return 1\n', [], { dependencies: ['pip>=1'] });
  assert.equal(told(await run(['needs', has])).slice(0, 2), [0, '1\n']);
});

real('a source that was changed in the cluster on its way is not run', async () => {
  const trust = add('late', 'def late():\n    print("ran")\n');
  const { context: world } = context({ env: { KUBECONFIG: (await cluster.ensureCluster()).kubeconfig } });
  const kube = await world.kube({ namespace: ns });
  const path = `/api/v1/namespaces/${ns}/configmaps`;
  const stop = new AbortController();
  // Quicker than the node, which takes some tenths of a second to fetch it.
  const changed = (async () => {
    const query = { labelSelector: 'kf.kubeflow.org/subcommand=late' };
    const options = { signal: stop.signal, sleep: world.sleep, now: Date.now };
    for await (const event of listWatch(kube, path, query, options)) {
      if (event.type !== 'ADDED') continue;
      const contentType = 'application/merge-patch+json';
      const body = { data: { 0: 'print("evil")' } };
      await kube.json({ method: 'PATCH', path: `${path}/${event.object.metadata.name}`, contentType, body });
      return true;
    }
    return false;
  })();
  try {
    const { code, stdout, stderr } = await run(['late', trust]);
    stop.abort();
    assert.is(await changed, true);
    assert.equal([code, stdout], [1, ''], stderr);
    assert.match(stderr, 'the source in the pod is not what was sent: late.py was changed on its way');
    assert.is(await left(), '');
  } finally {
    stop.abort();
    kube.close();
  }
});

real('the runner takes the runs, each apart, however many; what lies in its pod is not run', async () => {
  assert.is((await run(['command', 'warm', '--stop'])).code, 3);
  const { code, stderr } = await run(['command', 'warm', '--image', image]);
  assert.is(code, 0, stderr);
  assert.match(stderr, `the runner in ${ns} is ready (${image})\n`);
  const pod = (
    await cluster.kubectl(['-n', ns, 'get', 'pods', '-l', 'kf.kubeflow.org/runner', '-o', 'name'])
  ).stdout.trim();
  const inside = (script: string) => cluster.kubectl(['-n', ns, 'exec', pod, '--', 'sh', '-c', script]);
  await everything();
  // Modules that Python or the function would find, were they looked for there.
  await inside(
    'mkdir -p /tmp/kf-x/source; for m in json os echo sitecustomize usercustomize; do echo "raise SystemExit(99)" >/tmp/$m.py; done',
  );
  await everything();
  const slow = add(
    'slow',
    'import os, time\ndef slow(n):\n    open("mine", "w").write(n)\n    time.sleep(1)\n    return [open("mine").read(), os.getcwd()]\n',
    [word('n')],
  );
  const many = await Promise.all(['1', '2', '3', '4'].map((n) => run(['slow', slow, n, '-o', 'json'])));
  const answers = many.map(({ stdout }) => JSON.parse(stdout) as [string, string]);
  assert.equal(
    answers.map(([n]) => n),
    ['1', '2', '3', '4'],
  );
  assert.is(new Set(answers.map(([, cwd]) => cwd)).size, 4);
  const { code: ended } = await run(['waits', add('waits', waits)], { signalAfter: 'at it' });
  assert.is(ended, 130);
  const files = 'ls -d /tmp/kf-* | grep -v /tmp/kf-x; ps -e -o args | grep -c "^python3 -I -S -B"; true';
  await cluster.until('nothing of a run is left', 20, async () => (await inside(files)).stdout.trim() === '0');
  // None of them had a job.
  assert.is(await left(), '');
  // Another image has a job of its own.
  const other = await run([
    'echo',
    add('echo', echo, [word('a')]),
    'x',
    '--image',
    'local.test/python:1',
    '-o',
    'json',
  ]);
  assert.equal(told(other).slice(0, 2), [0, '"x"\n'], other.stderr);
  assert.is((await run(['command', 'warm', '--stop'])).code, 0);
  await cluster.until(
    'the runner is gone',
    30,
    async () => !(await cluster.kubectl(['-n', ns, 'get', 'job', 'kf-runner'])).stdout,
  );
});

real('a runner that is not used ends and is gone', async () => {
  assert.is((await run(['command', 'warm', '--image', image, '--for', '2s'])).code, 0);
  await cluster.until(
    'the runner is gone',
    40,
    async () => !(await cluster.kubectl(['-n', ns, 'get', 'job', 'kf-runner'])).stdout,
  );
});

test.run();
