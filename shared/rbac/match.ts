import type { Attributes, Rule } from './types.ts';

const has = (list: readonly string[] | null | undefined, ...wanted: string[]) =>
  (list ?? []).some((each) => wanted.includes(each));

/** Kubernetes' RuleAllows (plugin/pkg/auth/authorizer/rbac and pkg/apis/rbac/v1/evaluation_helpers.go). */
export function ruleAllows(rule: Rule, asked: Attributes): boolean {
  if (!has(rule.verbs, '*', asked.verb)) return false;
  if ('path' in asked) return (rule.nonResourceURLs ?? []).some((url) => urlMatches(url, asked.path));
  const { group = '', resource, subresource = '', name = '' } = asked;
  return (
    has(rule.apiGroups, '*', group) &&
    (rule.resources ?? []).some((each) => resourceMatches(each, resource, subresource)) &&
    (!rule.resourceNames?.length || rule.resourceNames.includes(name))
  );
}

/** `pods`, `pods/exec`, `*` (with all subresources) and, of the subresources only, `*` + `/scale`; `pods/*` means nothing. */
function resourceMatches(rule: string, resource: string, subresource: string): boolean {
  if (rule === '*') return true;
  if (subresource === '') return rule === resource;
  return rule === `${resource}/${subresource}` || rule === `*/${subresource}`;
}

function urlMatches(rule: string, path: string): boolean {
  return rule === '*' || rule === path || (rule.endsWith('*') && path.startsWith(rule.replace(/\*+$/, '')));
}
