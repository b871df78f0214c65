import pMap from 'p-map';
import type { Context } from '../cli/context.ts';
import { Exit, Interrupted, KfError } from '../cli/errors.ts';
import { allServed } from '../kube/discovery.ts';
import type { Kube } from '../kube/kube.ts';
import { at, objects, text } from './fields.ts';
import { parseQuantity } from './quantity.ts';

/** Cores and bytes. */
export interface Amounts {
  cpu: number;
  memory: number;
}

export interface PodUses {
  /** By the pod's name. */
  uses: Map<string, Amounts>;
  source: 'metrics API' | 'kubelets' | 'none';
  /** Why something lacks, in a line each. */
  lacking: string[];
  /** The server said no to all that was asked. */
  refused: boolean;
}

/**
 * What a project's pods use: from the metrics API (metrics.k8s.io) where there is one that answers, otherwise from the kubelets of
 * their nodes (stats/summary, through the API server). Memory is the working set, as the kubelet's evictions count it.
 * @param nodes those that run the pods
 */
export async function podUses(kube: Kube, context: Context, nodes: readonly string[]): Promise<PodUses> {
  const lacking: string[] = [];
  const groups = await allServed(kube, context).catch(() => []);
  if (groups.some(({ name }) => name === 'metrics.k8s.io')) {
    const path = `/apis/metrics.k8s.io/v1beta1/namespaces/${encodeURIComponent(kube.namespace)}/pods`;
    try {
      const { items } = await kube.json<{ items?: unknown[] }>({ path, once: true });
      return { uses: new Map(objects(items).map(metricOf)), source: 'metrics API', lacking, refused: false };
    } catch (error) {
      lacking.push(`the metrics API ${whyNot(error)}`);
    }
  } else lacking.push('the cluster has no metrics API');
  return fromKubelets(kube, context, nodes, lacking);
}

/** metrics.k8s.io/v1beta1 PodMetrics. */
export function metricOf(metrics: Record<string, unknown>): [string, Amounts] {
  const containers = objects(metrics.containers);
  const sum = (resource: string) =>
    containers.reduce((all, each) => all + (parseQuantity(at(each, 'usage', resource)) ?? 0), 0);
  return [text(at(metrics, 'metadata', 'name')), { cpu: sum('cpu'), memory: sum('memory') }];
}

/** Kubelets that are asked at once, and milliseconds for each. */
const atOnce = 8;
const patienceMs = 10_000;

async function fromKubelets(
  kube: Kube,
  context: Context,
  nodes: readonly string[],
  lacking: string[],
): Promise<PodUses> {
  const uses = new Map<string, Amounts>();
  let [answered, refused] = [0, 0];
  const ask = async (node: string) => {
    // What is refused for one is for all.
    if (refused > 0 || context.signal.aborted) return;
    const path = `/api/v1/nodes/${encodeURIComponent(node)}/proxy/stats/summary`;
    const query = { only_cpu_and_memory: true };
    try {
      const summary = await kube.json({ path, query, once: true, timeoutMs: patienceMs });
      for (const [name, amounts] of summaryUses(summary, kube.namespace)) uses.set(name, amounts);
      answered++;
    } catch (error) {
      if (!(error instanceof KfError && error.exit === Exit.forbidden))
        lacking.push(`the kubelet of ${node} ${whyNot(error)}`);
      else if (refused++ === 0) lacking.push(`the kubelets ${whyNot(error)}`);
    }
  };
  await pMap(nodes, ask, { concurrency: atOnce });
  const source = answered > 0 || nodes.length === 0 ? 'kubelets' : 'none';
  return {
    uses,
    source,
    lacking: source === 'kubelets' && refused === 0 ? lacking.slice(1) : lacking,
    refused: refused > 0,
  };
}

/** k8s.io/kubelet stats/v1alpha1 Summary: the pods of one namespace. */
export function summaryUses(summary: unknown, namespace: string): [string, Amounts][] {
  return objects(at(summary, 'pods'))
    .filter((pod) => at(pod, 'podRef', 'namespace') === namespace)
    .map((pod) => {
      const parts = objects(pod.containers);
      const number = (value: unknown) => (typeof value === 'number' && value > 0 ? value : 0);
      const of = (whole: unknown, part: (container: unknown) => unknown) =>
        number(whole) || parts.reduce((all: number, each) => all + number(part(each)), 0);
      const cpu = of(at(pod, 'cpu', 'usageNanoCores'), (each) => at(each, 'cpu', 'usageNanoCores')) / 1e9;
      const memory = of(at(pod, 'memory', 'workingSetBytes'), (each) => at(each, 'memory', 'workingSetBytes'));
      return [text(at(pod, 'podRef', 'name')), { cpu, memory }];
    });
}

function whyNot(error: unknown): string {
  if (!(error instanceof KfError) || error instanceof Interrupted) throw error;
  if (error.exit === Exit.forbidden) return `may not be read: ${error.message.replace(/^not allowed: /, '')}`;
  return `does not answer: ${error.message}`;
}
