import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { version } from '../cli/version.ts';
import { find, removeAt, resourcePath, serverSideApply } from '../kube/apply.ts';
import { served } from '../kube/discovery.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { listAll } from '../kube/pages.ts';
import { toJson } from '../manifest/scalars.ts';
import {
  type GroupKind,
  idLabel,
  kindsAnnotation,
  kindsIn,
  kindsText,
  memberLabel,
  parentName,
  setId,
  toolingAnnotation,
} from '../resources/apply-set.ts';
import { oneLine } from '../view/text.ts';
import { configMaps, managedBy } from './marks.ts';
import type { Package } from './package-build.ts';
import { type PackagePlan, type Parent, packageOf } from './package-plan.ts';

interface Doing {
  project: string;
  dryRun: boolean;
  before(): void;
  say(line: string): void;
}

/** Brings the project's packages to where the plan has them. Broken off anywhere, the same again completes it. */
export async function applyPackages(kube: Kube, context: Context, plan: PackagePlan, doing: Doing): Promise<void> {
  for (const { package: each, before } of plan.apply) {
    const { applied, pruned } = await applyPackage(kube, context, each, before, doing);
    const gone = pruned > 0 ? `, ${pruned} pruned` : '';
    doing.say(`package ${each.name}: ${applied} applied${gone}${doing.dryRun ? ' (dry run)' : ''}`);
  }
  for (const parent of plan.remove) {
    const gone = await prune(kube, context, parent.metadata.name, kindsIn(parent), new Set(), doing);
    await removeAt(kube, resourcePath(configMaps, doing.project, parent.metadata.name), {
      ...{ dryRun: doing.dryRun, uid: parent.metadata.uid! },
    });
    doing.say(`package ${packageOf(parent.metadata.name)}: removed, ${gone} pruned${doing.dryRun ? ' (dry run)' : ''}`);
  }
}

/** KEP-3659: the parent first names the kinds of before and of now, then all is applied, then pruned, then it names those of now. */
async function applyPackage(
  kube: Kube,
  context: Context,
  each: Package,
  before: Parent | undefined,
  doing: Doing,
): Promise<{ applied: number; pruned: number }> {
  const { project, dryRun } = doing;
  const name = parentName(each.name);
  const now = each.items.map(({ served: { group, kind } }) => ({ group, kind }));
  const all = [...kindsIn(before), ...now];
  const record = (kinds: readonly GroupKind[], data: Record<string, string>) =>
    serverSideApply(kube, configMaps, parent(each.name, project, kinds, data), { dryRun, force: true });
  doing.before();
  const { repository = '' } = each.origin;
  await record(all, before?.data ?? { repository });
  const keep = new Set<string>();
  for (const { object, served } of each.items) {
    doing.before();
    const there = await find(kube, served, object.metadata.name, project);
    const other = there?.metadata.labels?.[memberLabel];
    if (other !== undefined && other !== setId(name, project)) {
      const what = `${object.kind.toLowerCase()}/${oneLine(object.metadata.name)}`;
      throw usageError(`package ${each.name}: ${what} belongs to another package already`, 'remove that one first');
    }
    const labels = { ...object.metadata.labels, ...managedBy, [memberLabel]: setId(name, project) };
    const whole = { ...object, metadata: { ...object.metadata, namespace: project, labels } };
    try {
      await serverSideApply(kube, served, whole, { dryRun, force: true, json: toJson(whole) });
    } catch (error) {
      throw named(error, each.name);
    }
    keep.add(`${served.group}/${served.kind}/${object.metadata.name}`);
  }
  const pruned = before ? await prune(kube, context, name, all, keep, doing) : 0;
  await record(now, each.origin);
  return { applied: keep.size, pruned };
}

function parent(
  packageName: string,
  project: string,
  kinds: readonly GroupKind[],
  data: Record<string, string>,
): Parent {
  const name = parentName(packageName);
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      ...{ name, namespace: project },
      labels: { ...managedBy, 'app.kubernetes.io/part-of': packageName, [idLabel]: setId(name, project) },
      annotations: { [toolingAnnotation]: `kubectl-kf/v${version}`, [kindsAnnotation]: kindsText(kinds) },
    },
    data,
  };
}

function named(error: unknown, packageName: string): unknown {
  if (!(error instanceof KfError)) return error;
  const { hint = 'what is applied stays; the same command goes on', details, status } = error;
  return new KfError(error.exit, `package ${packageName}: ${error.message}`, {
    ...{ hint, details },
    ...(status ? { status } : {}),
  });
}

/** Deletes what bears the set's id and is not to be kept; gives how many. */
async function prune(
  kube: Kube,
  context: Context,
  parent: string,
  kinds: readonly GroupKind[],
  keep: ReadonlySet<string>,
  { project, dryRun, before }: Doing,
): Promise<number> {
  const labelSelector = `${memberLabel}=${setId(parent, project)}`;
  let count = 0;
  for (const text of kindsText(kinds).split(',').filter(Boolean)) {
    const [{ group, kind }] = kindsIn({ metadata: { name: parent, annotations: { [kindsAnnotation]: text } } }) as [
      GroupKind,
    ];
    const at = await served(kube, context, group, kind);
    // A kind that the cluster has no more took its objects along.
    if (!at) continue;
    const { items } = await listAll<KubeObject>(kube, resourcePath(at, project), { labelSelector });
    for (const { metadata } of items) {
      if (keep.has(`${group}/${kind}/${metadata.name}`) || metadata.deletionTimestamp) continue;
      before();
      const path = resourcePath(at, project, metadata.name);
      await removeAt(kube, path, { dryRun, ...(metadata.uid ? { uid: metadata.uid } : {}) }).catch(gone);
      count++;
    }
  }
  return count;
}

/** Another of its name came since: it is none of ours. */
function gone(error: unknown): boolean {
  if (error instanceof KfError && error.exit === Exit.failed && error.status?.code === 409) return false;
  throw error;
}
