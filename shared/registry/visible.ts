import type { Kube } from '../kube/kube.ts';
import { type ResourceRule, selfSubjectRulesReview } from '../kube/reviews.ts';
import { apiGroup, plural } from './entry.ts';

/** What a person may see of the registry in a namespace: who may get a subcommand may see it. */
export interface Visible {
  /** All of them. */
  list: boolean;
  /** Those that are granted one by one. */
  names: string[];
  /** An authorizer could not say: there may be more. */
  incomplete: boolean;
}

/** Asks for the rules, not for the objects: nothing that is forbidden is asked for. */
export async function visible(kube: Kube, namespace: string): Promise<Visible> {
  const { resourceRules, incomplete } = await selfSubjectRulesReview(kube, namespace);
  const rules = resourceRules.filter(isOurs);
  const named = rules.filter((rule) => has(rule.verbs, 'get')).flatMap(({ resourceNames }) => resourceNames ?? []);
  return {
    list: rules.some(({ verbs, resourceNames }) => has(verbs, 'list') && !resourceNames?.length),
    names: [...new Set(named)].sort(),
    incomplete,
  };
}

const has = (words: readonly string[] | undefined, word: string) =>
  words?.some((each) => each === word || each === '*') === true;

const isOurs = ({ apiGroups, resources }: ResourceRule) => has(apiGroups, apiGroup) && has(resources, plural);
