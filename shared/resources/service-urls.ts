import type { Context } from '../cli/context.ts';
import { KfError } from '../cli/errors.ts';
import { resourcePath } from '../kube/apply.ts';
import { allServed, served } from '../kube/discovery.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { pages } from '../kube/pages.ts';
import { refused } from './events.ts';
import { at, objects, text, texts } from './fields.ts';
import { portsOf } from './service-type.ts';

/** URLs at which a project's Services are reached from outside, by the Service's name. */
export type ServiceUrls = ReadonlyMap<string, string>;

/**
 * What Ingresses (networking.k8s.io), HTTPRoutes (gateway.networking.k8s.io) and Istio's VirtualServices of a project lead to.
 * A kind that is not served or may not be listed leads nowhere. Only the URLs are kept.
 */
export async function serviceUrls(kube: Kube, context: Context, namespace: string): Promise<ServiceUrls> {
  const urls = new Map<string, string>();
  const groups = await allServed(kube, context).catch(() => []);
  const has = (group: string) => groups.some(({ name }) => name === group);
  const gateways = new Gateways(kube, context, namespace);
  const kinds: [string, string, (object: KubeObject) => Promise<[string, string][]> | [string, string][]][] = [
    ['networking.k8s.io', 'Ingress', ingressUrls],
    ['gateway.networking.k8s.io', 'HTTPRoute', (route) => routeUrls(route, gateways)],
    ['networking.istio.io', 'VirtualService', (service) => virtualServiceUrls(service, namespace, gateways)],
  ];
  await Promise.all(
    kinds
      .filter(([group]) => has(group))
      .map(async ([group, kind, urlsOf]) => {
        try {
          const where = await served(kube, context, group, kind);
          if (!where) return;
          for await (const page of pages(kube, resourcePath(where, namespace))) {
            for (const object of page.items) {
              for (const [name, url] of await urlsOf(object)) if (!urls.has(name)) urls.set(name, url);
            }
          }
        } catch (error) {
          if (!refused(error)) throw error;
        }
      }),
  );
  return urls;
}

/** A path that a person can open: patterns and regular expressions are none. */
const plain = (path: string) => (/^\/[\w\-./~%]*$/.test(path) ? path : '/');

const join = (scheme: string, host: string, path: string) =>
  `${scheme}://${host.includes(':') && !host.startsWith('[') ? `[${host}]` : host}${plain(path)}`;

/** Where a load balancer answers: `status.loadBalancer.ingress` of Services and Ingresses. */
const balancer = (object: unknown): string => {
  const [first] = objects(at(object, 'status', 'loadBalancer', 'ingress'));
  return text(first?.hostname) || text(first?.ip);
};

export function ingressUrls(ingress: KubeObject): [string, string][] {
  const secure = objects(at(ingress, 'spec', 'tls')).flatMap((tls) => texts(tls.hosts));
  const urlOf = (host: string, path: string): string | undefined => {
    const shown = host && !host.startsWith('*') ? host : balancer(ingress);
    const https = secure.includes(host) || (host === '' && at(ingress, 'spec', 'tls') !== undefined);
    return shown ? join(https ? 'https' : 'http', shown, path) : undefined;
  };
  const found: [string, string][] = [];
  const add = (name: string, url: string | undefined) => {
    if (name && url) found.push([name, url]);
  };
  for (const rule of objects(at(ingress, 'spec', 'rules'))) {
    for (const path of objects(at(rule, 'http', 'paths'))) {
      add(text(at(path, 'backend', 'service', 'name')), urlOf(text(rule.host), text(path.path) || '/'));
    }
  }
  add(text(at(ingress, 'spec', 'defaultBackend', 'service', 'name')), urlOf('', '/'));
  return found;
}

async function routeUrls(route: KubeObject, gateways: Gateways): Promise<[string, string][]> {
  const parents = objects(at(route, 'spec', 'parentRefs')).filter(
    ({ kind }) => (text(kind) || 'Gateway') === 'Gateway',
  );
  const [parent] = parents;
  if (!parent) return [];
  const front = await gateways.gatewayApi(text(parent.namespace), text(parent.name), text(parent.sectionName));
  const named = texts(at(route, 'spec', 'hostnames')).find((host) => !host.startsWith('*'));
  const host = named ?? front.host;
  if (!host) return [];
  return objects(at(route, 'spec', 'rules')).flatMap((rule) => {
    const path = text(at(objects(rule.matches)[0], 'path', 'value')) || '/';
    return objects(rule.backendRefs)
      .filter(({ kind }) => (text(kind) || 'Service') === 'Service')
      .map(({ name }): [string, string] => [text(name), join(front.scheme, host, path)]);
  });
}

async function virtualServiceUrls(
  service: KubeObject,
  namespace: string,
  gateways: Gateways,
): Promise<[string, string][]> {
  const through = texts(at(service, 'spec', 'gateways')).filter((name) => name !== 'mesh');
  // Without a gateway only the mesh itself is led by it.
  if (through.length === 0) return [];
  const front = await gateways.istio(through[0]!);
  const named = texts(at(service, 'spec', 'hosts')).find((host) => !host.includes('*') && host.includes('.'));
  const host = named ?? front.host;
  if (!host) return [];
  return objects(at(service, 'spec', 'http')).flatMap((rule) => {
    const uri = at(objects(rule.match)[0], 'uri');
    const path = text(at(uri, 'prefix')) || text(at(uri, 'exact')) || '/';
    return objects(rule.route).flatMap((route): [string, string][] => {
      const [name = '', where = namespace] = text(at(route, 'destination', 'host')).split('.');
      return where === namespace && name ? [[name, join(front.scheme, host, path)]] : [];
    });
  });
}

interface Front {
  scheme: 'http' | 'https';
  /** '' where it is not known. */
  host: string;
}

/** Gateways that routes name, each asked for once. They are often in projects that a person may not read: no host then. */
class Gateways {
  readonly #kube: Kube;
  readonly #context: Context;
  readonly #namespace: string;
  readonly #asked = new Map<string, Promise<Front>>();

  constructor(kube: Kube, context: Context, namespace: string) {
    this.#kube = kube;
    this.#context = context;
    this.#namespace = namespace;
  }

  /** A gateway.networking.k8s.io Gateway; '' is the route's own namespace, and any of its listeners. */
  gatewayApi(namespace: string, name: string, section: string): Promise<Front> {
    return this.#once(`k8s/${namespace}/${name}/${section}`, async () => {
      const gateway = await this.#find('gateway.networking.k8s.io', 'Gateway', namespace || this.#namespace, name);
      const all = objects(at(gateway, 'spec', 'listeners'));
      const listeners = section ? all.filter((each) => each.name === section) : all;
      const secure = listeners.some(({ protocol }) => protocol === 'HTTPS' || protocol === 'TLS');
      const host = listeners.map((each) => text(each.hostname)).find((each) => each && !each.startsWith('*'));
      const [address] = objects(at(gateway, 'status', 'addresses'));
      return { scheme: secure ? 'https' : 'http', host: host ?? text(address?.value) };
    });
  }

  /** Istio's Gateway (`namespace/name` or a name) and the Service of the proxy that it selects. */
  istio(word: string): Promise<Front> {
    return this.#once(`istio/${word}`, async () => {
      const [namespace, name] = word.includes('/') ? word.split('/', 2) : [this.#namespace, word];
      const gateway = await this.#find('networking.istio.io', 'Gateway', namespace!, name!);
      const servers = objects(at(gateway, 'spec', 'servers'));
      const secure = servers.some((server) => server.tls !== undefined && at(server, 'tls', 'httpsRedirect') !== true);
      const host = servers
        .flatMap((server) => texts(server.hosts))
        .map((each) => each.replace(/^.*\//, ''))
        .find((each) => each && !each.includes('*'));
      if (host) return { scheme: secure ? 'https' : 'http', host };
      const proxy = await this.#find('', 'Service', 'istio-system', 'istio-ingressgateway');
      const tls = secure && portsOf(proxy ?? ({} as KubeObject)).some(({ port }) => port === 443);
      return { scheme: tls ? 'https' : 'http', host: balancer(proxy) };
    });
  }

  #once(key: string, ask: () => Promise<Front>): Promise<Front> {
    const known = this.#asked.get(key) ?? ask();
    this.#asked.set(key, known);
    return known;
  }

  async #find(group: string, kind: string, namespace: string, name: string): Promise<KubeObject | undefined> {
    try {
      const where = await served(this.#kube, this.#context, group, kind);
      return where && (await this.#kube.json<KubeObject>({ path: resourcePath(where, namespace, name) }));
    } catch (error) {
      if (error instanceof KfError && (refused(error) || error.status?.code === 404)) return undefined;
      throw error;
    }
  }
}
