import { type Guard, listOf, owns, personOfVolumes, volumes } from './guard.ts';
import * as names from './names.ts';

const within = (a: string, b: string) => `((${a} + '/').startsWith(${b} + '/') || (${b} + '/').startsWith(${a} + '/'))`;
const noSlash = (path: string) => `(${path}.endsWith('/') ? ${path}.substring(0, ${path}.size() - 1) : ${path})`;

/** No second volume over storage that another has: it would be bound from elsewhere. Asked for each volume that there is. */
export const storage: Guard = {
  name: 'kf-dataset-storage',
  resource: volumes,
  operations: ['CREATE'],
  conditions: personOfVolumes,
  each: { apiVersion: 'v1', kind: 'PersistentVolume' },
  variables: [
    {
      name: 'path',
      expression: `has(object.spec.nfs) ? ${noSlash('object.spec.nfs.path')} : has(object.spec.local) ? ${noSlash('object.spec.local.path')} : ''`,
    },
    {
      name: 'same',
      expression: [
        `(has(object.spec.csi) && has(params.spec.csi) && object.spec.csi.driver == params.spec.csi.driver && object.spec.csi.volumeHandle.lowerAscii() == params.spec.csi.volumeHandle.lowerAscii())`,
        // What the drivers took over from Kubernetes' own plugins.
        `(has(object.spec.csi) && has(params.spec.awsElasticBlockStore) && params.spec.awsElasticBlockStore.volumeID.endsWith(object.spec.csi.volumeHandle))`,
        `(has(object.spec.csi) && has(params.spec.gcePersistentDisk) && object.spec.csi.volumeHandle.endsWith('/' + params.spec.gcePersistentDisk.pdName))`,
        `(has(object.spec.csi) && has(params.spec.azureDisk) && params.spec.azureDisk.diskURI.lowerAscii() == object.spec.csi.volumeHandle.lowerAscii())`,
        `(has(object.spec.nfs) && has(params.spec.nfs) && object.spec.nfs.server.lowerAscii() == params.spec.nfs.server.lowerAscii() && ${within('variables.path', noSlash('params.spec.nfs.path'))})`,
        `(has(object.spec.local) && has(params.spec.local) && ${within('variables.path', noSlash('params.spec.local.path'))})`,
        `(has(object.spec.local) && has(params.spec.hostPath) && ${within('variables.path', noSlash('params.spec.hostPath.path'))})`,
      ].join(' || '),
    },
    // Of what is no dataset, the project that it is bound from.
    {
      name: 'home',
      expression: `params.metadata.?annotations['${names.allowedAnnotation}'].hasValue() ? ${listOf('params')}[0] : params.spec.?claimRef.namespace.orValue('')`,
    },
  ],
  rules: [
    {
      expression: `!variables.same || (variables.home != '' && ${owns('variables.home')})`,
      messageExpression: `'the storage is that of volume ' + params.metadata.name + (variables.home == '' ? '' : ' of ' + variables.home) + ', which is not yours: an admin can share it, or who owns it and your project'`,
    },
  ],
};
