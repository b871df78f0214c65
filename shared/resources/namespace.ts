import { closest } from '../cli/closest.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeList, KubeObject } from '../kube/kube.ts';
import { type ResourceRule, selfSubjectRulesReview } from '../kube/reviews.ts';
import { oneLine } from '../view/text.ts';
import { isTrue } from './fields.ts';

/**
 * Sees to it that a project can be worked in: it exists, or, where namespaces may not be read, the caller has some right in it.
 * Throws KfError: exit 3 where there is no such project (with the closest ones that there are), 4 where nothing is allowed there.
 */
export async function checkNamespace(kube: Kube, name: string): Promise<void> {
  try {
    await kube.json({ path: `/api/v1/namespaces/${encodeURIComponent(name)}` });
  } catch (error) {
    if (!(error instanceof KfError)) throw error;
    if (error.exit === Exit.notFound) throw await noSuch(kube, name);
    if (error.status?.code !== 403) throw error;
    const { resourceRules, incomplete } = await selfSubjectRulesReview(kube, name);
    if (incomplete || hasRights(resourceRules)) return;
    throw new KfError(Exit.forbidden, `not allowed: you have no rights in ${name}, or there is no such project`, {
      hint: `an owner of ${name} can add you`,
    });
  }
}

/**
 * Why a project that is being deleted is still there, in the namespace controller's words ('' where it says nothing); undefined
 * where it is not being deleted, or may not be read.
 */
export async function whyProjectGoes(kube: Kube): Promise<string | undefined> {
  try {
    const path = `/api/v1/namespaces/${encodeURIComponent(kube.namespace)}`;
    const project = await kube.json<KubeObject>({ path });
    if (!project.metadata.deletionTimestamp) return undefined;
    const held = ['NamespaceFinalizersRemaining', 'NamespaceContentRemaining', 'NamespaceDeletionContentFailure'];
    return held.map((type) => isTrue(project, type)?.message).find((message) => message) ?? '';
  } catch (error) {
    if (error instanceof KfError && error.status) return undefined;
    throw error;
  }
}

/** What everyone may do is no right to work somewhere: ask who they are and what they may do, and make projects and datasets. */
const everyones = ['persistentvolumes', 'profiles', 'datasets'];

const isUseful = ({ apiGroups = [], resources = [] }: ResourceRule): boolean =>
  !apiGroups.every((group) => group === 'authorization.k8s.io' || group === 'authentication.k8s.io') &&
  !resources.every((each) => everyones.includes(each));

/** True where a person's rules in a project let them do something in it. */
export const hasRights = (rules: readonly ResourceRule[]): boolean => rules.some(isUseful);

async function noSuch(kube: Kube, name: string): Promise<KfError> {
  const names = await listNames(kube);
  const near = closest(name, names);
  const few = names.filter((each) => !/^kube-/.test(each)).slice(0, 10);
  const hint = few.length
    ? `there are: ${few.map(oneLine).join(', ')}${few.length < names.length ? ' …' : ''}`
    : undefined;
  const message = `no project "${oneLine(name)}"${near ? `; did you mean ${oneLine(near)}?` : ''}`;
  return new KfError(Exit.notFound, message, hint && !near ? { hint } : {});
}

/** The namespaces' names, up to 500; none where they may not be listed. */
async function listNames(kube: Kube): Promise<string[]> {
  try {
    const list = await kube.json<KubeList<KubeObject>>({ path: '/api/v1/namespaces', query: { limit: 500 } });
    return list.items.map(({ metadata }) => metadata.name);
  } catch {
    return [];
  }
}
