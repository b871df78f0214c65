/** use, whoami and version as people with different rights see them, and the demo's job, with the executables that krew installed. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { kf } from '../support/suite.ts';
import { clientCertUser, kubectl, namespace, ownOnly, skipReason } from './index.ts';

const real = testUnless(skipReason());
const own = testUnless(ownOnly());
let ns = '';
let remove = async () => {};
test.before(async () => {
  if (skipReason()) return;
  const made = await namespace('kf');
  [ns, remove] = [made.name, made.delete];
});
test.after(async () => remove());

async function must(args: string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await kubectl(args, input === undefined ? {} : { input });
  assert.is(code, 0, stderr);
  return stdout;
}

real('version shows what kubectl shows of the server, and the APIs of Trainer and JobSet', async () => {
  const { code, stdout } = await kf(['version', '-o', 'json']);
  assert.is(code, 0);
  const { server } = JSON.parse(stdout);
  assert.is(server.version, JSON.parse(await must(['version', '-o', 'json'])).serverVersion.gitVersion);
  assert.ok(server.apis['trainer.kubeflow.org'].includes('v1alpha1'));
  assert.ok(server.apis['jobset.x-k8s.io'].includes('v1alpha2'));
});

own('a person without rights: whoami says so, use refuses with exit 4', async () => {
  const kubeconfig = await clientCertUser('nobody@x.org', ['guests']);
  const before = readFileSync(kubeconfig, 'utf8');
  const me = await kf(['whoami'], { kubeconfig });
  assert.is(me.code, 0, me.stderr);
  assert.match(me.stdout, /^user +nobody@x\.org\ngroups +guests, system:authenticated\n/);
  assert.match(me.stdout, /may here +nothing/);
  const refused = await kf(['use', ns], { kubeconfig });
  assert.equal([refused.code, refused.stdout], [4, '']);
  assert.match(refused.stderr, `not allowed: you have no rights in ${ns}`);
  assert.is(readFileSync(kubeconfig, 'utf8'), before);
});

own('a viewer and an editor: what whoami says is what kubectl auth can-i says', async () => {
  const kubeconfig = await clientCertUser('viewer@x.org', []);
  await must(['-n', ns, 'create', 'rolebinding', 'viewer', '--clusterrole=view', '--user=viewer@x.org']);
  const used = await kf(['use', ns], { kubeconfig });
  assert.equal([used.code, used.stderr], [0, `now in ${ns} (was default), context ${contextOf(kubeconfig)}\n`]);
  const checks: [string, string[]][] = [
    ['read logs', ['get', 'pods/log']],
    ['open shells', ['create', 'pods/exec']],
    ['train', ['create', 'trainjobs.trainer.kubeflow.org']],
    ['manage members', ['create', 'rolebindings.rbac.authorization.k8s.io']],
  ];
  const agree = async () => {
    const { may } = JSON.parse((await kf(['whoami', '-o', 'json'], { kubeconfig })).stdout);
    for (const [name, words] of checks) {
      const { stdout } = await kubectl(['-n', ns, 'auth', 'can-i', ...words], { kubeconfig });
      assert.is(may[name], stdout.trim() === 'yes', name);
    }
    return may;
  };
  const viewer = await agree();
  assert.equal([viewer['read logs'], viewer['open shells']], [true, false]);
  await must(['-n', ns, 'create', 'rolebinding', 'editor', '--clusterrole=admin', '--user=viewer@x.org']);
  const editor = await agree();
  assert.equal([editor['open shells'], editor['manage members']], [true, true]);
});

const contextOf = (kubeconfig: string) => /^current-context: *(\S+)/m.exec(readFileSync(kubeconfig, 'utf8'))?.[1];

real(
  "the demo's job: every line of both nodes once and in order, exit 0, and a model that knows its digits",
  async () => {
    const code = join(import.meta.dirname, '..', '..', 'scripts', 'demo', 'digits');
    const how = ['--runtime', 'python-distributed', '--nodes', '2', '-n', ns, '-f', '--', '--epochs', '5'];
    const ran = await kf(['train', 'digits', code, ...how], { timeout: 180_000 });
    assert.is(ran.code, 0, ran.stderr);
    const epochs = [1, 2, 3, 4, 5].map((n) => `epoch ${n}/5`);
    for (const rank of ['node-0', 'node-1']) {
      const lines = ran.stdout.split('\n').filter((line) => line.startsWith(`${rank} | `));
      const said = lines.map((line) => line.slice(`${rank} | `.length));
      assert.match(said[0]!, /^node [01] of 2, 1437 images to train with, 360 to test$/);
      assert.equal(
        said.slice(1, 6).map((line) => line.split('  ')[0]),
        epochs,
      );
      assert.match(said[6]!, /^done in /);
      assert.is(said.length, 7);
      assert.ok(Number(/accuracy ([\d.]+)/.exec(said[5]!)?.[1]) > 0.9, said[5]);
      // The same lines as the API server has of the pod.
      const pod = await must([
        '-n',
        ns,
        'get',
        'pods',
        '-l',
        `jobset.sigs.k8s.io/jobset-name=digits,batch.kubernetes.io/job-completion-index=${rank.at(-1)}`,
        '-o',
        'name',
      ]);
      assert.is(await must(['-n', ns, 'logs', pod.trim()]), `${said.join('\n')}\n`);
    }
    assert.is(ran.stdout.split('\n').length, 15);
    assert.match(ran.stderr, /^trainjob\/digits created in /);
    assert.match(ran.stderr, /digits succeeded after \d+s/);
    // Both came to one network: they agree on every test image.
    const accuracies = ran.stdout
      .split('\n')
      .filter((line) => line.includes('epoch 5/5'))
      .map((line) => line.split('accuracy ')[1]);
    assert.is(accuracies[0], accuracies[1]);
    const list = await kf(['train', 'list', '-n', ns]);
    assert.match(list.stdout, /digits +Succeeded +2\/2 +python-distributed/);
    const get = await kf(['train', 'get', 'digits', '-n', ns]);
    assert.is(get.code, 0);
    assert.match(get.stdout, /node-1 +Succeeded/);
  },
);

test.run();
