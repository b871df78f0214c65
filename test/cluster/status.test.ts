/** kubectl kf status of what really runs: trees, pods that start again, partial rights, a project that goes, --watch. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { kf, startKf } from '../support/suite.ts';
import { clientCertUser, kubectl, namespace, ownOnly, skipReason, teardown, until } from './index.ts';
import { create } from './pods.ts';
import { areUp, forever, makeJob } from './train-jobs.ts';

const real = testUnless(skipReason());
const own = testUnless(ownOnly());
let ns = '';
let end = async () => {};
test.before(async () => {
  if (!skipReason()) ({ name: ns, delete: end } = await namespace('status'));
});
test.after(async () => {
  await end();
  await teardown();
});

const again = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'again' },
  spec: {
    selector: { matchLabels: { app: 'again' } },
    template: {
      metadata: { labels: { app: 'again' } },
      spec: {
        containers: [
          { name: 'main', image: 'local.test/python:1', command: ['python3', '-c', 'print("no model"); exit(3)'] },
        ],
      },
    },
  },
};
const says = (name: string, pattern: RegExp, more: string[] = []) =>
  until(`${name} to show ${pattern}`, 90, async () => {
    return pattern.test((await kf(['status', name, '-n', ns, ...more])).stdout);
  });

real('a TrainJob with all that it owns, each pod with its node', async () => {
  await makeJob(ns, 'digits', { nodes: 2, code: forever });
  await areUp(ns, 'digits', 2);
  await says('digits', /^trainjob\/digits {3}Running \S+\n/);
  const { stdout } = await kf(['status', 'digits', '-n', ns]);
  const tree = stdout.split('\n').slice(1, 7).join('\n');
  const lines = [
    /^├─ jobset\/digits +Running {3}2 of 2$/,
    /^│ {2}├─ job\/digits-node-0 +Running {3}2 of 2$/,
    /^│ {2}│ {2}├─ digits-node-0-0-\w{5} {3}node-0 {3}Running {3}\S+ on \S+$/,
    /^│ {2}│ {2}└─ digits-node-0-1-\w{5} {3}node-1 {3}Running {3}\S+ on \S+$/,
    /^│ {2}└─ service\/digits$/,
    /^└─ configmap\/digits-runtime-snapshot$/,
  ];
  for (const [i, line] of lines.entries()) assert.match(tree.split('\n')[i]!, line);
  assert.match(stdout, /\nnext {3}kubectl kf logs -f digits {3}kubectl kf shell digits\n$/);
  // What the job made is not a component of its own.
  const all = await kf(['status', '-n', ns, '-o', 'name']);
  assert.is(all.stdout, 'trainjob.trainer.kubeflow.org/digits\n');
});

real('a Deployment whose pod ends again and again, with its exit code and last words', async () => {
  await create(ns, again);
  await says('again', /^deployment\/again {3}Restarting [^\n]* exited 3, restarted/);
  await until('the last words', 60, async () => {
    const { stdout } = await kf(['status', 'deploy/again', '-n', ns]);
    return /\nlast lines of again-\S+\n {2}no model\n/.test(stdout);
  });
  const { stdout } = await kf(['status', 'again', '-n', ns]);
  assert.match(stdout, /\n└─ replicaset\/again-\w+ {3}0 of 1 ready\n {3}└─ again-\S+ {3}Restarting {3}exited 3/);
  assert.match(stdout, /\nnext {3}kubectl kf logs deployment\/again --previous/);
  const table = await kf(['status', '-n', ns]);
  assert.match(table.stdout, /^COMPONENT +STATE +READY +RESTARTS +AGE +WHY\n/);
  assert.match(table.stdout, /\ntrainjob\/digits +Running +2\/2 +0 /);
  assert.match(table.stdout, /\ndeployment\/again +Restarting +0\/1 +\d+ +\S+ +again-\S+ exited 3/);
});

own('someone with few rights sees what those give, and is told what is missing', async () => {
  const kubeconfig = await clientCertUser('status-reader', []);
  const role = ['create', 'role', 'jobs-only', '--verb=get,list', '--resource=trainjobs.trainer.kubeflow.org'];
  await kubectl(['-n', ns, ...role]);
  await kubectl(['-n', ns, 'create', 'rolebinding', 'jobs-only', '--role=jobs-only', '--user=status-reader']);
  const all = await kf(['status', '-n', ns], { kubeconfig });
  assert.is(all.code, 0, all.stderr);
  assert.match(all.stdout, /\ntrainjob\/digits +Running /);
  assert.not.match(all.stdout, /deployment/);
  assert.match(all.stderr, /^you may not list deployments in /m);
  assert.match(all.stderr, /^you may not list pods in /m);
  const one = await kf(['status', 'digits', '-n', ns], { kubeconfig });
  assert.is(one.code, 0, one.stderr);
  assert.match(one.stdout, /^trainjob\/digits {3}Running .*\n/);
  assert.match(one.stdout, /\nnot shown {3}pods, .*: you may not read them\n/);
  const other = await kf(['status', '-n', 'kube-system'], { kubeconfig });
  assert.is(other.code, 4);
  assert.is(other.stdout, '');
});

real('--watch tells what changes, until the component is gone', async () => {
  const watch = await startKf(['status', '--watch', 'again', '-n', ns], { timeout: 120_000 });
  await watch.saw(/^deployment\/again {3}Restarting/m);
  await kubectl(['-n', ns, 'scale', 'deployment', 'again', '--replicas=0']);
  await watch.saw(/^deployment\/again {3}Stopped {3}scaled to 0/m, 60_000);
  await kubectl(['-n', ns, 'delete', 'deployment', 'again']);
  const { code, stderr } = await watch.ended;
  assert.equal([code, stderr], [0, 'again is gone\n']);
  const stopped = await kf(['status', '-w', '-n', ns], { signalAfter: 'trainjob/digits' });
  assert.equal([stopped.code, stopped.stderr], [130, '']);
});

real('a project that is being deleted says so, and what holds it', async () => {
  const going = await namespace('status-goes');
  const held = { name: 'held', finalizers: ['kf.example/never'] };
  await create(going.name, { apiVersion: 'v1', kind: 'ConfigMap', metadata: held });
  try {
    await going.delete();
    await until('the reason', 60, async () => {
      const { code, stderr } = await kf(['status', '-n', going.name]);
      return code === 0 && /^project \S+ is being deleted: .*kf.example\/never/m.test(stderr);
    });
  } finally {
    const patch = ['--type=merge', '-p', '{"metadata":{"finalizers":null}}'];
    await kubectl(['-n', going.name, 'patch', 'configmap', 'held', ...patch]);
  }
});

test.run();
