import type { Context } from '../cli/context.ts';
import type { Kube } from '../kube/kube.ts';
import { addedBy, clusterNamespace, type Found, type Level, type Subcommand, type Summary } from './entry.ts';
import { readSubcommand, summaries } from './objects.ts';
import { listPersonal, readPersonal } from './personal.ts';

export interface FindOptions {
  context: Pick<Context, 'env' | 'home'>;
  /** Without it, only personal ones are looked for. */
  kube: Kube | undefined;
  /** Only there. */
  level?: Level | undefined;
}

/** Where subcommands of a level are, as this person's project has it; undefined where the level is no namespace's. */
export const namespaceOf = (level: Level, kube: Pick<Kube, 'namespace'>): string | undefined =>
  level === 'personal' ? undefined : level === 'cluster' ? clusterNamespace : kube.namespace;

/**
 * The subcommand that the name means: the nearest. A personal one costs no request; the others are read by name, at once.
 * Undefined where there is none that the person may see. Throws KfError where the nearest is not a whole one.
 */
export async function findSubcommand(name: string, options: FindOptions): Promise<Found | undefined> {
  return (await levelsOf(name, options).next()).value ?? undefined;
}

/** All of that name that the person may see, the nearest first. */
export async function findEverywhere(name: string, options: FindOptions): Promise<Found[]> {
  const all: Found[] = [];
  for await (const found of levelsOf(name, options)) all.push(found);
  return all;
}

async function* levelsOf(name: string, { context, kube, level }: FindOptions): AsyncGenerator<Found, undefined> {
  if (level === undefined || level === 'personal') {
    const personal = await readPersonal(context, name);
    if (personal) yield { level: 'personal', subcommand: personal };
  }
  if (!kube || level === 'personal') return;
  const asked = (['project', 'cluster'] as const)
    .filter((each) => level === undefined || level === each)
    // Of the cluster's own namespace as a project there is but one level.
    .filter((each) => each === 'cluster' || level !== undefined || kube.namespace !== clusterNamespace)
    .map((each) => ({ level: each, namespace: namespaceOf(each, kube)! }))
    .map(({ level, namespace }) => ({ level, namespace, read: readSubcommand(kube, namespace, name) }));
  // Who is not come to is not heard of.
  for (const { read } of asked) read.catch(() => {});
  for (const { level, namespace, read } of asked) {
    const subcommand = await read;
    if (subcommand) yield { level, namespace, subcommand };
  }
}

/** What a list tells of a subcommand that is in hand. */
export function summaryOf({ level, namespace, subcommand }: Found): Summary {
  const { metadata, spec } = subcommand;
  const { version, digest, runtime, summary, replaces, pinned } = spec;
  const by = metadata.annotations?.[addedBy];
  const { name, creationTimestamp: created } = metadata;
  return {
    ...{ name, level, version, digest, runtime, summary },
    ...(namespace ? { namespace } : {}),
    ...(replaces ? { replaces } : {}),
    ...(pinned ? { pinned } : {}),
    ...(by ? { addedBy: by } : {}),
    ...(created ? { created } : {}),
  };
}

/** The person's own; a line for each file that is none. */
export async function personalSummaries(
  context: FindOptions['context'],
): Promise<{ found: Summary[]; notes: string[] }> {
  const { subcommands, notes } = await listPersonal(context);
  const found = subcommands.map((subcommand: Subcommand) => summaryOf({ level: 'personal', subcommand }));
  return { found, notes };
}

/** What this project and the cluster have for the person; in a line each, what may lack. */
export async function registrySummaries(
  kube: Kube,
  levels: readonly Level[] = ['project', 'cluster'],
): Promise<{ found: Summary[]; notes: string[] }> {
  const places = new Set(levels.map((level) => namespaceOf(level, kube)).filter((each) => each !== undefined));
  const answers = await Promise.all([...places].map(async (place) => ({ place, ...(await summaries(kube, place)) })));
  const notes = answers
    .filter(({ incomplete }) => incomplete)
    .map(({ place }) => `the server can't tell all that you may see in ${place}: there may be more, found by name`);
  if (answers.some((answer) => !answer.served))
    notes.push('this cluster has no registry of subcommands; its admin adds it: kubectl kf command init');
  return { found: answers.flatMap((answer) => answer.summaries), notes };
}

/** All that the person can see: personal, of the project, of the cluster. */
export async function allSubcommands(
  context: FindOptions['context'],
  kube: Kube,
): Promise<{ found: Summary[]; notes: string[] }> {
  const [own, others] = await Promise.all([personalSummaries(context), registrySummaries(kube)]);
  return { found: [...own.found, ...others.found], notes: [...own.notes, ...others.notes] };
}
