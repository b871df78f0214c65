import type { Context } from '../cli/context.ts';
import { served } from '../kube/discovery.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { managedBy } from './marks.ts';
import type { Package } from './package-build.ts';

/** In place of a notebook's server: waits until it is told to end, so that a person can look around with kubectl kf shell. */
const command = ['/bin/sh', '-c', 'trap "exit 0" TERM; while :; do sleep 3600 & wait $!; done'];

/** A Notebook of a package that starts with a sleeping shell; anything else stays as it is. */
export function asShell(object: KubeObject): KubeObject {
  if (object.kind !== 'Notebook' || !object.apiVersion.startsWith('kubeflow.org/')) return object;
  const spec = (object.spec ?? {}) as { template?: { spec?: { containers?: Record<string, unknown>[] } } };
  const [first, ...others] = spec.template?.spec?.containers ?? [];
  if (!first) return object;
  // No server answers: a probe would have it started again and again.
  const { args: _, livenessProbe: _1, readinessProbe: _2, startupProbe: _3, ...rest } = first;
  const containers = [{ ...rest, command }, ...others];
  return { ...object, spec: { ...spec, template: { ...spec.template, spec: { ...spec.template!.spec, containers } } } };
}

/** Where the cluster serves PodDefaults, a package of one that has every notebook of the project start so; undefined elsewhere. */
export async function shellPackage(kube: Kube, context: Context, project: string): Promise<Package | undefined> {
  const podDefaults = await served(kube, context, 'kubeflow.org', 'poddefaults');
  if (!podDefaults) return undefined;
  const name = 'notebook-shell';
  const object: KubeObject = {
    apiVersion: `kubeflow.org/${podDefaults.version}`,
    kind: 'PodDefault',
    metadata: { name, namespace: project, labels: { ...managedBy, 'app.kubernetes.io/part-of': name } },
    spec: {
      desc: 'start with a sleeping shell in place of the server',
      selector: { matchExpressions: [{ key: 'notebook-name', operator: 'Exists' }] },
      command: command.slice(0, 2),
      args: command.slice(2),
    },
  };
  const description = 'notebooks start with a sleeping shell';
  return {
    name,
    description,
    proxy: false,
    origin: { repository: 'kubectl-kf' },
    items: [{ object, served: podDefaults }],
  };
}
