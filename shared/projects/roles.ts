import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { oneLine } from '../view/text.ts';
import { look } from './look.ts';
import { clusterRoles, type RoleRef, rbacGroup, roles, templateLabel } from './marks.ts';
import { profilesServed } from './profiles.ts';

type Place = Pick<Context, 'env' | 'home' | 'now'>;

/** The templates that every cluster has, the strongest first. */
export const builtInTemplates = ['admin', 'edit', 'view'] as const;
export type BuiltInTemplate = (typeof builtInTemplates)[number];

/** `kubeflow-edit` and `edit` are the same template, and an owner has that of an admin; undefined where it is none of every cluster. */
export function builtIn(word: string): BuiltInTemplate | undefined {
  const short = word.toLowerCase().replace(/^kubeflow-/, '');
  return builtInTemplates.find((each) => each === (short === 'owner' ? 'admin' : short));
}

const clusterRole = (name: string): RoleRef => ({ apiGroup: rbacGroup, kind: 'ClusterRole', name });
const isTemplate = ({ metadata }: KubeObject) => metadata.labels?.[templateLabel] === 'true';

/**
 * The role that a template stands for, in the project of `kube` unless named: Kubeflow's own where the cluster has them, otherwise
 * Kubernetes'; else the project's Role, or the ClusterRole, of that name that is marked as a template. KfError (exit 3) where there is none.
 */
export async function roleFor(
  kube: Kube,
  context: Place,
  template: string,
  namespace: string = kube.namespace,
): Promise<RoleRef> {
  const short = builtIn(template);
  if (short) {
    const kubeflow = await look(kube, clusterRoles, `kubeflow-${short}`);
    // Who may not read roles goes by whether the cluster has Kubeflow's projects.
    const there = kubeflow === 'hidden' ? (await profilesServed(kube, context)) !== undefined : kubeflow !== 'none';
    return clusterRole(there ? `kubeflow-${short}` : short);
  }
  const [own, wide] = await Promise.all([look(kube, roles, template, namespace), look(kube, clusterRoles, template)]);
  if (typeof own === 'object' && isTemplate(own.found)) return { apiGroup: rbacGroup, kind: 'Role', name: template };
  if (typeof wide === 'object' && isTemplate(wide.found)) return clusterRole(template);
  const unmarked = typeof own === 'object' || typeof wide === 'object';
  throw new KfError(
    Exit.notFound,
    unmarked
      ? `role "${oneLine(template)}" is not marked as a template`
      : `no role template "${oneLine(template)}" that you may see in ${namespace}`,
    { hint: 'see what there is: kubectl kf group ls' },
  );
}

/** How a role is called in a project: the template's short name for those of every cluster. */
export const roleWord = ({ name }: Pick<RoleRef, 'name'>): string => builtIn(name) ?? name;
