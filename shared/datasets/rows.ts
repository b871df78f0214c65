import { age } from '../view/age.ts';
import type { ListLook } from '../view/list-printer.ts';
import { classOf, type Dataset, namespacesOf, storageOf } from './objects.ts';
import { modes } from './types.ts';

const modeOf = ({ volumes }: Dataset) => {
  const has = volumes[0]!.spec.accessModes?.[0];
  return Object.entries(modes).find(([, each]) => each === has)?.[0] ?? has ?? '';
};
const bound = ({ volumes }: Dataset) => volumes.filter(({ status }) => status?.phase === 'Bound').length;
const created = ({ volumes }: Dataset) => volumes.map(({ metadata }) => metadata.creationTimestamp ?? '').sort()[0]!;
const going = ({ volumes }: Dataset) => volumes.some(({ metadata }) => metadata.deletionTimestamp);

export const datasetLook = (now: number): ListLook<Dataset> => ({
  columns: [
    { title: 'NAME', value: ({ name }) => name },
    { title: 'PROJECT', value: ({ home }) => home },
    { title: 'STORAGE', value: ({ volumes }) => storageOf(volumes[0]!.spec) },
    { title: 'MODE', value: modeOf },
    { title: 'BOUND', value: (each) => `${bound(each)}/${each.volumes.length}${going(each) ? ' (going)' : ''}` },
    { title: 'AGE', value: (each) => age(created(each), now) },
    { title: 'CLASS', value: classOf, wide: true },
    { title: 'FOR', value: (each) => namespacesOf(each).join(', ') },
  ],
  head: { apiVersion: 'kf.kubeflow.org/v1alpha1', kind: 'DatasetList' },
  data: (each) => ({
    name: each.name,
    project: each.home,
    namespaces: namespacesOf(each),
    storage: storageOf(each.volumes[0]!.spec),
    mode: modeOf(each),
    storageClassName: classOf(each),
    created: created(each),
    instances: each.volumes.map(({ metadata, spec, status }) => ({
      name: metadata.name,
      phase: metadata.deletionTimestamp ? 'Deleting' : (status?.phase ?? ''),
      ...(spec.claimRef ? { claim: `${spec.claimRef.namespace}/${spec.claimRef.name}` } : {}),
    })),
  }),
  object: ({ volumes }) => volumes[0]!,
});
