import type { Kube, KubeObject } from '../kube/kube.ts';
import { listAll, pages } from '../kube/pages.ts';
import { at, count, text } from './fields.ts';

/** core/v1 Event, the fields that we read. */
export interface KubeEvent extends KubeObject {
  type?: string;
  reason?: string;
  message?: string;
  involvedObject?: { kind?: string; name?: string; namespace?: string; uid?: string };
  reportingComponent?: string;
  source?: { component?: string };
}

/** When it was seen last: old and new recorders fill different fields. */
export const eventTime = (event: KubeEvent): string =>
  text(at(event, 'series', 'lastObservedTime')) ||
  text(event.lastTimestamp) ||
  text(event.eventTime) ||
  text(event.firstTimestamp) ||
  text(event.metadata?.creationTimestamp);

export const eventCount = (event: KubeEvent): number =>
  Math.max(1, count(at(event, 'series', 'count')), count(event.count));

/** By time, oldest first. */
export const byTime = (a: KubeEvent, b: KubeEvent): number => Date.parse(eventTime(a)) - Date.parse(eventTime(b)) || 0;

/**
 * Events of one object, oldest first; none where they may not be read.
 * @param about fields of involvedObject: `{ name, kind, uid }`
 */
export async function eventsOf(kube: Kube, namespace: string, about: Record<string, string>): Promise<KubeEvent[]> {
  const fieldSelector = Object.entries(about)
    .map(([field, value]) => `involvedObject.${field}=${value}`)
    .join(',');
  return listEvents(kube, namespace, fieldSelector);
}

/** Events with these fields (`{ reason, type }`), of one project or all, oldest first; none where they may not be read. */
export const eventsWith = (
  kube: Kube,
  namespace: string | undefined,
  fields: Record<string, string>,
): Promise<KubeEvent[]> =>
  listEvents(
    kube,
    namespace,
    Object.entries(fields)
      .map((pair) => pair.join('='))
      .join(','),
  );

async function listEvents(
  kube: Kube,
  namespace: string | undefined,
  fieldSelector: string | undefined,
): Promise<KubeEvent[]> {
  const path = `/api/v1${namespace ? `/namespaces/${encodeURIComponent(namespace)}` : ''}/events`;
  try {
    return (await listAll<KubeEvent>(kube, path, { fieldSelector })).items.sort(byTime);
  } catch (error) {
    if (refused(error)) return [];
    throw error;
  }
}

/**
 * A project's events that are kept, oldest first; page by page, so that the others cost no room.
 * @param keep given the event and when it was seen last, in milliseconds
 */
export async function eventsFor(
  kube: Kube,
  namespace: string,
  keep: (event: KubeEvent, time: number) => boolean,
): Promise<{ items: KubeEvent[]; refused: boolean }> {
  const kept: KubeEvent[] = [];
  try {
    for await (const { items } of pages<KubeEvent>(
      kube,
      `/api/v1/namespaces/${encodeURIComponent(namespace)}/events`,
    )) {
      kept.push(...items.filter((event) => keep(event, Date.parse(eventTime(event)))));
    }
  } catch (error) {
    if (!refused(error)) throw error;
    return { items: kept, refused: true };
  }
  return { items: kept.sort(byTime), refused: false };
}

/** The server said no: what only helps to explain is left out then. */
export const refused = (error: unknown): boolean => [401, 403, 404].includes(count(at(error, 'status', 'code')));
