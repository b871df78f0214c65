import type { Kube, KubeObject, KubeRequest } from '../kube/kube.ts';
import { pages } from '../kube/pages.ts';
import { refused } from './events.ts';
import { at } from './fields.ts';
import type { Pod } from './pod.ts';
import type { JobKind, JobState, Phase } from './resource.ts';
import { RuntimeNodes } from './runtime-nodes.ts';
import { jobWords } from './words.ts';

/** A job as a list shows it; the object itself is given up as soon as its row is made, unless it is wanted. */
export interface JobRow {
  kind: string;
  name: string;
  namespace: string;
  created: string | undefined;
  runtime: string;
  /** Its code and arguments, or its command. */
  words: string;
  state: JobState;
  object: KubeObject | undefined;
}

export interface ListQuery {
  /** undefined: all. */
  namespace: string | undefined;
  selector?: string | undefined;
  state?: Phase | undefined;
  /** Keep the objects: they are to be printed. */
  objects?: boolean;
}

/** Small, so that the first rows show soon. */
const firstPage = 100;

/**
 * A kind's jobs, page by page, in the server's order. What lies around them (pods, runtimes) is asked for once, and only
 * where some job can't be told without it; where it may not be read, the rows say less.
 */
export async function* listJobs(kube: Kube, kind: JobKind, query: ListQuery): AsyncGenerator<JobRow[]> {
  const around = new Around(kube, kind, query.namespace);
  const { namespace, selector } = query;
  const path = collection(kind, namespace);
  let first = true;
  for await (const { items, remaining } of pages(kube, path, { labelSelector: selector }, { first: firstPage })) {
    const needed = query.state !== undefined || !query.objects;
    if (needed) await around.gather(items);
    const rows = items.map((object) => rowOf(object, kind, around, query));
    if (first && remaining) await (await import('./stay-small.ts')).staySmall();
    first = false;
    yield query.state ? rows.filter((row) => row.state.phase === query.state) : rows;
  }
}

/** The request that a list of a kind begins with, where there is no selector. */
export const firstRequest = (kind: JobKind, namespace: string | undefined): KubeRequest => ({
  path: collection(kind, namespace),
  query: { limit: firstPage },
});

const collection = (kind: JobKind, namespace: string | undefined): string => {
  const within = namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `/apis/${kind.group}/${kind.versions[0]}${within}/${kind.plural}`;
};

function rowOf(object: KubeObject, kind: JobKind, around: Around, query: ListQuery): JobRow {
  const { metadata } = object;
  return {
    kind: kind.kind,
    name: metadata.name,
    namespace: metadata.namespace ?? '',
    created: metadata.creationTimestamp,
    runtime: kind.runtime(object),
    words: jobWords(object),
    state: around.stateOf(object),
    object: query.objects ? object : undefined,
  };
}

/** What is asked for beside the jobs, once a list. */
class Around {
  readonly #kube: Kube;
  readonly #kind: JobKind;
  readonly #namespace: string | undefined;
  #pods: Promise<Map<string, Pod[]> | undefined> | undefined;
  readonly #runtimes: RuntimeNodes | undefined;
  #refusals: Map<string, string> | undefined;
  #podsByJob: Map<string, Pod[]> | undefined;

  constructor(kube: Kube, kind: JobKind, namespace: string | undefined) {
    this.#kube = kube;
    this.#kind = kind;
    this.#namespace = namespace;
    if (kind.kind === 'TrainJob') this.#runtimes = new RuntimeNodes(kube, kind.versions[0]!, namespace);
  }

  async gather(jobs: readonly KubeObject[]): Promise<void> {
    if (jobs.some((job) => needsPods(this.#kind.state(job)))) this.#pods ??= this.#askPods();
    this.#podsByJob = await this.#pods;
    await this.#runtimes?.learn(jobs);
    const bare = (job: KubeObject) => !this.#podsOf(job) && this.#kind.state(job).phase === 'Pending' && hasBegun(job);
    if (this.#podsByJob && !this.#refusals && jobs.some(bare)) this.#refusals = await this.#askRefusals();
  }

  stateOf(job: KubeObject): JobState {
    const pods = this.#podsByJob && (this.#podsOf(job) ?? []);
    const state = this.#kind.state(job, pods, this.#runtimes?.of(job));
    const why = state.phase === 'Pending' && this.#refusals?.get(keyOf(job));
    return why ? { ...state, why } : state;
  }

  #podsOf = (job: KubeObject): Pod[] | undefined => this.#podsByJob?.get(keyOf(job));

  /** Quota, admission: what kept the pods of jobs that have none from being made. */
  async #askRefusals(): Promise<Map<string, string>> {
    const [{ eventsWith }, { whyCreateFailed }] = await Promise.all([import('./events.ts'), import('./why.ts')]);
    const found = new Map<string, string>();
    for (const event of await eventsWith(this.#kube, this.#namespace, { reason: 'FailedCreate', type: 'Warning' })) {
      const { name = '', namespace } = event.involvedObject ?? {};
      // A TrainJob's and a JobSet's jobs are named <job>-<step>-<index>.
      const job = event.involvedObject?.kind === 'Job' ? name.replace(/-[^-]+-\d+$/, '') : name;
      found.set(`${namespace}/${job}`, whyCreateFailed(event.message ?? ''));
    }
    return found;
  }

  async #askPods(): Promise<Map<string, Pod[]> | undefined> {
    const label = this.#kind.podSelector('').split('=')[0]!;
    const found = new Map<string, Pod[]>();
    const path = `/api/v1${this.#namespace ? `/namespaces/${encodeURIComponent(this.#namespace)}` : ''}/pods`;
    const query = { labelSelector: label, fieldSelector: 'status.phase!=Succeeded' };
    try {
      for await (const { items } of pages<Pod>(this.#kube, path, query)) {
        for (const pod of items) {
          const key = `${pod.metadata.namespace}/${pod.metadata.labels?.[label]}`;
          const same = found.get(key);
          if (same) same.push(slim(pod));
          else found.set(key, [slim(pod)]);
        }
      }
      return found;
    } catch (error) {
      if (refused(error)) return undefined;
      throw error;
    }
  }
}

/** Jobs that are done, suspended, or run on all their nodes are told by their own object. */
const needsPods = ({ phase, nodes }: JobState) =>
  phase !== 'Succeeded' && phase !== 'Suspended' && !(phase === 'Running' && nodes.ready === nodes.total);

const keyOf = ({ metadata }: KubeObject) => `${metadata.namespace}/${metadata.name}`;

/** A controller has looked at it: the pods should be there. */
const hasBegun = (job: KubeObject) => Array.isArray(at(job, 'status', 'jobsStatus')) || at(job, 'status', 'conditions');

/** The pod without what no row needs: environment, volumes, managedFields are most of it. */
function slim(pod: Pod): Pod {
  const { name, namespace, labels, annotations, creationTimestamp, deletionTimestamp } = pod.metadata;
  const kept = { name, namespace, labels, annotations, creationTimestamp, deletionTimestamp };
  const containers = (all: NonNullable<Pod['spec']>['containers']) =>
    all?.map(({ name, image, resources, restartPolicy }) => ({ name, image, resources, restartPolicy }));
  const { nodeName, schedulingGates, overhead } = pod.spec ?? {};
  return {
    metadata: kept,
    spec: {
      nodeName,
      schedulingGates,
      overhead,
      containers: containers(pod.spec?.containers),
      initContainers: containers(pod.spec?.initContainers),
    },
    status: pod.status,
  } as Pod;
}
