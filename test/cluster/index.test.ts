/** What the tests' way to the cluster promises, on the real one. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeImage } from './images.ts';
import * as cluster from './index.ts';
import { create, logOf, python } from './pods.ts';

const { kubectl, namespace, until } = cluster;
const skip = cluster.skipReason();
const own = cluster.ownOnly();
if (own) console.log(`skipped: test/cluster/index.test.ts${skip ? '' : ' in part'}: ${own}`);

if (!skip) {
  test('a namespace is fresh, ready for pods, and goes', async () => {
    const [a, b] = await Promise.all([namespace('fresh'), namespace('fresh')]);
    assert.is.not(a.name, b.name);
    assert.match(a.name, /^fresh-/);
    await a.delete();
    await b.delete();
    const phase = await kubectl(['get', 'namespace', a.name, '-o', 'jsonpath={.status.phase}']);
    assert.ok(phase.code !== 0 || phase.stdout === 'Terminating', phase.stdout);
  });

  test('a token is the service account it was made for', async () => {
    const ns = await namespace('token');
    const token = await cluster.serviceAccountToken(ns.name, 'default');
    const who = await kubectl(['--token', token, 'auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'], {
      kubeconfig: await withoutUser(),
    });
    assert.is(who.stdout, `system:serviceaccount:${ns.name}:default`, who.stderr);
    await ns.delete();
  });

  test('JobSet and Trainer run, and a TrainJob of two nodes completes', async () => {
    const ns = await namespace('train');
    const code = [
      'import os, socket, time',
      // A name is served once its pod is ready, and that there is none is remembered for some seconds.
      'for _ in range(60):',
      '  try: address = socket.gethostbyname(os.environ["PET_MASTER_ADDR"]); break',
      '  except socket.gaierror: time.sleep(0.5)',
      'print(os.environ["PET_NODE_RANK"], address)',
    ].join('\n');
    await create(ns.name, {
      apiVersion: 'trainer.kubeflow.org/v1alpha1',
      kind: 'TrainJob',
      metadata: { name: 'two' },
      spec: {
        runtimeRef: { name: cluster.trainRuntime() },
        trainer: { numNodes: 2, command: ['python3', '-c', code] },
      },
    });
    const wait = ['wait', 'trainjob/two', '--for=condition=Complete', '--timeout=60s'];
    const waited = await kubectl(['-n', ns.name, ...wait]);
    assert.is(waited.code, 0, waited.stderr);
    const logs = await kubectl(['-n', ns.name, 'logs', '-l', 'jobset.sigs.k8s.io/jobset-name=two']);
    assert.equal(
      logs.stdout
        .trim()
        .split('\n')
        .map((line) => line.split(' ')[0])
        .sort(),
      ['0', '1'],
    );
    await ns.delete();
  });
}

if (!own) {
  test('the python image computes with numpy and holds the digits data set', async () => {
    const ns = await namespace('numpy');
    const code = `import numpy, os
rows = numpy.loadtxt('/usr/share/digits/digits.csv.gz', delimiter=',')
print(rows.shape, int(rows[:, -1].max()), numpy.linalg.inv(numpy.eye(2) * 2)[0, 0], os.path.getsize('/usr/share/digits/copyright') > 0)`;
    await create(ns.name, python('numpy', code));
    assert.is(await logOf(ns.name, 'numpy'), '(1797, 65) 9 0.5 True\n');
    await ns.delete();
  });

  test('a person has a certificate of the cluster, or one that has expired', async () => {
    const whoami = ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username} {.status.userInfo.groups}'];
    const alice = await cluster.clientCertUser('alice@example.org', ['team-a', 'team-b']);
    const who = await kubectl(whoami, { kubeconfig: alice });
    assert.is(who.stdout, 'alice@example.org ["team-a","team-b","system:authenticated"]', who.stderr);
    const late = await cluster.clientCertUser('alice@example.org', [], -1);
    assert.match((await kubectl(whoami, { kubeconfig: late })).stderr, /Unauthorized/);
  });

  test('the node takes an image from a folder', async () => {
    const work = mkdtempSync(join(tmpdir(), 'kubectl-kf-image-'));
    mkdirSync(join(work, 'root/data'), { recursive: true });
    writeFileSync(join(work, 'root/data/hello'), 'hello');
    const archive = join(work, 'hello.tar');
    await writeImage(archive, 'local.test/hello:1', join(work, 'root'), {});
    await cluster.loadImage(archive);
    rmSync(work, { recursive: true });
    const images = await kubectl(['get', 'nodes', '-o', 'jsonpath={.items[0].status.images[*].names}']);
    assert.is(images.code, 0);
    const ns = await namespace('image');
    const pod = python('hello', '');
    // An image without a program: that it fails to start, and is not missing, shows that it is there.
    const container = { name: 'main', image: 'local.test/hello:1', imagePullPolicy: 'Never', command: ['/none'] };
    await create(ns.name, { ...pod, spec: { ...pod.spec, containers: [container] } });
    const why = ['get', 'pod', 'hello', '-o', 'jsonpath={.status.containerStatuses[0].state}'];
    const state = await until('the container', 20, async () => {
      const { stdout } = await kubectl(['-n', ns.name, ...why]);
      return stdout && !stdout.includes('ContainerCreating') ? stdout : undefined;
    });
    assert.match(state, /no such file or directory/);
    await ns.delete();
  });
}

test.after(() => cluster.teardown());
test.run();

/** The cluster's kubeconfig with nobody in it, so that only a token speaks. */
async function withoutUser(): Promise<string> {
  const view = await kubectl(['config', 'view', '--raw', '--minify', '-o', 'json']);
  const config = JSON.parse(view.stdout) as { users: { name: string; user: object }[] };
  config.users = config.users.map(({ name }) => ({ name, user: {} }));
  const dir = mkdtempSync(join(tmpdir(), 'kubectl-kf-nobody-'));
  process.on('exit', () => rmSync(dir, { recursive: true, force: true }));
  const path = join(dir, 'kubeconfig');
  writeFileSync(path, JSON.stringify(config));
  return path;
}
