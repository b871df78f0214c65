import { isDeepStrictEqual } from 'node:util';
import { closest } from '../cli/closest.ts';
import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { create, find } from '../kube/apply.ts';
import { allServed } from '../kube/discovery.ts';
import type { CachedGroup } from '../kube/discovery-cache.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { Rule } from '../rbac/types.ts';
import { oneLine } from '../view/text.ts';
import { escalation } from './escalation.ts';
import { look } from './look.ts';
import { clusterRoles, descriptionAnnotation, managedBy, rbacGroup, roles, templateLabel } from './marks.ts';
import { builtIn } from './roles.ts';
import { memberRole } from './templates.ts';

interface RoleObject extends KubeObject {
  rules?: Rule[] | null;
}

interface Wish {
  name: string;
  from: readonly string[];
  /** Each `verbs:kinds`. */
  rules: readonly string[];
  describe: string;
  dryRun: 'client' | 'server' | undefined;
}

/** Words of the command line, which a template can't be called. */
const taken = ['ls', 'list', 'create', 'owner'];

/** Makes a Role of the project that members may be given. One that is there is left as it is, and must be the same. */
export async function createTemplate(
  kube: Kube,
  context: Context,
  { name, from, rules, describe, dryRun }: Wish,
): Promise<{ role: RoleObject; made: boolean }> {
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name) || taken.includes(name) || builtIn(name)) {
    const why = builtIn(name) ? 'is in every project already' : taken.includes(name) ? 'is a word of kf' : 'is no name';
    throw usageError(`"${oneLine(name)}" ${why}`, 'a template has a name of lower case letters, digits and -');
  }
  if (from.length + rules.length === 0)
    throw usageError('a template has rights', '--from view, or --rule get,list:pods,pods/log');
  const { namespace } = kube;
  const groups = rules.length > 0 ? await allServed(kube, context) : [];
  const given = (await Promise.all(from.map((word) => rulesOf(kube, context, word)))).flat();
  const role: RoleObject = {
    apiVersion: `${rbacGroup}/v1`,
    kind: 'Role',
    metadata: {
      name,
      namespace,
      labels: { ...managedBy, [templateLabel]: 'true' },
      ...(describe ? { annotations: { [descriptionAnnotation]: describe } } : {}),
    },
    rules: [...given, ...rules.flatMap((text) => readRule(text, groups))],
  };
  if (dryRun === 'client') return { role, made: true };
  try {
    return { role: await create<RoleObject>(kube, roles, role, { dryRun: dryRun === 'server' }), made: true };
  } catch (error) {
    if (!(error instanceof KfError) || error.status?.reason !== 'AlreadyExists')
      throw escalation(error, { role: 'these rights', to: `template ${name}`, project: namespace }) ?? error;
    const there = await find<RoleObject>(kube, roles, name, namespace);
    if (there?.metadata.labels?.[templateLabel] === 'true' && isDeepStrictEqual(there.rules, role.rules))
      return { role: there, made: false };
    throw new KfError(Exit.failed, `role ${name} is there in ${namespace}, and is not this`, {
      hint: `look at it: kubectl get role ${name} -n ${namespace} -o yaml`,
    });
  }
}

/** The rules of a template; of the cluster's, those that a project can have. */
async function rulesOf(kube: Kube, context: Context, word: string): Promise<Rule[]> {
  const { namespace } = kube;
  // By the owner's own binding, the project says whose roles it has.
  const { listMembers } = await import('./members.ts');
  const { ref } = await memberRole(kube, context, word, await listMembers(kube, context));
  const found = await look<RoleObject>(kube, ref.kind === 'Role' ? roles : clusterRoles, ref.name, namespace);
  if (found === 'hidden') {
    throw new KfError(
      Exit.forbidden,
      `not allowed: you may not read ${ref.kind} ${ref.name}, whose rights --from takes`,
      {
        hint: `say the rights with --rule: a member may have ${word}, and this beside it`,
      },
    );
  }
  if (found === 'none') throw new KfError(Exit.notFound, `there is no ${ref.kind} ${ref.name}`);
  return (found.found.rules ?? []).filter(({ nonResourceURLs }) => !nonResourceURLs?.length);
}

/** `get,list:pods,jobs.batch,pods/log` as rules, one for each API group. */
export function readRule(text: string, groups: readonly CachedGroup[]): Rule[] {
  const [, verbs = '', kinds = ''] = /^([a-z*]+(?:,[a-z*]+)*):([^,:\s]+(?:,[^,:\s]+)*)$/.exec(text) ?? [];
  if (!verbs) throw usageError(`"${oneLine(text)}" is no rule`, 'verbs, a colon and kinds: get,list:pods,pods/log');
  const byGroup = new Map<string, string[]>();
  for (const kind of kinds.split(',')) {
    const { group, resource } = resourceOf(kind, groups);
    byGroup.set(group, [...(byGroup.get(group) ?? []), resource]);
  }
  return [...byGroup].map(([group, resources]) => ({ apiGroups: [group], resources, verbs: verbs.split(',') }));
}

/** A kind by any of its names, with its subresource and group: `pods/log`, `trainjobs`, `jobs.batch`. */
function resourceOf(word: string, groups: readonly CachedGroup[]): { group: string; resource: string } {
  const [named = '', sub] = word.split('/', 2) as [string, string?];
  const dot = named.indexOf('.');
  const [name, only] = dot < 0 ? [named, undefined] : [named.slice(0, dot), named.slice(dot + 1)];
  const lower = name.toLowerCase();
  const all: string[] = [];
  for (const group of groups) {
    if (only !== undefined && group.name !== only) continue;
    for (const { resources } of group.versions) {
      for (const { kind, plural, singular, shortNames } of resources) {
        all.push(plural);
        if (![plural, singular, kind.toLowerCase(), ...shortNames].includes(lower)) continue;
        return { group: group.name, resource: sub === undefined ? plural : `${plural}/${sub}` };
      }
    }
  }
  const near = closest(lower, all);
  throw usageError(`the cluster serves no "${oneLine(named)}"${near ? `; did you mean ${near}?` : ''}`);
}
