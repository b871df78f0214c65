/** exec and run on the real cluster: bytes, exit codes, several pods, what is not there, not allowed, or lost. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { type KfOptions, kf, personEnv, startKf } from '../support/suite.ts';
import { execNamespace } from './exec-pods.ts';
import * as cluster from './index.ts';
import { create } from './pods.ts';

const real = testUnless(cluster.skipReason());
let ns = '';
let remove = async () => {};
test.before(async () => {
  if (cluster.skipReason()) return;
  const made = await execNamespace('exec');
  [ns, remove] = [made.name, made.delete];
});
test.after(async () => {
  await remove();
  await cluster.teardown();
});

const go = (args: string[], options?: KfOptions) => {
  const at = args.indexOf('--');
  return kf(at < 0 ? [...args, '-n', ns] : [...args.slice(0, at), '-n', ns, ...args.slice(at)], options);
};
const outcome = async (args: string[], options?: KfOptions) => {
  const { code, stdout, stderr } = await go(args, options);
  return [code, stdout, stderr];
};

real('16 MiB of random bytes go through cat and come back the same; the end of input ends it', async () => {
  const bytes = randomBytes(16 * 1024 * 1024);
  for (const verb of [['exec', '-i'], ['run']]) {
    const words = [...verb, 'box', 'main', '-n', ns, '--', 'cat'];
    const child = spawn('kubectl', ['kf', ...words], {
      env: (await personEnv()) as NodeJS.ProcessEnv,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const hash = createHash('sha256');
    let length = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      length += chunk.length;
      hash.update(chunk);
    });
    child.stdin.end(bytes);
    const code = await new Promise((resolve) => child.on('close', resolve));
    const sum = createHash('sha256').update(bytes).digest('hex');
    assert.equal([code, length, hash.digest('hex')], [0, bytes.length, sum], verb.join(' '));
  }
});

real('outputs stay apart, exit codes pass through, input goes only where it is asked for', async () => {
  const script = 'echo out; echo err >&2; exit 7';
  assert.equal(await outcome(['exec', 'box', '--', 'sh', '-c', script]), [7, 'out\n', 'err\n']);
  assert.equal(await outcome(['run', 'pod/box', '-c', 'py', '--', 'python3', '-c', 'import sys; sys.exit(200)']), [
    200,
    '',
    '',
  ]);
  assert.equal(await outcome(['run', 'box', '--', 'sh', '-c', 'kill -9 $$']), [137, '', '']);
  assert.equal(await outcome(['exec', 'box', '--', 'cat'], { stdin: 'unheard' }), [0, '', '']);
  assert.equal(await outcome(['run', 'box', '--', 'cat'], { stdin: 'heard \u20ac' }), [0, 'heard \u20ac', '']);
  assert.equal(await outcome(['exec', '-itq', 'box', '--', 'cat'], { stdin: 'a' }), [
    0,
    'a',
    'no terminal is given: standard input is none\n',
  ]);
  assert.equal(await outcome(['run', 'box', '--', 'printf', '%s|', 'a b', '--all', '-n', '', '$HOME']), [
    0,
    'a b|--all|-n||$HOME|',
    '',
  ]);
});

real('what does not start: 127 and 126 as in a shell, and why', async () => {
  assert.equal(await outcome(['exec', 'box', '--', 'nosuch']), [
    127,
    '',
    'container main of pod box has no program "nosuch"\n',
  ]);
  const line = await go(['exec', 'box', '--', 'ls -l']);
  assert.equal([line.code, line.stderr.split('\n')[1]], [127, "a line for a shell goes to one: -- sh -c 'ls -l'"]);
  assert.equal(await outcome(['run', 'box', '--', '/etc/passwd']), [
    126,
    '',
    '"/etc/passwd" can\'t be run in container main of pod box: permission denied\n',
  ]);
});

real('one of several pods: the first by rank, or the one that is named; all of them at once', async () => {
  const name = async (...words: string[]) => (await go(['run', ...words, '--', 'hostname'])).stdout.trim();
  assert.equal(
    await Promise.all([name('trio'), name('trio/trio-1'), name('sts/trio/2'), name('trio', '--rank', '1')]),
    ['trio-0', 'trio-1', 'trio-2', 'trio-1'],
  );
  const none = await go(['run', 'trio', '--rank', '7', '--', 'true']);
  assert.equal([none.code, none.stderr], [3, 'statefulset/trio has no rank "7"\nthere are: trio-0, trio-1, trio-2\n']);
  const all = await go(
    ['run', 'trio', '--all', '--', 'sh', '-c', 'cat; hostname; printf end; exit $(hostname | tail -c 2)'],
    {
      stdin: 'one\ntwo\n',
    },
  );
  assert.is(all.code, 2, all.stderr);
  for (const pod of ['trio-0', 'trio-1', 'trio-2']) {
    const lines = all.stdout.split('\n').filter((each) => each.startsWith(`${pod} | `));
    assert.equal(
      lines.map((each) => each.slice(9)),
      ['one', 'two', pod, 'end'],
    );
  }
  assert.is(all.stderr, 'trio-1 exited 1\ntrio-2 exited 2\n');
});

real('what is not there, does not run, or has ended', async () => {
  assert.equal(await outcome(['exec', 'box', '-c', 'nix', '--', 'ls']), [
    3,
    '',
    'pod box has no container "nix"\nthere are: main, py, bare\n',
  ]);
  const slip = await go(['exec', 'bix', '--', 'ls']);
  assert.equal([slip.code, slip.stderr.split('\n')[0]], [3, `no component "bix" in ${ns}; did you mean box?`]);
  const pod = (metadata: object, container: object) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'local.test/busybox:1', ...container }] },
  });
  await create(ns, pod({ name: 'greedy' }, { resources: { requests: { memory: '900Gi' } } }));
  await create(ns, pod({ name: 'done' }, { command: ['true'] }));
  await cluster.kubectl(['-n', ns, 'wait', 'pod/done', '--for=jsonpath={.status.phase}=Succeeded', '--timeout=30s']);
  const waits = await go(['shell', 'greedy']);
  assert.is(waits.code, 1);
  assert.match(waits.stderr, /^container main of pod greedy does not run: not enough memory \(asks 900Gi/);
  const done = await go(['exec', 'done', '--', 'ls']);
  assert.equal([done.code, done.stderr.split('\n')[0]], [1, 'pod done has ended (main exited 0)']);
  await cluster.kubectl(['-n', ns, 'create', 'deployment', 'empty', '--image=local.test/busybox:1', '--replicas=0']);
  const empty = await go(['run', 'empty', '--', 'ls']);
  assert.is(empty.code, 1);
  assert.match(empty.stderr, /^deployment\/empty has no pods: it is stopped/);
});

real('not allowed to exec: who, what and where; pods unseen: by the name of one', async () => {
  const role = async (name: string, ...rules: string[][]) => {
    for (const [i, rule] of rules.entries()) {
      await cluster.kubectl(['-n', ns, 'create', 'role', `${name}-${i}`, ...rule]);
      await cluster.kubectl([
        '-n',
        ns,
        'create',
        'rolebinding',
        `${name}-${i}`,
        `--role=${name}-${i}`,
        `--user=${name}`,
      ]);
    }
    return cluster.clientCertUser(name, []);
  };
  const see = ['--verb=get,list', '--resource=pods,statefulsets.apps'];
  const viewer = await role('viewer', see);
  const refused = await go(['exec', 'box', '--', 'ls'], { kubeconfig: viewer });
  assert.equal(
    [refused.code, refused.stderr.split('\n')[0]],
    [4, `not allowed: viewer may not create pods/exec in ${ns}`],
  );
  const debug = await go(['shell', 'box', 'bare', '--image', 'local.test/busybox:1'], { kubeconfig: viewer });
  assert.equal(
    [debug.code, debug.stderr.split('\n')[0]],
    [4, `not allowed: viewer may not patch pods/ephemeralcontainers in ${ns}`],
  );
  const blind = await role(
    'blind',
    ['--verb=get', '--resource=statefulsets.apps'],
    ['--verb=create,get', '--resource=pods/exec'],
  );
  const unnamed = await go(['exec', 'trio', '--', 'hostname'], { kubeconfig: blind });
  assert.equal(
    [unnamed.code, unnamed.stderr],
    [4, 'not allowed: you may not read the pods of statefulset/trio\nname one: --pod POD\n'],
  );
  const named = await go(['exec', 'trio', '--pod', 'trio-1', '--', 'hostname'], { kubeconfig: blind });
  assert.equal([named.code, named.stdout], [0, 'trio-1\n'], named.stderr);
});

real('Ctrl-C leaves; a pod that is deleted half way ends it with 137', async () => {
  const words = ['run', 'trio/trio-2', '-n', ns, '--', 'sh', '-c', 'echo there; sleep 1000'];
  const left = await (await startKf(words, { signalAfter: 'there' })).ended;
  assert.equal([left.code, left.stderr], [130, 'left; sh may go on in pod trio-2\n']);
  const running = await startKf(words);
  await running.saw('there');
  await cluster.kubectl(['-n', ns, 'delete', 'pod', 'trio-2', '--wait=false', '--grace-period=0', '--force']);
  const ended = await running.ended;
  assert.ok([137, 143].includes(ended.code), `${ended.code} ${ended.stderr}`);
});

test.run();
