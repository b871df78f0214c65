// timeout: 900
/** Datasets on the real cluster: who binds them, who reads them, and what a stranger who owns a project too can't do. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { kf } from '../support/suite.ts';
import { admin, type Owner, type Place, place } from './dataset-people.ts';
import { kubectl, onNode, ownOnly } from './index.ts';
import { nodeName } from './layout.ts';
import { create, logOf, python } from './pods.ts';
import { sleep, until } from './system.ts';

const own = testUnless(ownOnly());
let all: Place;
let alice: Owner;
let mallory: Owner;
/** Alice's are the first three, Mallory's the last. */
let [one, two, three, four] = ['', '', '', ''];
let name = '';

test.before(async () => {
  if (ownOnly()) return;
  all = await place();
  [alice, mallory] = [await all.owner('alice'), await all.owner('mallory')];
  [one, two, three] = [await all.project(alice), await all.project(alice), await all.project(alice)];
  four = await all.project(mallory);
  name = `data-${all.id}`;
  await all.allowDir(alice);
});
test.after(() => all?.delete());

const volumes = async () =>
  JSON.parse(await admin(['get', 'pv', '-l', `kf.kubeflow.org/dataset=${name}`, '-o', 'json'])).items as {
    metadata: { name: string; uid: string; annotations: Record<string, string> };
    spec: { claimRef?: { namespace: string }; accessModes: string[]; local: { path: string } };
    status: { phase: string };
  }[];
const boundFrom = async () =>
  (await volumes())
    .map(({ spec }) => spec.claimRef?.namespace ?? '')
    .filter(Boolean)
    .sort();

const claim = (ns: string, called: string, more: object = {}) => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: called, namespace: ns } },
  spec: {
    accessModes: ['ReadOnlyMany'],
    resources: { requests: { storage: '1Gi' } },
    storageClassName: `${name}.${one}`,
    ...more,
  },
});

own("the proposal's words: an owner provisions four instances for three projects, with a claim in each", async () => {
  const words = [
    '--type',
    'local',
    'ID',
    all.dir,
    'mode',
    'ROX',
    'instances',
    '4',
    'namespaces',
    `${one},${two}`,
    three,
  ];
  const more = ['typeparams', `node=${nodeName}`, '--name', name, '--claim'];
  const dry = await alice.datasets([...words, ...more, '--dry-run=server']);
  assert.is(dry.code, 0, dry.stderr);
  assert.is((await volumes()).length, 0);
  const { code, stdout, stderr } = await alice.datasets([...words, ...more]);
  assert.is(code, 0, stderr);
  assert.is(stdout.split('\n').filter((line) => line.endsWith('created')).length, 7, stdout);
  for (const ns of [one, two, three]) assert.match(stderr, `claim ${name} in ${ns} is bound to ${name}-`);
  assert.equal(await boundFrom(), [one, two, three].sort());
  const again = await alice.datasets([...words, ...more]);
  assert.is(again.code, 0, again.stderr);
  assert.is(again.stdout.split('\n').filter((line) => line.endsWith('unchanged')).length, 7, again.stdout);
});

own('a pod in each of the projects reads the same bytes, and none writes', async () => {
  const code = `
import sys
sys.stdout.write(open("/data/data.txt").read())
try: open("/data/data.txt", "a").write("more")
except OSError as error: print(error.strerror)
`;
  await Promise.all(
    [one, two, three].map(async (ns) => {
      const pod = python('reader', code);
      const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: name } }];
      const containers = pod.spec.containers.map((each) => ({
        ...{ ...each, volumeMounts: [{ name: 'data', mountPath: '/data' }] },
      }));
      await create(ns, { ...pod, spec: { ...pod.spec, containers, volumes } });
      assert.is(await logOf(ns, 'reader'), `${all.bytes}Read-only file system\n`);
    }),
  );
});

own('the fourth is never bound, though an instance is free: by class or by name, until it is shared', async () => {
  const free = (await volumes()).find(({ status }) => status.phase === 'Available')!.metadata.name;
  for (const each of [claim(four, 'by-class'), claim(four, 'by-name', { volumeName: free })]) {
    const { code, stderr } = await mallory.kubectl(['create', '-f', '-'], JSON.stringify(each));
    assert.is(code, 0, stderr);
  }
  // The volume controller tries every claim at once, and again each fifteen seconds.
  await sleep(17_000);
  assert.equal(await boundFrom(), [one, two, three].sort());
  const phases = await admin(['get', 'pvc', '-n', four, '-o', 'jsonpath={.items[*].status.phase}']);
  assert.is(phases, 'Pending Pending');
  const shared = await kf(['provisiondatasets', 'share', name, four]);
  assert.is(shared.code, 0, shared.stderr);
  await until('a claim of the fourth', 60, async () => (await boundFrom()).includes(four));
  await admin(['delete', 'pvc', '--all', '-n', four]);
  const taken = await alice.datasets(['unshare', name, four, '--yes']);
  assert.is(taken.code, 0, taken.stderr);
  await until('volumes without a claim', 30, async () =>
    (await volumes()).every(({ status, spec }) => status.phase !== 'Bound' || spec.claimRef?.namespace !== four),
  );
});

const volume = (
  called: string,
  list: string | undefined,
  source: object,
  more: { spec?: object; annotations?: object } = {},
) => ({
  ...{ apiVersion: 'v1', kind: 'PersistentVolume' },
  metadata: {
    name: `${called}.${four}`,
    labels: { 'kf.kubeflow.org/dataset': 'mine' },
    annotations: { ...(list === undefined ? {} : { 'kf.kubeflow.org/allowed-namespaces': list }), ...more.annotations },
  },
  spec: {
    ...{ capacity: { storage: '1Gi' }, accessModes: ['ReadOnlyMany'], storageClassName: `mine.${four}` },
    ...{ persistentVolumeReclaimPolicy: 'Retain', ...source, ...more.spec },
  },
});
const affinity = {
  ...{ required: { nodeSelectorTerms: [{ matchExpressions: [{ key: 'a', operator: 'In', values: ['b'] }] }] } },
};
const nfs = (path = '/mine', server = 'nas') => ({ nfs: { server, path } });
const disk = (more: object = {}, driver = 'ebs.csi.aws.com', volumeHandle = 'vol-77') => ({
  ...{ csi: { driver, volumeHandle, ...more } },
});

own('a stranger who owns a project can do none of it by plain kubectl', async () => {
  const target = (await volumes())[0]!.metadata.name;
  const before = JSON.stringify(await volumes());
  const notOwned = /you do not own|is a dataset of .*, which you do not own|is not for /;
  const patch = (body: object, ...more: string[]) => ['patch', 'pv', target, '-p', JSON.stringify(body), ...more];
  const list = (text: string) => [
    'annotate',
    'pv',
    target,
    '--overwrite',
    `kf.kubeflow.org/allowed-namespaces=${text}`,
  ];
  const changes: string[][] = [
    list(`${one},${two},${three},${four}`),
    list(four),
    ['annotate', 'pv', target, 'kf.kubeflow.org/allowed-namespaces-'],
    ['label', 'pv', target, '--overwrite', 'kf.kubeflow.org/dataset=mine'],
    patch({ spec: { claimRef: { namespace: four, name: 'mine' } } }),
    patch({ spec: { claimRef: null } }),
    patch({ spec: { persistentVolumeReclaimPolicy: 'Delete' } }),
    patch({ metadata: { finalizers: null } }, '--type=merge'),
    ['delete', 'pv', target, '--wait=false'],
  ];
  for (const args of changes) {
    const { code, stderr } = await mallory.kubectl(args);
    assert.is(code, 1, args.join(' '));
    assert.match(stderr, notOwned, args.join(' '));
  }
  const creations: [object, RegExp][] = [
    [volume('a', four, { hostPath: { path: '/etc' } }), /of the node itself.* not for everyone/],
    [volume('a', undefined, { hostPath: { path: '/etc' } }), /only volumes of datasets can be made/],
    [volume('a', four, { local: { path: '/etc' }, nodeAffinity: affinity }), /local volumes are not for everyone/],
    [
      volume('a', four, { local: { path: all.dir }, nodeAffinity: affinity }),
      /not for everyone|the storage is that of volume/,
    ],
    [volume('a', `${four},${one}`, nfs()), new RegExp(`you do not own ${one}`)],
    [volume('a', one, nfs()), new RegExp(`you do not own ${one}`)],
    [volume('a', four, nfs(), { spec: { claimRef: { namespace: one, name } } }), /is not for|leave spec.claimRef out/],
    [volume('a', four, nfs(), { spec: { storageClassName: `${name}.${one}` } }), /storage class/],
    [volume('a', four, nfs(), { spec: { storageClassName: '' } }), /storage class/],
    [volume('a', four, nfs(), { spec: { persistentVolumeReclaimPolicy: 'Delete' } }), /has to be Retain/],
    [volume('a', four, nfs(), { spec: { mountOptions: ['bind'] } }), /mount option/],
    [volume('a', four, nfs('/x/../etc')), /without \.\./],
    [volume('a', four, nfs('/etc', '/proc/1/root')), /has to be a host/],
    [volume('a', four, nfs(), { annotations: { 'pv.beta.kubernetes.io/gid': '0' } }), /only annotations of/],
    [volume('a', four, disk({ nodeStageSecretRef: { namespace: one, name: 's' } })), /secrets of the dataset's own/],
    [volume('a', four, disk({ volumeAttributes: { secretNamespace: one } })), /only the partition/],
    [volume('a', four, disk({}, 'ebs.csi.aws.com', 'aws://z/vol-77')), /one form/],
    [volume('a', four, disk({}, 'hostpath.csi.k8s.io')), /hostpath.csi.k8s.io volumes are not for everyone/],
    [volume('a', '', nfs()), /only volumes of datasets/],
    [volume('a', `${four}, ${four}`, nfs()), /each once/],
    [volume('a', '*', nfs()), /has to name projects/],
  ];
  for (const [object, why] of creations) {
    const { code, stderr } = await mallory.kubectl(['create', '-f', '-'], JSON.stringify(object));
    assert.is(code, 1, JSON.stringify(object));
    assert.match(stderr, why, JSON.stringify(object));
  }
  assert.is(JSON.stringify(await volumes()), before);
  // It is these rules that refuse: hers is taken where it is as it should be.
  const fine = await mallory.kubectl(
    ['create', '--dry-run=server', '-f', '-'],
    JSON.stringify(volume('a', four, nfs())),
  );
  assert.is(fine.code, 0, fine.stderr);
});

own('storage that another has is not provisioned again, by whatever way it is written', async () => {
  const mine = `nas-${all.id}`;
  const made = await alice.datasets(['--type', 'nfs', '--id', 'nas:/team/set', '--namespaces', one, '--name', mine]);
  assert.is(made.code, 0, made.stderr);
  for (const path of ['/team/set', '/team/set/part', '/team', '/']) {
    for (const server of ['nas', 'NAS']) {
      const object = volume('a', four, nfs(path, server));
      const { code, stderr } = await mallory.kubectl(['create', '-f', '-'], JSON.stringify(object));
      assert.is(code, 1, `${server}:${path}`);
      assert.match(stderr, /the storage is that of volume .*, which is not yours/);
    }
  }
  const beside = volume('a', four, nfs('/team/sets'));
  const fine = await mallory.kubectl(['create', '--dry-run=server', '-f', '-'], JSON.stringify(beside));
  assert.is(fine.code, 0, fine.stderr);
  // One that is no dataset, of another project's own.
  const pv = { ...volume('b', undefined, disk()), metadata: { name: `plain-${all.id}` } };
  await admin(['create', '-f', '-'], JSON.stringify(pv));
  const stolen = await mallory.datasets(['--type', 'AmazonEBS', '--id', 'vol-77', '--namespaces', four]);
  assert.is(stolen.code, 4, stolen.stdout);
  assert.match(stolen.stderr, /not allowed: the storage is that of volume plain-.*\nso says the cluster's policy/);
  await admin(['delete', 'pv', `plain-${all.id}`]);
  const gone = await alice.datasets(['delete', mine, '--yes']);
  assert.is(gone.code, 0, gone.stderr);
});

own('nor by our tool, and neither by an account of the project', async () => {
  const before = JSON.stringify(await volumes());
  const node = `node=${nodeName}`;
  for (const words of [
    ['share', name, four, '--claim'],
    ['unshare', name, two, '--yes'],
    ['delete', name, '--yes'],
    ['--type', 'local', '--id', '/etc', '--typeparams', node, '--namespaces', four],
    ['--type', 'local', '--id', all.dir, '--typeparams', node, '--namespaces', four],
    ['--type', 'NFS', '--id', 'nas:/x', '--namespaces', `${four},${one}`],
    ['--type', 'local', '--id', all.dir, '--typeparams', node, '--namespaces', `${one},${four}`, '--name', name],
  ]) {
    const { code, stdout, stderr } = await mallory.datasets(words);
    assert.is(code, 4, `${words.join(' ')}: ${stdout}${stderr}`);
    assert.is(stdout, '');
    assert.match(stderr, /^(claims in .*\n)*not allowed: .*\n.+\n$/);
  }
  const account = `system:serviceaccount:${four}:default`;
  const as = ['--as', account, '--as-group', 'system:authenticated', '--as-group', 'system:serviceaccounts'];
  const host = JSON.stringify(volume(`a-${all.id}`, four, { hostPath: { path: '/etc' } }));
  const { code, stderr } = await kubectl(['create', '-f', '-', ...as], { input: host });
  assert.is(code, 1);
  assert.match(stderr, /denied request/);
  assert.is(JSON.stringify(await volumes()), before);
});

own('two changes of the list at once: nothing is lost; then it is deleted, and its data stays', async () => {
  const [five, six] = [await all.project(alice), await all.project(alice)];
  const both = await Promise.all([five, six].map((ns) => alice.datasets(['share', name, ns])));
  for (const { code, stderr } of both) assert.is(code, 0, stderr);
  for (const { metadata } of (await volumes()).slice(0, 4)) {
    const list = metadata.annotations['kf.kubeflow.org/allowed-namespaces']!.split(',');
    assert.equal([list[0], ...list.slice(1).sort()], [one, ...[two, three, five, six].sort()]);
  }
  const home = await alice.datasets(['unshare', name, one, '--yes']);
  assert.is(home.code, 2);
  assert.match(home.stderr, `dataset ${name} belongs to ${one}, which stays`);
  const list = await alice.datasets(['ls', '-n', two]);
  assert.is(list.code, 0, list.stderr);
  assert.match(list.stdout, new RegExp(`${name} +${one} +local ${all.dir} +ROX +3/\\d`));
  await admin(['delete', 'pod', 'reader', '-n', one]);
  const { code, stdout, stderr } = await alice.datasets(['delete', name, '--yes']);
  assert.is(code, 0, stderr);
  assert.match(stdout, `persistentvolumeclaim/${name} in ${one} deleted\n`);
  assert.match(stderr, `pod reader in ${two} uses claim ${name}, which goes after it`);
  await admin(['delete', 'pod', 'reader', '-n', two]);
  await admin(['delete', 'pod', 'reader', '-n', three]);
  await until('the volumes to go', 30, async () => (await volumes()).length === 0);
  assert.is((await onNode(['cat', `${all.dir}/data.txt`])).stdout, all.bytes);
});

test.run();
