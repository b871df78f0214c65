import pMap, { pMapSkip } from 'p-map';
import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { pages } from '../kube/pages.ts';
import { at, objects, text } from './fields.ts';
import { type Probe, probeService } from './service-probe.ts';
import { mainPort } from './service-type.ts';
import { listServices, type ServiceEntry, servicesPath } from './services.ts';

export const healthWords = ['Healthy', 'Degraded', 'Unhealthy', 'Stopped', 'Unknown'] as const;
export type HealthWord = (typeof healthWords)[number];

/** How one thing that serves is. */
export interface Health {
  entry: ServiceEntry;
  health: HealthWord;
  /** Endpoints that take connections, of all that there are; undefined where they may not be read, or it has no Service. */
  endpoints: { ready: number; total: number } | undefined;
  /** What came of asking it; undefined where it was not asked. */
  probe: Probe | undefined;
  /** In plain words; '' where it is healthy. */
  why: string;
}

export interface HealthPage {
  found: Health[];
  /** What may not be listed or asked, so that the answer is a part: `you may not list endpointslices in team-a`. */
  refused: string[];
}

export interface HealthQuery {
  selector?: string | undefined;
  /** Only those: names or `kind/name`. */
  names?: readonly string[];
  /** Milliseconds that one probe may take. */
  timeoutMs: number;
}

/** `svc/web` as the list has it: `service/web`. */
export const asLabel = (word: string): string => word.replace(/^(svc|services)\//i, 'service/');

/** Probes that are under way at once. */
const atOnce = 8;

/** How all that serves in a project is: endpoints and an answer through the API server. Page by page, as listServices gives them. */
export async function* serviceHealth(kube: Kube, context: Context, query: HealthQuery): AsyncGenerator<HealthPage> {
  const { selector, timeoutMs } = query;
  const names = (query.names ?? []).map(asLabel);
  const behind = servicesBehind(kube);
  const endpoints = endpointCounts(kube);
  for (const asked of [behind, endpoints]) asked.catch(() => {});
  let probing = true;
  for await (const page of listServices(kube, context, { selector, serving: true })) {
    const refused = page.refused ? [page.refused] : [];
    const entries = page.entries.filter(
      ({ label, object, type }) =>
        type !== 'job' &&
        !(type === 'job history' && object.kind !== 'Service') &&
        (names.length === 0 || names.includes(label) || names.includes(object.metadata.name)),
    );
    const [services, counts] = await Promise.all([behind, endpoints]);
    const check = async (entry: ServiceEntry): Promise<Health> => {
      const service = entry.kind ? services.of(entry.object) : slim(entry.object);
      const count = service && counts.of(service.name);
      const idle = entry.state?.phase === 'Stopped' || (count !== undefined && count.ready === 0);
      const asked =
        probing && !idle && service ? await probeService(kube, context, entry, service, timeoutMs) : undefined;
      if (asked?.result === 'refused') {
        if (probing) refused.push(`you may not reach services in ${kube.namespace} through the API server`);
        probing = false;
      }
      return judge(entry, count, asked);
    };
    const unlessStopped = (entry: ServiceEntry) => (context.signal.aborted ? pMapSkip : check(entry));
    const found = await pMap(entries, unlessStopped, { concurrency: atOnce });
    yield { found, refused: [...refused, ...counts.refused.splice(0), ...services.refused.splice(0)] };
  }
}

/** Says how it is from what is known; what is not known is not held against it. */
export function judge(entry: ServiceEntry, endpoints: Health['endpoints'], probe: Probe | undefined): Health {
  const as = (health: HealthWord, why = ''): Health => ({ entry, health, endpoints, probe, why });
  const { state } = entry;
  if (state?.phase === 'Stopped') return as('Stopped', state.why);
  const why = state?.why ?? '';
  if (state?.phase === 'Failed') return as('Unhealthy', why);
  if (endpoints && endpoints.ready === 0) {
    const none =
      endpoints.total === 0 ? 'no pods behind it' : `${endpoints.total} of ${endpoints.total} pods not ready`;
    return as('Unhealthy', why || none);
  }
  if (probe?.result === 'failed') return as('Unhealthy', probe.words);
  const ready = endpoints ?? state?.nodes;
  const total = Math.max(endpoints?.total ?? 0, state?.nodes.total ?? 0);
  if (ready && ready.ready < total) return as('Degraded', why || `${total - ready.ready} of ${total} pods not ready`);
  if (probe?.result === 'answered' || ready) return as('Healthy');
  return as('Unknown', probe?.words ?? 'nothing tells how it is');
}

/** As much of a Service as a probe needs. */
export interface SlimService {
  name: string;
  namespace: string;
  port: ReturnType<typeof mainPort>;
}

const slim = (service: KubeObject): SlimService => ({
  name: service.metadata.name,
  namespace: service.metadata.namespace ?? '',
  port: mainPort(service),
});

/** The Services that components made, found by owner. */
async function servicesBehind(
  kube: Kube,
): Promise<{ of(owner: KubeObject): SlimService | undefined; refused: string[] }> {
  const owned = new Map<string, SlimService[]>();
  for await (const { items } of mayBeRefused(pages(kube, servicesPath(kube.namespace)), [], '')) {
    for (const service of items) {
      if (mainPort(service) === undefined || text(at(service, 'spec', 'type')) === 'ExternalName') continue;
      for (const { uid } of service.metadata.ownerReferences ?? []) {
        owned.set(uid, [...(owned.get(uid) ?? []), slim(service)]);
      }
    }
  }
  return {
    refused: [],
    of({ metadata: { uid = '', name } }) {
      const all = owned.get(uid) ?? [];
      const wanted = [name, `${name}-transformer`, `${name}-predictor`];
      return wanted.map((each) => all.find((service) => service.name === each)).find((each) => each) ?? all[0];
    },
  };
}

interface Counts {
  of(service: string): { ready: number; total: number } | undefined;
  refused: string[];
}

/** discovery.k8s.io/v1 EndpointSlices, counted by Service as their pages come. */
async function endpointCounts(kube: Kube): Promise<Counts> {
  const counts = new Map<string, { ready: number; total: number }>();
  const refused: string[] = [];
  const path = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(kube.namespace)}/endpointslices`;
  for await (const { items } of mayBeRefused(
    pages(kube, path),
    refused,
    `you may not list endpointslices in ${kube.namespace}`,
  )) {
    for (const slice of items) {
      const service = text(slice.metadata.labels?.['kubernetes.io/service-name']);
      const count = counts.get(service) ?? { ready: 0, total: 0 };
      for (const endpoint of objects(slice.endpoints)) {
        if (at(endpoint, 'conditions', 'terminating') === true) continue;
        count.total++;
        // Unset means ready (discovery/v1 EndpointConditions).
        if (at(endpoint, 'conditions', 'ready') !== false) count.ready++;
      }
      counts.set(service, count);
    }
  }
  const known = refused.length === 0;
  return { of: (service) => counts.get(service) ?? (known ? { ready: 0, total: 0 } : undefined), refused };
}

async function* mayBeRefused<T>(list: AsyncGenerator<T>, refused: string[], words: string): AsyncGenerator<T> {
  try {
    yield* list;
  } catch (error) {
    if (!(error instanceof KfError) || error.exit !== Exit.forbidden) throw error;
    if (words) refused.push(words);
  }
}
