import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { pages } from '../kube/pages.ts';
import type { ComponentKind } from './component.ts';
import { objects, record } from './fields.ts';
import type { Container, Pod } from './pod.ts';
import { type Amounts, type PodUses, podUses } from './pod-use.ts';
import { listComponents } from './project.ts';
import { ProjectPods } from './project-pods.ts';
import { parseQuantity } from './quantity.ts';

/** What pods ask for; a limit is undefined where a container has none. */
export interface Asks {
  requests: Amounts;
  limits: { cpu: number | undefined; memory: number | undefined };
  gpus: number;
}

/** What a component's pods, or one pod, use of what they ask for. */
export interface UseRow extends Asks {
  /** `deployment/web` */
  label: string;
  object: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>;
  /** Pods that run. */
  pods: number;
  /** Undefined where nothing tells. */
  used: Amounts | undefined;
  nodes: string[];
}

export interface UseAnswer {
  rows: UseRow[];
  source: PodUses['source'];
  lacking: string[];
  refused: boolean;
}

/** One pod, as far as it matters here. */
interface PodAsks extends Asks {
  node: string;
}

const runs = (pod: Pod) => pod.status?.phase === 'Running' && pod.spec?.nodeName !== undefined;

/** The use of everything that runs in the project, a row for each component at its root. Throws KfError: exit 4 where pods may not be listed. */
export async function projectUse(kube: Kube, context: Context, selector?: string): Promise<UseAnswer> {
  const path = `/api/v1/namespaces/${encodeURIComponent(kube.namespace)}/pods`;
  const all = new ProjectPods();
  const asks = new Map<string, PodAsks>();
  const unclaimed = new Map<string, Pod['metadata']>();
  for await (const { items } of pages<Pod & KubeObject>(kube, path, { fieldSelector: 'status.phase=Running' })) {
    for (const pod of items) {
      if (!runs(pod)) continue;
      all.add(pod);
      asks.set(pod.metadata.name, { ...asksOf(pod), node: pod.spec?.nodeName ?? '' });
      const { name, namespace } = pod.metadata;
      unclaimed.set(name, { name, ...(namespace ? { namespace } : {}) });
    }
  }
  const nodes = [...new Set([...asks.values()].map(({ node }) => node))];
  const answer = await podUses(kube, context, nodes);
  const rows: UseRow[] = [];
  const row = (label: string, object: UseRow['object'], names: readonly string[]) => {
    const live = names.filter((name) => asks.has(name));
    if (live.length > 0) rows.push(together(label, object, live, asks, answer));
    for (const name of live) unclaimed.delete(name);
  };
  const kinds = ({ kind }: ComponentKind) => kind !== 'Pod';
  const lacking = [...answer.lacking];
  for await (const { kind, items, refused } of listComponents(kube, context, { kinds, selector })) {
    if (refused) lacking.push(refused);
    for (const object of items) {
      const { apiVersion, metadata } = object;
      const names = all.of({ kind, object }).map((pod) => pod.metadata.name);
      row(`${kind.kind.toLowerCase()}/${metadata.name}`, { apiVersion, kind: kind.kind, metadata }, names);
    }
  }
  // Bare pods, and those whose component may not be read.
  for (const metadata of selector ? [] : [...unclaimed.values()]) {
    row(`pod/${metadata.name}`, { apiVersion: 'v1', kind: 'Pod', metadata }, [metadata.name]);
  }
  return { rows, source: answer.source, lacking, refused: answer.refused };
}

/** The use of each of these pods. */
export async function useOfPods(kube: Kube, context: Context, pods: readonly Pod[]): Promise<UseAnswer> {
  const live = [...new Map(pods.filter(runs).map((pod) => [pod.metadata.name, pod])).values()];
  const asks = new Map(live.map((pod) => [pod.metadata.name, { ...asksOf(pod), node: pod.spec?.nodeName ?? '' }]));
  const answer = await podUses(kube, context, [...new Set([...asks.values()].map(({ node }) => node))]);
  const rows = live.map(({ metadata }) =>
    together(`pod/${metadata.name}`, { apiVersion: 'v1', kind: 'Pod', metadata }, [metadata.name], asks, answer),
  );
  return { rows, source: answer.source, lacking: answer.lacking, refused: answer.refused };
}

function together(
  label: string,
  object: UseRow['object'],
  names: readonly string[],
  asks: ReadonlyMap<string, PodAsks>,
  { uses }: PodUses,
): UseRow {
  const each = names.map((name) => asks.get(name)!);
  const used = names.map((name) => uses.get(name)).filter((use) => use !== undefined);
  const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);
  return {
    label,
    object,
    pods: names.length,
    used: used.length > 0 ? { cpu: sum(used.map((u) => u.cpu)), memory: sum(used.map((u) => u.memory)) } : undefined,
    nodes: [...new Set(each.map(({ node }) => node))],
    ...sumAsks(each),
  };
}

function sumAsks(each: readonly Asks[]): Asks {
  const total = (of: (asks: Asks) => number) => each.reduce((all, asks) => all + of(asks), 0);
  const limit = (of: (asks: Asks) => number | undefined) => {
    const limits = each.map(of);
    return limits.includes(undefined) ? undefined : limits.reduce((all: number, value) => all + value!, 0);
  };
  return {
    requests: { cpu: total((a) => a.requests.cpu), memory: total((a) => a.requests.memory) },
    limits: { cpu: limit((a) => a.limits.cpu), memory: limit((a) => a.limits.memory) },
    gpus: total((a) => a.gpus),
  };
}

/** What a pod that runs asks for: of its containers and the init containers that run beside them. */
export function asksOf(pod: Pod): Asks {
  const beside = objects(pod.spec?.initContainers).filter((each) => each.restartPolicy === 'Always');
  const containers = [...objects(pod.spec?.containers), ...beside] as unknown as Container[];
  const each = containers.map(({ resources }): Asks => {
    const [requests, limits] = [record(resources?.requests), record(resources?.limits)];
    const amount = (of: Record<string, unknown>, name: string) => parseQuantity(of[name]);
    const request = (name: string) => amount(requests, name) ?? amount(limits, name) ?? 0;
    const gpus = Object.keys({ ...requests, ...limits }).filter((name) => /(^|[./-])gpu$/.test(name));
    return {
      requests: { cpu: request('cpu'), memory: request('memory') },
      limits: { cpu: amount(limits, 'cpu'), memory: amount(limits, 'memory') },
      gpus: gpus.reduce((all, name) => all + request(name), 0),
    };
  });
  return sumAsks(each);
}

/** Says that nothing tells what is used, and why. */
export function noUse({ lacking, refused }: UseAnswer): KfError {
  return new KfError(
    refused ? Exit.forbidden : Exit.failed,
    'nothing tells what is used: only what is asked for is shown',
    {
      details: lacking.map((line) => `  ${line}`),
      hint: 'who runs the cluster can install the metrics API (metrics-server), or let you read nodes/proxy',
    },
  );
}
