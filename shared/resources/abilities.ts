import type { Kube } from '../kube/kube.ts';
import { type Access, type ResourceRule, type Rules, selfSubjectAccessReview } from '../kube/reviews.ts';

/** Something that a data scientist may want to do in a project, and what it takes. */
export interface Ability {
  name: string;
  needs: Access[];
}

const on = (group: string, resource: string, ...verbs: string[]): Access[] =>
  verbs.map((verb) => ({ verb, group, resource }));

/** In the order in which they are told. */
export const abilities: readonly Ability[] = [
  { name: 'train', needs: on('trainer.kubeflow.org', 'trainjobs', 'create', 'get') },
  { name: 'see jobs', needs: on('trainer.kubeflow.org', 'trainjobs', 'get', 'list') },
  {
    name: 'read logs',
    needs: [...on('', 'pods', 'list'), { verb: 'get', group: '', resource: 'pods', subresource: 'log' }],
  },
  { name: 'open shells', needs: [{ verb: 'create', group: '', resource: 'pods', subresource: 'exec' }] },
  { name: 'make notebooks', needs: on('kubeflow.org', 'notebooks', 'create') },
  { name: 'serve models', needs: on('serving.kserve.io', 'inferenceservices', 'create') },
  { name: 'manage members', needs: on('rbac.authorization.k8s.io', 'rolebindings', 'create') },
];

/** Whether one of the rules allows it, for every object of the kind (rbac/v1 VerbMatches, APIGroupMatches, ResourceMatches). */
export function allows(rules: readonly ResourceRule[], { verb, group = '', resource, subresource }: Access): boolean {
  const full = subresource ? `${resource}/${subresource}` : resource;
  return rules.some(
    (rule) =>
      !rule.resourceNames?.length &&
      has(rule.verbs, verb) &&
      has(rule.apiGroups, group) &&
      (has(rule.resources, full) ||
        (subresource !== undefined && rule.resources?.includes(`*/${subresource}`) === true)),
  );
}

const has = (list: readonly string[] | undefined, word: string) =>
  list?.some((each) => each === '*' || each === word) ?? false;

/** True where everything is allowed on everything. */
export const allowsAll = (rules: readonly ResourceRule[]): boolean =>
  allows(rules, { verb: '*', group: '*', resource: '*' });

/**
 * Which abilities the caller has in a project. Where the server says that its list of rules is not whole, each that the list
 * does not show is asked for by itself.
 */
export async function abilitiesIn(kube: Kube, namespace: string, rules: Rules): Promise<Map<string, boolean>> {
  const may = async (access: Access) =>
    allows(rules.resourceRules, access) ||
    (rules.incomplete && (await selfSubjectAccessReview(kube, { ...access, namespace })).allowed);
  const answers = abilities.map(async ({ name, needs }) => {
    const all = await Promise.all(needs.map(may));
    return [name, all.every(Boolean)] as const;
  });
  return new Map(await Promise.all(answers));
}
