import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import { makeSource, modeFor, type Params, typeNamed, types } from '../../../shared/datasets/types.ts';

const azure = '/subscriptions/s-1/resourceGroups/g/providers/Microsoft.Compute/disks/d';

function fails(body: () => unknown, message: RegExp, hint: RegExp): void {
  try {
    body();
  } catch (error) {
    assert.instance(error, KfError);
    assert.is((error as KfError).exit, 2);
    assert.match((error as KfError).message, message);
    assert.match((error as KfError).hint ?? '', hint);
    return;
  }
  assert.unreachable('it was taken');
}

test('modes are those that the drivers can do', () => {
  assert.equal(Object.fromEntries(types.map(({ name, modes }) => [name, modes.join(' ')])), {
    ...{ AmazonEBS: 'RWO', GCEPersistentDisk: 'RWO ROX', AzureDisk: 'RWO' },
    ...{ NFS: 'RWO ROX RWX', CSI: 'RWO ROX RWX', local: 'RWO ROX RWX' },
  });
  fails(
    () => modeFor(typeNamed('AmazonEBS'), 'ROX'),
    /^AmazonEBS can't be ROX: it can RWO$/,
    /^what can: GCEPersistentDisk, NFS, CSI; or mode RWO with --typeparams readOnly=true$/,
  );
  assert.is(modeFor(typeNamed('gcepersistentdisk'), 'ReadOnlyMany'), 'ROX');
  fails(() => modeFor(typeNamed('NFS'), 'R'), /"R" is no mode/, /RWO/);
  fails(() => typeNamed('AmazonEBC'), /no type of dataset; did you mean AmazonEBS\?/, /AzureDisk/);
});

const source = (type: string, id: string, params: Params = {}, mode: 'RWO' | 'ROX' | 'RWX' = 'RWO') =>
  makeSource(typeNamed(type), id, params, mode);

test('each type makes its source', () => {
  assert.equal(source('ebs', 'vol-0a', { fsType: ['ext4'], zone: ['eu-1a'], readOnly: ['true'] }), {
    source: { csi: { driver: 'ebs.csi.aws.com', volumeHandle: 'vol-0a', fsType: 'ext4', readOnly: true } },
    mountOptions: [],
    where: { label: 'topology.kubernetes.io/zone', value: 'eu-1a' },
  });
  const disk = 'projects/p/zones/z-1/disks/d';
  assert.equal(source('pd', 'd', { project: ['p'], zone: ['z-1'] }, 'ROX'), source('pd', disk, {}, 'ROX'));
  assert.is(source('pd', disk, {}, 'ROX').source.csi?.readOnly, true);
  assert.is(source('AzureDisk', azure, { partition: ['1'] }).source.csi?.volumeHandle, azure);
  assert.equal(source('NFS', 'nas.example.com:/a/b', { mountOptions: ['hard', 'nfsvers=4.1'] }, 'ROX'), {
    source: { nfs: { server: 'nas.example.com', path: '/a/b', readOnly: true } },
    mountOptions: ['hard', 'nfsvers=4.1'],
  });
  assert.equal(source('nfs', '/a', { server: ['nas'] }), source('nfs', 'nas:/a'));
  assert.equal(source('CSI', 'x#y', { driver: ['x.io'], share: ['s'], nodeStageSecretRef: ['a/b'] }).source.csi, {
    ...{ driver: 'x.io', volumeHandle: 'x#y', volumeAttributes: { share: 's' } },
    nodeStageSecretRef: { namespace: 'a', name: 'b' },
  });
  assert.equal(source('local', '/data', { node: ['n'] }, 'ROX'), {
    source: { local: { path: '/data' } },
    mountOptions: ['ro'],
    where: { label: 'kubernetes.io/hostname', value: 'n' },
  });
});

test('what no type can take is said before anything is asked of the cluster', () => {
  for (const [type, id] of [
    ['AmazonEBS', 'aws://eu/vol-1'],
    ['AmazonEBS', 'vol-xyz'],
    ['GCEPersistentDisk', 'projects/UNSPECIFIED/zones/z/disks/d'],
    ['AzureDisk', 'd'],
    ['NFS', 'nas'],
    ['NFS', '/proc/1/root:/x'],
  ] as const)
    fails(() => source(type, id), /is no ID of/, /it looks like/);
  for (const path of ['/a/../b', '/a//b', '/a/.', '/a,b'])
    fails(() => source('NFS', `nas:${path}`), /is no path of NFS/, /without \.\./);
  fails(() => source('NFS', 'nas:/a', { mountOptions: ['bind'] }), /"bind" is no mount option/, /nfsvers/);
  fails(() => source('AzureDisk', azure, { secretName: ['x'] }), /takes no parameter secretName/, /fsType, partition/);
  fails(() => source('CSI', 'x'), /has a driver/, /driver=/);
  fails(() => source('CSI', 'x', { driver: ['x.io'], nodeStageSecretRef: ['b'] }), /no secret/, /PROJECT\/SECRET/);
  fails(() => source('NFS', 'nas:/a', { readOnly: ['false'] }, 'ROX'), /ROX is read-only/, /leave/);
});

test.run();
