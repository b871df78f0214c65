import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { pages } from '../kube/pages.ts';
import type { ComponentKind, ComponentState } from './component.ts';
import { servedKinds } from './components.ts';
import { at, record, text } from './fields.ts';
import { type ComponentPage, listComponents, rootTest } from './project.ts';
import { mainPort, type ServiceType, typeOfService } from './service-type.ts';
import { type ServiceUrls, serviceUrls } from './service-urls.ts';

/** Something that a project serves or runs, as `services` shows it. */
export interface ServiceEntry {
  type: ServiceType;
  /** `notebook/mine`, `service/web`: as a person types it. */
  label: string;
  object: KubeObject;
  /** undefined for a core/v1 Service. */
  kind: ComponentKind | undefined;
  /** undefined where nothing tells: a Service without a workload of ours behind it. */
  state: ComponentState | undefined;
  /** Where it is reached from outside of the cluster. */
  url: string | undefined;
  /** Where it is reached in the cluster. */
  inside: string | undefined;
}

export interface ServicePage {
  entries: ServiceEntry[];
  /** Why there is nothing (more) of a kind: `you may not list notebooks in team-a`. */
  refused?: string;
}

export interface ServiceQuery {
  /** A label selector, as `-l`. */
  selector?: string | undefined;
  /** Without jobs and their histories. */
  serving?: boolean;
}

/**
 * What a project serves, then its jobs, page by page: core/v1 Services that no component made, and the components that serve
 * something. Pods are not asked for. A kind that may not be listed is told as such; the others still come.
 */
export async function* listServices(
  kube: Kube,
  context: Context,
  { selector, serving = false }: ServiceQuery = {},
): AsyncGenerator<ServicePage> {
  const { namespace } = kube;
  const served = await servedKinds(kube, context);
  const kinds = ({ service }: ComponentKind) => service !== undefined && !(serving && service === 'job');
  const services = pages(kube, servicesPath(namespace), { labelSelector: selector });
  const components = listComponents(kube, context, { kinds, selector });
  // All are on their way before the first is waited for.
  const firsts = [services.next(), components.next()] as const;
  const workloads = workloadStates(kube, context, served);
  const urls = serviceUrls(kube, context, namespace);
  for (const asked of [...firsts, workloads, urls]) asked.catch(() => {});
  const isRoot = await rootTest();
  try {
    for (let page = await firsts[0]; !page.done; page = await services.next()) {
      const shown = page.value.items.filter((service) => isRoot(service) && isShown(service));
      if (shown.length === 0) continue;
      const [behind, reached] = await Promise.all([workloads, urls]);
      yield { entries: shown.map((service) => serviceEntry(service, behind, reached)) };
    }
  } catch (error) {
    if (!(error instanceof KfError) || error.exit !== Exit.forbidden) throw error;
    yield { entries: [], refused: `you may not list services in ${namespace}` };
  }
  for (let page = await firsts[1]; !page.done; page = await components.next()) {
    const { kind, items, refused } = page.value as ComponentPage;
    const reached = await urls;
    const entries = items.map((object) => componentEntry(kind, object, reached));
    if (entries.length > 0 || refused) yield { entries, ...(refused ? { refused } : {}) };
  }
}

export const servicesPath = (namespace: string): string =>
  `/api/v1/namespaces/${encodeURIComponent(namespace)}/services`;

/** Not the API server's own, and none that leads nowhere. */
const isShown = (service: KubeObject): boolean =>
  !(service.metadata.name === 'kubernetes' && service.metadata.namespace === 'default') &&
  (mainPort(service) !== undefined || at(service, 'spec', 'type') === 'ExternalName');

/** The phases in which a job is over. */
const over = new Set(['Succeeded', 'Failed']);

function componentEntry(kind: ComponentKind, object: KubeObject, urls: ServiceUrls): ServiceEntry {
  const { name } = object.metadata;
  const state = kind.state(object);
  const own = kind.url?.(object);
  // A path alone is reached through a gateway, which a route to the Service of its name tells.
  const absolute = own && /^https?:\/\//.test(own) ? own : undefined;
  const isInside = absolute !== undefined && /^https?:\/\/[^/:]+\.svc(\.|[/:]|$)/.test(absolute);
  const type = kind.service === 'job' && over.has(state.phase) ? 'job history' : kind.service!;
  return {
    type,
    label: `${kind.kind.toLowerCase()}/${name}`,
    object,
    kind,
    state,
    url: isInside ? urls.get(name) : (absolute ?? urls.get(name)),
    inside: isInside ? absolute : text(at(object, 'status', 'address', 'url')) || undefined,
  };
}

function serviceEntry(service: KubeObject, workloads: readonly Workload[], urls: ServiceUrls): ServiceEntry {
  const { name, namespace } = service.metadata;
  const selector = Object.entries(record(at(service, 'spec', 'selector')));
  const behind = workloads.find(
    ({ labels }) => selector.length > 0 && selector.every(([key, value]) => labels[key] === value),
  );
  const port = mainPort(service);
  return {
    type: typeOfService(service),
    label: `service/${name}`,
    object: service,
    kind: undefined,
    state: behind?.state,
    url: urls.get(name) ?? balanced(service),
    inside: port && `http${port.port === 443 ? 's' : ''}://${name}.${namespace}.svc:${port.port}`,
  };
}

/** The URL of a Service that has a load balancer, or stands for a name elsewhere. */
function balanced(service: KubeObject): string | undefined {
  const port = mainPort(service);
  const [first] = (at(service, 'status', 'loadBalancer', 'ingress') as unknown[] | undefined) ?? [];
  const host =
    text(at(first, 'hostname')) ||
    text(at(first, 'ip')) ||
    (at(service, 'spec', 'type') === 'ExternalName' ? text(at(service, 'spec', 'externalName')) : '');
  if (!host || !/^[\w.:-]+$/.test(host)) return undefined;
  const scheme = port?.port === 443 ? 'https' : 'http';
  const shown = host.includes(':') ? `[${host}]` : host;
  return `${scheme}://${shown}${port && ![80, 443].includes(port.port) ? `:${port.port}` : ''}/`;
}

/** Of a workload that a Service may select: the labels of its pods, and its state. */
interface Workload {
  labels: Record<string, unknown>;
  state: ComponentState;
}

/** States of Deployments and StatefulSets: what may not be listed is left out, since it only tells more of the Services. */
async function workloadStates(kube: Kube, context: Context, served: readonly ComponentKind[]): Promise<Workload[]> {
  const kinds = served.filter(({ kind }) => kind === 'Deployment' || kind === 'StatefulSet');
  const found: Workload[] = [];
  for await (const { kind, items } of listComponents(kube, context, { kinds })) {
    for (const object of items) {
      const labels = record(at(object, 'spec', 'template', 'metadata', 'labels'));
      found.push({ labels, state: kind.state(object) });
    }
  }
  return found;
}
