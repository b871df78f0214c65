// timeout: 900
/** Subcommands that run in the cluster: values, streams, codes and ends, in a job of their own and in the runner, and what stays. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { listWatch } from '../../shared/kube/watch-list.ts';
import { context } from '../support/command.ts';
import { testUnless } from '../support/real.ts';
import type { Ran } from '../support/suite.ts';
import { inTerminal, noTerminal } from '../support/terminal.ts';
import { echo, type Project, project, waits, word } from './command-pods.ts';
import * as cluster from './index.ts';

const real = testUnless(cluster.ownOnly());
let at: Project;
test.before(async () => {
  if (!cluster.ownOnly()) at = await project();
});
test.after.each(async () => {
  if (at) await cluster.kubectl(['-n', at.ns, 'delete', 'job', 'kf-runner', '--ignore-not-found']);
});
test.after(async () => {
  await at?.delete();
  await cluster.teardown();
});

const add: Project['add'] = (...of) => at.add(...of);
const run: Project['run'] = (...of) => at.run(...of);
const left = () => at.left();
const nothingLeft = () => at.nothingLeft();
const told = ({ code, stdout, stderr }: Ran) => [code, stdout, stderr];
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
  const terminal = await inTerminal('kubectl', ['kf', 'asks', trust, '-n', at.ns], { columns: 93, env: at.env });
  await terminal.saw('93 name? ', 60_000);
  terminal.type('ann\r');
  const { code, restored, seen } = await terminal.ended;
  assert.equal([code, restored], [0, true]);
  assert.match(seen, 'ANN');
  await nothingLeft();
});

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

real('who may not create jobs is told what is missing, exit 4; nothing is made', async () => {
  const kubeconfig = await cluster.clientCertUser(`viewer-${at.ns}`, []);
  await cluster.kubectl([
    '-n',
    at.ns,
    'create',
    'rolebinding',
    'viewer',
    '--clusterrole=view',
    `--user=viewer-${at.ns}`,
  ]);
  const { code, stdout, stderr } = await run(['echo', add('echo', echo, [word('a')]), 'x'], { kubeconfig });
  assert.equal([code, stdout], [4, '']);
  assert.match(
    stderr,
    `a run in the cluster takes rights in ${at.ns} that you don't have: create jobs.batch, delete jobs.batch, create configmaps, get pods/exec, create pods/exec\n`,
  );
  assert.is(await left(), '');
});

real('a source that was changed in the cluster on its way is not run', async () => {
  const trust = add('late', 'def late():\n    print("ran")\n');
  const { context: world } = context({ env: { KUBECONFIG: (await cluster.ensureCluster()).kubeconfig } });
  const kube = await world.kube({ namespace: at.ns });
  const path = `/api/v1/namespaces/${at.ns}/configmaps`;
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
  const { code, stderr } = await run(['command', 'warm', '--image', at.image]);
  assert.is(code, 0, stderr);
  assert.match(stderr, `the runner in ${at.ns} is ready (${at.image})\n`);
  const pod = (
    await cluster.kubectl(['-n', at.ns, 'get', 'pods', '-l', 'kf.kubeflow.org/runner', '-o', 'name'])
  ).stdout.trim();
  const inside = (script: string) => cluster.kubectl(['-n', at.ns, 'exec', pod, '--', 'sh', '-c', script]);
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
    async () => !(await cluster.kubectl(['-n', at.ns, 'get', 'job', 'kf-runner'])).stdout,
  );
});

test.run();
