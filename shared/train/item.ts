import type { KubeObject } from '../kube/kube.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Problem } from '../manifest/source.ts';
import type { Served } from '../resources/resource.ts';

/** One object of a submission. */
export interface Item {
  /** As it is to be; `place` says where each part was written. */
  manifest: Manifest;
  served: Served;
  role: 'job' | 'beside' | 'code';
  /** As it is in the cluster before; undefined where it is not there, or where one may not look. */
  live?: KubeObject | undefined;
  /** Nodes where the job does not say: the runtime's. */
  nodes?: number;
  /** As the server says it would be. */
  rehearsed?: KubeObject;
}

export const objectName = ({ manifest: { object } }: Pick<Item, 'manifest'>): string =>
  `${object.kind.toLowerCase()}/${object.metadata.name}`;

/** A problem of this object; one that no file holds is told by its name. */
export function problemOf(item: Item, problem: Problem): Problem {
  return problem.place ? problem : { ...problem, message: `${objectName(item)}: ${problem.message}` };
}

export const managedByLabel = 'app.kubernetes.io/managed-by';
/** Differs with each submission that makes an object: tells ours from another's of the same name. */
export const submissionAnnotation = 'kf.kubeflow.org/submission';

/** Marks what is made; what is there already is left as it is in this. */
export function stamp(object: KubeObject, live: KubeObject | undefined, submission: string | undefined): KubeObject {
  const label = live ? live.metadata.labels?.[managedByLabel] : 'kubectl-kf';
  const mark = live ? live.metadata.annotations?.[submissionAnnotation] : submission;
  const { labels = {}, annotations = {} } = object.metadata;
  return {
    ...object,
    metadata: {
      ...object.metadata,
      labels: { ...(label === undefined ? {} : { [managedByLabel]: label }), ...labels },
      annotations: { ...annotations, ...(mark === undefined ? {} : { [submissionAnnotation]: mark }) },
    },
  };
}
