import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { isMissing } from '../kube/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { listAll } from '../kube/pages.ts';
import type { Component } from './component.ts';
import { at, objects, record, text } from './fields.ts';
import { rootsOf, splitWord } from './look-up.ts';
import type { Pod } from './pod.ts';
import { componentLabel, componentPods, resolveComponent } from './resolve.ts';
import { httpScheme, mainPort, portsOf, type ServicePort } from './service-type.ts';
import { servicesPath } from './services.ts';

/** What a person wants to open: where its pods are, and which of their ports is meant. */
export interface ServiceTarget {
  /** `service/web`, `notebook/mine` */
  label: string;
  /** http where nothing says otherwise; undefined where it is known to be something else. */
  scheme: 'http' | 'https' | undefined;
  /** What comes after the address: notebooks answer only below their own path. */
  path: string;
  /** The Service's or container's port, for choosing a port here. */
  port: number;
  /** The pods behind it, as they are now. */
  pods(): Promise<Pod[]>;
  /** The pod's own port; undefined where the pod has none of that name. */
  podPort(pod: Pod): number | undefined;
}

const isServiceWord = (word: string | undefined) => word !== undefined && /^(services?|svc)$/i.test(word);

/**
 * What a word means: `service/web`, `notebook/mine`, `pod/x`, or a name. A name is first that of something that serves, then
 * of a Service, then of any component.
 * @param port the Service's port (a number or a name) or the pod's, where a person says which
 * Throws KfError: exit 3 where there is none (with the closest name), 2 where it has no port, or more than one thing has that name.
 */
export async function serviceTarget(kube: Kube, context: Context, word: string, port?: string): Promise<ServiceTarget> {
  const { kindWord, name } = splitWord(word, 'service');
  if (isServiceWord(kindWord)) {
    const service = await findService(kube, name);
    if (service) return serviceTo(kube, service, port);
    throw await notThere(kube, name, []);
  }
  if (kindWord !== undefined) return componentTo(kube, await resolveComponent(kube, context, word), port);
  const [service, found] = await Promise.all([
    findService(kube, name),
    resolveComponent(kube, context, word).catch((error: unknown) => {
      if (error instanceof KfError && [Exit.notFound, Exit.usage, Exit.forbidden].includes(error.exit as never))
        return error;
      throw error;
    }),
  ]);
  if (!(found instanceof Error) && (found.kind.service || !service)) return componentTo(kube, found, port);
  if (service) return serviceTo(kube, service, port);
  if (found instanceof KfError && found.exit === Exit.notFound) throw await notThere(kube, name, [found]);
  throw found;
}

/** The pods of a component, or behind a Service. Throws KfError as {@link serviceTarget}; exit 4 where they may not be read. */
export async function podsBehind(kube: Kube, context: Context, word: string): Promise<Pod[]> {
  const { kindWord, name } = splitWord(word, 'component');
  const isService = isServiceWord(kindWord);
  const service = kindWord === undefined || isService ? await findService(kube, name) : undefined;
  if (isService && !service) throw await notThere(kube, name, []);
  if (isService) return podsSelected(kube, service!);
  try {
    const component = await resolveComponent(kube, context, word);
    const pods = await componentPods(kube, component);
    if (pods) return pods;
    throw new KfError(Exit.forbidden, `not allowed: you may not read the pods of ${componentLabel(component)}`);
  } catch (error) {
    if (!service || !(error instanceof KfError) || error.exit !== Exit.notFound) throw error;
    return podsSelected(kube, service);
  }
}

const selectorOf = (service: KubeObject): string =>
  Object.entries(record(at(service, 'spec', 'selector')))
    .map(([key, value]) => `${key}=${value}`)
    .join(',');

async function podsSelected(kube: Kube, service: KubeObject): Promise<Pod[]> {
  const labelSelector = selectorOf(service);
  if (labelSelector === '') return [];
  const path = `/api/v1/namespaces/${encodeURIComponent(kube.namespace)}/pods`;
  return (await listAll<Pod>(kube, path, { labelSelector })).items;
}

async function findService(kube: Kube, name: string): Promise<KubeObject | undefined> {
  try {
    return await kube.json<KubeObject>({ path: `${servicesPath(kube.namespace)}/${encodeURIComponent(name)}` });
  } catch (error) {
    if (isMissing(error) || (error instanceof KfError && error.exit === Exit.forbidden)) return undefined;
    throw error;
  }
}

async function notThere(kube: Kube, name: string, [other]: KfError[]): Promise<KfError> {
  const { closest } = await import('../cli/closest.ts');
  const { checkNamespace } = await import('./namespace.ts');
  await checkNamespace(kube, kube.namespace);
  const services = { group: '', kind: 'Service', plural: 'services', versions: ['v1'], shortNames: ['svc'] };
  const near = closest(
    name,
    (await rootsOf(kube, services)).map(({ metadata }) => metadata.name),
  );
  if (!near && other) return other;
  const message = `no service "${name}" in ${kube.namespace}${near ? `; did you mean ${near}?` : ''}`;
  return new KfError(Exit.notFound, message, { hint: 'what there is: kubectl kf services' });
}

function serviceTo(
  kube: Kube,
  service: KubeObject,
  wanted: string | undefined,
  label?: string,
  path = '/',
): ServiceTarget {
  const name = service.metadata.name;
  const named = label ?? `service/${name}`;
  if (at(service, 'spec', 'type') === 'ExternalName') {
    const host = text(at(service, 'spec', 'externalName'));
    throw usageError(`${named} only stands for another name: ${host}`, 'reach that one directly');
  }
  if (selectorOf(service) === '') throw usageError(`${named} selects no pods: there is nothing to forward a port to`);
  const port = wanted === undefined ? mainPort(service) : portsOf(service).find((each) => isPort(each, wanted));
  if (!port)
    throw noPort(
      named,
      wanted,
      portsOf(service).map((each) => each.name || String(each.port)),
    );
  const scheme = httpScheme(port);
  return {
    label: named,
    scheme: scheme === 'none' ? undefined : (scheme ?? 'http'),
    path,
    port: port.port,
    pods: () => podsSelected(kube, service),
    podPort: (pod) => (typeof port.targetPort === 'number' ? port.targetPort : containerPort(pod, port.targetPort)),
  };
}

const isPort = ({ name, port }: ServicePort, wanted: string) => name === wanted || String(port) === wanted;

const noPort = (label: string, wanted: string | undefined, ports: string[]): KfError =>
  wanted === undefined
    ? usageError(`${label} says of no port that it listens on it`, 'say which: --port 8080:80 (here, then there)')
    : usageError(`${label} has no port ${wanted}`, ports.length > 0 ? `it has: ${ports.join(', ')}` : undefined);

/** Through the Service that the component made where it has one, else to its pods' own port. */
async function componentTo(kube: Kube, component: Component, wanted: string | undefined): Promise<ServiceTarget> {
  const { kind, object } = component;
  const label = componentLabel(component);
  const { phase, why } = kind.state(object);
  if (phase === 'Stopped')
    throw new KfError(Exit.failed, `${label} is stopped${why && `: ${why}`}`, { hint: 'start it first' });
  const own = kind.url?.(object);
  const path = own?.startsWith('/') ? own : '/';
  const service = kind.service && kind.service !== 'job' ? await ownService(kube, component) : undefined;
  if (service) return serviceTo(kube, service, wanted, label, path);
  const pods = async () => {
    const found = await componentPods(kube, component);
    if (found) return found;
    throw new KfError(Exit.forbidden, `not allowed: you may not read the pods of ${label}`);
  };
  const portOf = (pod: Pod) =>
    wanted === undefined
      ? firstPort(pod, kind.mainContainer(pod))
      : (containerPort(pod, wanted) ?? (Number(wanted) || undefined));
  const [pod] = await pods();
  const port = pod ? portOf(pod) : Number(wanted) || 0;
  if (pod && port === undefined) throw noPort(label, wanted, []);
  return { label, scheme: 'http', path, port: port ?? 0, pods, podPort: portOf };
}

/** The Service that it owns: a predictor's before a transformer's is no matter of ours, the one of its own name comes first. */
async function ownService(kube: Kube, { object, name }: Component): Promise<KubeObject | undefined> {
  const { items } = await listAll(kube, servicesPath(kube.namespace)).catch((error: unknown) => {
    if (error instanceof KfError && error.exit === Exit.forbidden) return { items: [] };
    throw error;
  });
  const owned = items.filter(
    (service) =>
      service.metadata.ownerReferences?.some((ref) => ref.uid === object.metadata.uid) &&
      mainPort(service) !== undefined &&
      selectorOf(service) !== '',
  );
  const wanted = [name, `${name}-transformer`, `${name}-predictor`];
  return wanted.map((each) => owned.find((service) => service.metadata.name === each)).find((each) => each) ?? owned[0];
}

const ports = (pod: Pod) =>
  objects(pod.spec?.containers).flatMap((container) =>
    objects(container.ports).map((port) => ({
      container: text(container.name),
      name: text(port.name),
      port: Number(port.containerPort) || undefined,
    })),
  );

const containerPort = (pod: Pod, name: string): number | undefined =>
  ports(pod).find((each) => each.name === name)?.port;

const firstPort = (pod: Pod, container: string): number | undefined =>
  (ports(pod).find((each) => each.container === container) ?? ports(pod)[0])?.port;
