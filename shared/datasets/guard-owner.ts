import { type Guard, listOf, owns, personOfVolumes, type Rule, text, volumes } from './guard.ts';
import * as names from './names.ts';

/** A rule for each: an expression may ask RBAC two questions, and no more. */
const ownsEach: Rule[] = Array.from({ length: names.mostNamespaces }, (_, i) => ({
  expression: `request.operation == 'DELETE' || variables.namespaces.size() <= ${i} || ${owns(`variables.namespaces[${i}]`)}`,
  messageExpression: `'a dataset is for projects that you own, and you do not own ' + variables.namespaces[${i}] + ': an admin can provision it, or who owns all of them'`,
}));

/** What stays as it is while a volume that was let go of is made free again. */
const kept = [
  ...['accessModes', 'persistentVolumeReclaimPolicy', 'storageClassName', 'mountOptions', 'volumeMode'],
  ...['nodeAffinity', 'volumeAttributesClassName', 'csi', 'nfs', 'local'],
];

const secrets = ['controllerPublish', 'nodeStage', 'nodePublish', 'controllerExpand', 'nodeExpand'].map(
  (step) => `object.spec.csi.?${step}SecretRef.namespace.orValue(variables.home) in variables.namespaces`,
);

const onCreate = (expression: string, message: string): Rule => ({
  expression: `request.operation != 'CREATE' || (${expression})`,
  message,
});

const shapes = Object.entries(names.handles).map(
  ([driver, pattern]) =>
    `(object.spec.csi.driver != '${driver}' || object.spec.csi.volumeHandle.matches(${text(pattern)}))`,
);
const drivers = Object.keys(names.handles)
  .map((driver) => `'${driver}'`)
  .join(', ');
const isPlain = (path: string) => `${path}.matches(${text(names.plainPath)}) && !${path}.matches(${text(names.dots)})`;

/** Who is no admin makes, changes and deletes volumes of datasets of their own projects only. */
export const owner: Guard = {
  name: 'kf-dataset-owner',
  resource: volumes,
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  conditions: personOfVolumes,
  variables: [
    { name: 'before', expression: `oldObject == null ? [''] : ${listOf('oldObject')}` },
    { name: 'namespaces', expression: `object == null ? variables.before : ${listOf('object')}` },
    { name: 'home', expression: 'variables.namespaces[0]' },
    {
      name: 'dataset',
      expression: `object == null ? '' : object.metadata.?labels['${names.datasetLabel}'].orValue('')`,
    },
    {
      name: 'types',
      expression: `object == null ? ['', ''] : has(object.spec.csi) ? [string(object.spec.csi.driver), string(object.spec.csi.driver) + ':' + string(object.spec.csi.volumeHandle)] : has(object.spec.nfs) ? ['nfs', 'nfs:' + string(object.spec.nfs.server)] : has(object.spec.local) ? ['local', 'local:' + string(object.spec.local.path)] : ['', '']`,
    },
  ],
  rules: [
    {
      expression: `oldObject == null || (variables.before[0] != '' && ${owns('variables.before[0]')})`,
      messageExpression: `'volume ' + oldObject.metadata.name + (variables.before[0] == '' ? ' is no dataset: an admin can change it' : ' is a dataset of ' + variables.before[0] + ', which you do not own: an owner of it can change it')`,
    },
    {
      expression: `variables.home != ''`,
      message: `only volumes of datasets can be made, which name the projects that may bind them: kubectl kf provisiondatasets makes them`,
    },
    {
      expression: `variables.namespaces.size() <= ${names.mostNamespaces} && variables.namespaces.all(n, n.matches(${text(names.label)}) && variables.namespaces.exists_one(m, m == n))`,
      message: `the annotation ${names.allowedAnnotation} has to name projects, each once, with commas between and no more than ${names.mostNamespaces}; an admin can name more`,
    },
    ...ownsEach,
    {
      expression: `oldObject == null || variables.home == variables.before[0]`,
      messageExpression: `'the dataset belongs to ' + variables.before[0] + ', which has to stay the first of its projects: delete it, and provision it for the others'`,
    },
    {
      expression: `request.operation != 'CREATE' || (variables.types[0] != '' && variables.types.exists(t, authorizer.group('${names.group}').resource('${names.plural}').name(t).check('provision').allowed()))`,
      messageExpression: `(variables.types[0] == '' ? 'volumes of this type (of the node itself, or no CSI driver) are' : variables.types[0] + ' volumes are') + ' not for everyone: an admin can provision it' + (variables.types[0] == '' ? '' : ', or grant the verb provision on ${names.plural}.${names.group} with the resource name ' + variables.types[0] + ' or ' + variables.types[1])`,
    },
    onCreate(
      `!has(object.spec.csi) || (${shapes.join(' && ')})`,
      'the volumeHandle is not in the one form in which its driver names it, so that no other could be told from it: see kubectl kf provisiondatasets --help',
    ),
    onCreate(
      `!has(object.spec.csi) || !(object.spec.csi.driver in [${drivers}]) || object.spec.csi.?volumeAttributes.orValue({}).all(k, k == 'partition')`,
      'of the attributes of a disk only the partition can be set: leave the others out',
    ),
    onCreate(
      `!has(object.spec.nfs) || (object.spec.nfs.server.matches(${text(names.nfsServer)}) && ${isPlain('object.spec.nfs.path')})`,
      'the NFS server has to be a host, and its path without .., commas and doubled slashes',
    ),
    onCreate(
      `!has(object.spec.local) || (${isPlain('object.spec.local.path')})`,
      'the path has to be without .., commas and doubled slashes',
    ),
    onCreate(
      `!has(object.spec.csi) || (${secrets.join(' && ')})`,
      `a volume may use secrets of the dataset's own projects only: copy what it needs into one of them`,
    ),
    onCreate(
      `object.spec.?mountOptions.orValue([]).all(o, o.matches(${text(names.mountOption)}))`,
      'a mount option is not among those that everyone may use: leave it out, or have an admin provision it',
    ),
    onCreate(
      `object.spec.?persistentVolumeReclaimPolicy.orValue('Retain') == 'Retain'`,
      'the reclaim policy of a dataset has to be Retain: its data is never deleted with a claim',
    ),
    onCreate(
      '!has(object.spec.claimRef)',
      'a volume of a dataset is bound by the volume controller: leave spec.claimRef out, and make the claim',
    ),
    {
      expression: `request.operation == 'DELETE' || (variables.dataset.matches(${text(names.label)}) && object.spec.?storageClassName.orValue('') == variables.dataset + '.' + variables.home && object.metadata.name.endsWith('.' + variables.home))`,
      messageExpression: `'name it NAME.' + variables.home + ', label it ${names.datasetLabel}=DATASET, and give it the storage class DATASET.' + variables.home + ', so that no other project has claims for it: kubectl kf provisiondatasets does'`,
    },
    {
      expression: `request.operation == 'DELETE' || object.metadata.?annotations.orValue({}).all(k, k.startsWith('${names.group}/') || k == 'kubectl.kubernetes.io/last-applied-configuration' || (oldObject != null && oldObject.metadata.?annotations[k].orValue('') == object.metadata.annotations[k]))`,
      message: `only annotations of ${names.group} can be set on a dataset's volume: leave the others out`,
    },
    {
      expression: `request.operation != 'UPDATE' || object.spec == oldObject.spec || (!has(object.spec.claimRef) && oldObject.status.?phase.orValue('') == 'Released' && ${kept.map((field) => `object.spec.?${field} == oldObject.spec.?${field}`).join(' && ')})`,
      message: `what a dataset's volume is can't be changed, nor what it is bound to: delete it (its data stays), and provision it anew`,
    },
  ],
};
