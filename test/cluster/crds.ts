/** Kubeflow's kinds whose controllers can't be had here: the smallest definitions that serve them, written for the tests. */
import { kubectl, until } from './index.ts';

export interface Kind {
  group: string;
  kind: string;
  plural: string;
  /** The first is the one that is stored. */
  versions: string[];
  shortNames?: string[];
}

export const kubeflowKinds: Kind[] = [
  { group: 'kubeflow.org', kind: 'Notebook', plural: 'notebooks', versions: ['v1', 'v1beta1', 'v1alpha1'] },
  { group: 'kubeflow.org', kind: 'Workspace', plural: 'workspaces', versions: ['v1beta1'] },
  {
    group: 'serving.kserve.io',
    kind: 'InferenceService',
    plural: 'inferenceservices',
    versions: ['v1beta1'],
    shortNames: ['isvc'],
  },
  { group: 'tensorboard.kubeflow.org', kind: 'Tensorboard', plural: 'tensorboards', versions: ['v1alpha1'] },
];

const definition = ({ group, kind, plural, versions, shortNames = [] }: Kind) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${group}`, labels: { 'app.kubernetes.io/managed-by': 'kubectl-kf-test' } },
  spec: {
    group,
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase(), shortNames },
    versions: versions.map((name, i) => ({
      name,
      served: true,
      storage: i === 0,
      subresources: { status: {} },
      schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    })),
  },
});

/** Serves the kinds that the cluster does not serve yet. @returns what takes them away again, with all their objects */
export async function serve(kinds: readonly Kind[]): Promise<() => Promise<void>> {
  const made: string[] = [];
  for (const kind of kinds) {
    const { code, stderr } = await kubectl(['create', '-f', '-'], { input: JSON.stringify(definition(kind)) });
    if (code === 0) made.push(`${kind.plural}.${kind.group}`);
    else if (!/AlreadyExists/.test(stderr)) throw new Error(stderr);
  }
  const crds = kinds.map((kind) => `crd/${kind.plural}.${kind.group}`);
  const wait = await kubectl(['wait', ...crds, '--for=condition=Established', '--timeout=30s']);
  if (wait.code !== 0) throw new Error(wait.stderr);
  for (const { plural, group } of kinds) {
    await until(`${plural}.${group} to be served`, 30, async () => {
      return (await kubectl(['get', `${plural}.${group}`, '-A'])).code === 0;
    });
  }
  return async () => {
    if (made.length > 0) await kubectl(['delete', 'crd', ...made, '--wait=true', '--timeout=60s']);
  };
}
