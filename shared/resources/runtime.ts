import type { Kube, KubeList, KubeObject } from '../kube/kube.ts';
import { refused } from './events.ts';
import { at, count, objects, text } from './fields.ts';

/** A runtime of Kubeflow Trainer: what a TrainJob refers to. */
export interface Runtime {
  name: string;
  kind: 'ClusterTrainingRuntime' | 'TrainingRuntime';
  /** '' for a cluster's. */
  namespace: string;
  framework: string;
  deprecated: boolean;
  /** Nodes where the job does not say. */
  nodes: number;
  /** What the trainer's container runs in; '' where the runtime leaves it open. */
  image: string;
  /** The name of the trainer's container, `node` as a rule. */
  container: string;
  /** The replicated job that a TrainJob's trainer overrides. */
  step: string;
  resources: { requests?: Record<string, string>; limits?: Record<string, string> };
  object: KubeObject;
}

export interface Runtimes {
  /** The project's before the cluster's, each by name. */
  items: Runtime[];
  /** Kinds that this person may not list. */
  forbidden: string[];
  /** False where the cluster has no Kubeflow Trainer. */
  served: boolean;
}

const group = '/apis/trainer.kubeflow.org/v1alpha1';

/** The runtimes that a TrainJob in the namespace may name; a kind that may not be read is left out and named. */
export async function listRuntimes(kube: Kube, namespace: string): Promise<Runtimes> {
  const places = [
    ['TrainingRuntime', `${group}/namespaces/${encodeURIComponent(namespace)}/trainingruntimes`],
    ['ClusterTrainingRuntime', `${group}/clustertrainingruntimes`],
  ] as const;
  const answers = await Promise.all(
    places.map(async ([kind, path]) => {
      try {
        const list = await kube.json<KubeList<KubeObject>>({ path });
        return { kind, items: (list.items ?? []).map((o) => runtimeOf({ ...o, kind, apiVersion: apiVersion }, kind)) };
      } catch (error) {
        if (!refused(error)) throw error;
        return { kind, code: count(at(error, 'status', 'code')), error };
      }
    }),
  );
  const unauthorized = answers.find((a) => a.code === 401);
  if (unauthorized) throw unauthorized.error;
  return {
    items: answers.flatMap((a) => (a.items ?? []).sort((x, y) => (x.name < y.name ? -1 : 1))),
    forbidden: answers.filter((a) => a.code === 403).map((a) => a.kind),
    served: answers.some((a) => a.code !== 404),
  };
}

const apiVersion = 'trainer.kubeflow.org/v1alpha1';
const ancestor = 'trainer.kubeflow.org/trainjob-ancestor-step';

/** Reads a runtime's object; what is missing is empty. */
export function runtimeOf(object: KubeObject, kind: Runtime['kind']): Runtime {
  const steps = objects(at(object, 'spec', 'template', 'spec', 'replicatedJobs'));
  const step =
    steps.find((s) => at(s, 'template', 'metadata', 'labels', ancestor) === 'trainer') ??
    steps.find((s) => s.name === 'node') ??
    steps.at(-1);
  const containers = objects(at(step, 'template', 'spec', 'template', 'spec', 'containers'));
  const container =
    containers.find((c) => c.name === 'node') ?? containers.find((c) => c.name === step?.name) ?? containers[0];
  const labels = object.metadata?.labels ?? {};
  return {
    name: object.metadata?.name ?? '',
    kind,
    namespace: object.metadata?.namespace ?? '',
    framework: labels['trainer.kubeflow.org/framework'] ?? '',
    deprecated: labels['trainer.kubeflow.org/support'] === 'deprecated',
    nodes: count(at(object, 'spec', 'mlPolicy', 'numNodes')) || 1,
    image: text(container?.image),
    container: text(container?.name),
    step: text(step?.name),
    resources: (container?.resources as Runtime['resources']) ?? {},
    object,
  };
}
