import { KfError, usageError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { selfSubjectAccessReview } from '../kube/reviews.ts';
import { apiGroup, apiVersion, clusterNamespace, type Found, type Level, plural } from './entry.ts';
import { whyNone } from './objects.ts';

/** Where a subcommand is written to. */
export type Place = { level: 'personal' } | { level: 'project' | 'cluster'; namespace: string; kube: Kube };

/** As a sentence goes on: "added to …". */
export const placeText = (place: Pick<Found, 'level' | 'namespace'>): string =>
  place.level === 'personal'
    ? 'your own'
    : place.level === 'cluster'
      ? 'the whole cluster'
      : `project ${place.namespace}`;

const wayOut = '--personal keeps it on this machine, and asks no cluster';

/**
 * The place that was said; where none was: the project, if the cluster has a registry and the person may add there, otherwise
 * personal, with a note that says why. KfError where the cluster does not answer: which it would be is not guessed.
 */
export async function choosePlace(
  level: Level | undefined,
  open: () => Promise<Kube>,
): Promise<{ place: Place; note?: string }> {
  if (level === 'personal') return { place: { level } };
  try {
    const kube = await open();
    if (level !== undefined) {
      return { place: { level, kube, namespace: level === 'cluster' ? clusterNamespace : kube.namespace } };
    }
    const place: Place = { level: 'project', kube, namespace: kube.namespace };
    if (!(await hasRegistry(kube))) {
      return personally('this cluster has no registry of subcommands (kubectl kf command init): it is for you alone');
    }
    const { allowed } = await selfSubjectAccessReview(kube, { verb: 'create', group: apiGroup, resource: plural });
    return allowed ? { place } : personally(`you may not add subcommands to ${kube.namespace}: it is for you alone`);
  } catch (error) {
    throw level === undefined ? withWayOut(error) : error;
  }
}

const personally = (note: string): { place: Place; note: string } => ({ place: { level: 'personal' }, note });

async function hasRegistry(kube: Kube): Promise<boolean> {
  try {
    await kube.json({ path: `/apis/${apiVersion}` });
    return true;
  } catch (error) {
    if (whyNone(error) === 'unserved') return false;
    throw error;
  }
}

/** The error with the way around the cluster. */
export function withWayOut(error: unknown): unknown {
  if (!(error instanceof KfError) || error.hint?.includes(wayOut)) return error;
  const { exit, message, details, status, cause } = error;
  return new KfError(exit, message, {
    hint: [error.hint, wayOut].filter(Boolean).join('\n'),
    details,
    cause,
    ...(status ? { status } : {}),
  });
}

/** Of --personal, --project and --cluster, the one that was said. */
export function levelOf(said: Record<Level, boolean>): Level | undefined {
  const [level, another] = (Object.keys(said) as Level[]).filter((each) => said[each]);
  if (another) throw usageError(`--${level} and --${another} are two places`, 'say one');
  return level;
}
