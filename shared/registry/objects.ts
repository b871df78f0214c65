import { Exit, KfError } from '../cli/errors.ts';
import { get, resourcePath } from '../kube/apply.ts';
import { isUnserved } from '../kube/discovery.ts';
import { isMissing } from '../kube/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { pages } from '../kube/pages.ts';
import type { Served } from '../resources/resource.ts';
import { checkSubcommand } from './check.ts';
import { apiGroup, apiVersion, clusterNamespace, kind, plural, type Subcommand, type Summary } from './entry.ts';
import { type Row, rowReader, tables } from './rows.ts';
import { visible } from './visible.ts';

/** Where they are served; nothing is discovered, because it is the registry's own manifest that serves them. */
export const served: Served = { group: apiGroup, version: apiVersion.split('/')[1]!, kind, plural, namespaced: true };

/** Why there is none: it is not there, it may not be seen, or the cluster has no registry. */
export type Outcome = { found: Subcommand } | { none: 'missing' | 'forbidden' | 'unserved' };

export async function readOutcome(kube: Kube, namespace: string, name: string): Promise<Outcome> {
  try {
    return { found: checkSubcommand(await get<Subcommand>(kube, served, name, namespace), namespace) };
  } catch (error) {
    const none = whyNone(error);
    if (none) return { none };
    throw error;
  }
}

/** The subcommand; undefined where the person can see none of that name. Throws KfError where it is not a whole one. */
export async function readSubcommand(kube: Kube, namespace: string, name: string): Promise<Subcommand | undefined> {
  const outcome = await readOutcome(kube, namespace, name);
  return 'found' in outcome ? outcome.found : undefined;
}

/** What the errors mean that are no more than "none for you"; undefined for all others. */
export function whyNone(error: unknown): 'missing' | 'forbidden' | 'unserved' | undefined {
  if (isMissing(error)) return 'missing';
  if (isUnserved(error)) return 'unserved';
  return error instanceof KfError && error.exit === Exit.forbidden && error.status?.code === 403
    ? 'forbidden'
    : undefined;
}

/** How many are read at a time, where they are read by name. */
const atOnce = 8;

export interface Summaries {
  summaries: Summary[];
  /** False where the cluster has no registry. */
  served: boolean;
  /** There may be more that can be found by their name. */
  incomplete: boolean;
}

/**
 * All that the person may see in a namespace, without source: a table of the server's, so that a thousand cost little. Where they may
 * not list, those that they are granted are read one by one, and nothing else is asked for.
 */
export async function summaries(kube: Kube, namespace: string): Promise<Summaries> {
  const may = await visible(kube, namespace);
  try {
    if (may.list || may.incomplete) {
      return { summaries: await listed(kube, namespace), served: true, incomplete: false };
    }
  } catch (error) {
    const none = whyNone(error);
    if (none === 'unserved') return { summaries: [], served: false, incomplete: false };
    if (none !== 'forbidden') throw error;
  }
  const { default: pMap } = await import('p-map');
  const found = await pMap(may.names, (name) => summary(kube, namespace, name), { concurrency: atOnce });
  return { summaries: found.filter((each) => each !== undefined), served: true, incomplete: may.incomplete };
}

const levelOf = (namespace: string) => (namespace === clusterNamespace ? 'cluster' : 'project');

async function listed(kube: Kube, namespace: string): Promise<Summary[]> {
  const all: Summary[] = [];
  // From the server's cache: what came this instant is missed by who lists, not by who names it.
  const query = { ...tables.query, resourceVersion: 0 };
  for await (const { items, list } of pages<Row>(kube, resourcePath(served, namespace), query, tables)) {
    const read = rowReader(list, levelOf(namespace), namespace);
    for (const row of items) all.push(read(row));
  }
  return all;
}

async function summary(kube: Kube, namespace: string, name: string): Promise<Summary | undefined> {
  const { accept, query } = tables;
  try {
    const path = resourcePath(served, namespace, name);
    const table = await kube.json<Record<string, unknown> & { rows?: Row[] }>({ path, accept, query });
    const [row] = table.rows ?? [];
    return row && rowReader(table, levelOf(namespace), namespace)(row);
  } catch (error) {
    if (whyNone(error)) return undefined;
    throw error;
  }
}
