import { KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import type { LogInstance } from '../kube/logs.ts';
import type { ContainerStatus, Pod } from '../resources/pod.ts';

/** A container of a pod whose log has a name of its own in the output. */
export interface Stream {
  /** `node-1`, or `node-1/sidecar`. */
  name: string;
  /** As it was last seen. */
  pod: Pod;
  container: string;
}

export function statusOf(pod: Pod, container: string): ContainerStatus | undefined {
  const { containerStatuses = [], initContainerStatuses = [] } = pod.status ?? {};
  return [...containerStatuses, ...initContainerStatuses].find((s) => s.name === container);
}

/**
 * The id of the instance whose log the kubelet serves as the container's, and as its previous one: the same choice as its own
 * (pkg/kubelet/kubelet_pods.go validateContainerLogStatus). Undefined where there is none.
 */
export function servedIds(status: ContainerStatus | undefined): { current?: string; previous?: string } {
  if (!status) return {};
  const last = status.lastState?.terminated?.containerID || undefined;
  const ended = status.state?.terminated;
  const current = status.state?.running ? status.containerID : ended ? ended.containerID || last : last;
  return { ...(current ? { current } : {}), ...(last ? { previous: last } : {}) };
}

/** One run of a container, known by its id; kept up to date by {@link PodTracker}. */
export class Instance implements LogInstance {
  readonly stream: Stream;
  readonly id: string;
  readonly #ask: (pod: Pod) => Promise<void>;
  #deleted = false;
  #wake: () => void = () => {};
  #changed: Promise<void>;

  /** @param ask looks how the pod is now, and leads to {@link update} */
  constructor(stream: Stream, id: string, ask: (pod: Pod) => Promise<void>) {
    this.#ask = ask;
    this.stream = stream;
    this.id = id;
    this.#changed = this.#next();
  }

  get #status(): ContainerStatus | undefined {
    return statusOf(this.stream.pod, this.stream.container);
  }

  place(): 'current' | 'previous' | 'gone' {
    const { current, previous } = servedIds(this.#status);
    return current === this.id ? 'current' : previous === this.id ? 'previous' : 'gone';
  }

  over(): boolean {
    const status = this.#status;
    return this.#deleted || status?.state?.running === undefined || status.containerID !== this.id;
  }

  changed(): Promise<void> {
    return this.#changed;
  }

  refresh(): Promise<void> {
    return this.#ask(this.stream.pod);
  }

  update(pod: Pod, deleted: boolean): void {
    this.stream.pod = pod;
    this.#deleted = deleted;
    this.#wake();
    this.#changed = this.#next();
  }

  #next(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}

/** Reads one instance to its end. */
export type ReadInstance = (instance: Instance) => Promise<void>;

/** Sees pods come, change and go, and has each instance of each wanted container read, one after the other. */
export class PodTracker {
  readonly #streamsOf: (pod: Pod) => Stream[];
  readonly #read: ReadInstance;
  /** By uid: the last that was seen of each pod, those that are gone too. */
  readonly #pods = new Map<string, { pod: Pod; deleted: boolean }>();
  /** By uid and container. */
  readonly #streams = new Map<string, { instances: Instance[]; last: Promise<void> }>();
  #active = 0;
  /** Called when the last reader has ended. */
  onIdle: () => void = () => {};
  /** Asks how a pod is now and gives it to {@link set}. */
  onAsk: (pod: Pod) => Promise<void> = async () => {};
  onError: (error: unknown) => void = () => {};

  /** @param streamsOf the wanted containers of a pod, in the order in which they start */
  constructor(streamsOf: (pod: Pod) => Stream[], read: ReadInstance) {
    this.#streamsOf = streamsOf;
    this.#read = read;
  }

  /** Every pod that was ever seen, as it was last. */
  get pods(): Pod[] {
    return [...this.#pods.values()].map((p) => p.pod);
  }

  /** Those that are there. */
  get present(): Pod[] {
    return [...this.#pods.values()].filter((p) => !p.deleted).map((p) => p.pod);
  }

  /** No log is being read. */
  get idle(): boolean {
    return this.#active === 0;
  }

  /** Names of the logs that are still read. */
  get reading(): string[] {
    return [...this.#streams.values()].flatMap((s) => s.instances.filter((i) => !i.over()).map((i) => i.stream.name));
  }

  set(pod: Pod, deleted = false): void {
    const uid = pod.metadata.uid ?? pod.metadata.name;
    this.#pods.set(uid, { pod, deleted });
    for (const stream of this.#streamsOf(pod)) {
      const key = `${uid}/${stream.container}`;
      const known = this.#streams.get(key) ?? { instances: [], last: Promise.resolve() };
      this.#streams.set(key, known);
      for (const instance of known.instances) instance.update(pod, deleted);
      const { current, previous } = servedIds(statusOf(pod, stream.container));
      for (const id of [previous, current]) {
        if (id === undefined || known.instances.some((i) => i.id === id)) continue;
        const instance = new Instance(stream, id, (it) => this.onAsk(it));
        instance.update(pod, deleted);
        known.instances.push(instance);
        this.#active++;
        known.last = known.last.then(() => this.#run(instance));
      }
    }
  }

  /** A whole list of what is there now: pods that are not in it are gone. */
  replace(pods: readonly Pod[]): void {
    const there = new Set(pods.map((p) => p.metadata.uid ?? p.metadata.name));
    for (const [uid, { pod, deleted }] of this.#pods) if (!there.has(uid) && !deleted) this.set(pod, true);
    for (const pod of pods) this.set(pod);
  }

  async #run(instance: Instance): Promise<void> {
    try {
      await this.#read(instance);
    } catch (error) {
      this.onError(error);
    } finally {
      if (--this.#active === 0) this.onIdle();
    }
  }
}

/** The pod as the server has it now; undefined where it can't be asked: the request for the log finds that out. */
export async function podNow(
  kube: Kube,
  namespace: string,
  pod: Pod,
  signal: AbortSignal,
): Promise<Pod | 'gone' | undefined> {
  const { name, uid } = pod.metadata;
  try {
    const path = `/api/v1/namespaces/${namespace}/pods/${name}`;
    const now = await kube.json<Pod>({ path, signal, timeoutMs: 10_000 });
    return now.metadata.uid === uid ? now : 'gone';
  } catch (error) {
    return error instanceof KfError && error.status?.code === 404 ? 'gone' : undefined;
  }
}
