import type { Context } from '../cli/context.ts';
import { Exit, Interrupted, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { listWatch } from '../kube/watch-list.ts';
import { describeLeft, type Left } from './left.ts';
import type { OwnedNode } from './owned.ts';

export interface GoneOptions {
  /** Milliseconds; 0 waits without end. */
  timeoutMs: number;
  /** Called about once a second while it waits, and at each change. */
  onLeft?: (left: Left, waitedMs: number) => void;
  /** One line: the server can't be reached, or can again; what can't be seen going. */
  onTrouble?: (message: string) => void;
}

/**
 * Waits until all of the objects are gone, and what they or their controllers made meanwhile, by watching. Other objects of their
 * names do not count.
 * @param what `notebook/mine`: what the error names
 * Throws KfError: exit 5 when timeoutMs has passed, 130 on Ctrl-C.
 */
export const waitUntilGone = (
  kube: Kube,
  context: Context,
  what: string,
  nodes: readonly OwnedNode[],
  options: GoneOptions,
): Promise<void> => new Waiter(kube, context, what, nodes, options).run();

/** Objects of a kind that are asked for one by one where the kind may not be listed. */
const few = 20;

class Waiter {
  readonly #kube: Kube;
  readonly #context: Context;
  readonly #what: string;
  readonly #options: GoneOptions;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  /** By uid; what is seen to be made by one of them joins them. */
  readonly #left = new Map<string, KubeObject>();
  /** Those that were ever among them. */
  readonly #ours: Set<string>;
  readonly #names: Set<string>;
  /** Uids of all that is seen to be there. */
  readonly #present = new Set<string>();
  /** By uid: made since, by what may yet be seen to be ours, as each kind has its own watch. */
  readonly #late = new Map<string, KubeObject>();
  /** When the youngest of them was made, by the server's clock. */
  readonly #since: string;
  readonly #lists = new Map<string, OwnedNode[]>();
  readonly #unknown: Set<string>;
  #error: unknown;
  #wake: () => void = () => {};

  constructor(kube: Kube, context: Context, what: string, nodes: readonly OwnedNode[], options: GoneOptions) {
    this.#kube = kube;
    this.#context = context;
    this.#what = what;
    this.#options = options;
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal]);
    for (const node of nodes) {
      const list = node.path.slice(0, node.path.lastIndexOf('/'));
      this.#lists.set(list, [...(this.#lists.get(list) ?? []), node]);
      this.#left.set(node.object.metadata.uid ?? node.path, node.object);
    }
    this.#ours = new Set(this.#left.keys());
    this.#names = new Set(nodes.map(({ kind, name }) => `${kind}/${name}`));
    this.#since =
      nodes
        .map(({ object }) => object.metadata.creationTimestamp ?? '')
        .sort()
        .pop() ?? '';
    this.#unknown = new Set(this.#lists.keys());
  }

  async run(): Promise<void> {
    for (const [path, nodes] of this.#lists) {
      this.#watch(path, nodes).catch((error) => {
        if (!this.#signal.aborted) this.#error ??= error;
        this.#wake();
      });
    }
    const began = this.#context.now();
    const { timeoutMs, onLeft } = this.#options;
    try {
      for (;;) {
        if (this.#error !== undefined) throw this.#error;
        const still = this.#still();
        if (this.#unknown.size === 0 && still.length === 0) return;
        const waited = this.#context.now() - began;
        if (timeoutMs && waited >= timeoutMs) throw this.#timedOut();
        if (this.#unknown.size === 0) onLeft?.(describeLeft(still), waited);
        await this.#change(timeoutMs ? Math.min(1000, timeoutMs - waited) : 1000);
      }
    } catch (error) {
      if (this.#context.signal.aborted) throw new Interrupted();
      throw error;
    } finally {
      this.#stop.abort();
    }
  }

  /** One watch for each list; of one object alone where there is but one and nothing makes others. */
  async #watch(path: string, nodes: readonly OwnedNode[]): Promise<void> {
    const [node] = nodes;
    const alone = nodes.length === 1 && node!.kind !== 'Pod';
    const query = alone ? { fieldSelector: `metadata.name=${node!.name}` } : {};
    const { sleep, now } = this.#context;
    const onTrouble = (message: string) => this.#options.onTrouble?.(message);
    const how = { signal: this.#signal, sleep, now, onTrouble, onRestored: () => onTrouble('connected again') };
    const seen = new Set<string>();
    try {
      for await (const event of listWatch(this.#kube, path, query, how)) {
        if (event.type === 'SYNCED') {
          for (const { object } of nodes) if (!seen.has(object.metadata.uid ?? '')) this.#gone(object.metadata.uid);
          this.#unknown.delete(path);
        } else {
          const { uid = '' } = event.object.metadata;
          seen.add(uid);
          if (event.type === 'DELETED') this.#gone(uid);
          else this.#note({ ...event.object, kind: node!.kind });
        }
        this.#wake();
      }
    } catch (error) {
      if (!(error instanceof KfError)) throw error;
      if (error.exit === Exit.notFound) return this.#allGone(path, nodes);
      if (error.exit !== Exit.forbidden) throw error;
      await this.#ask(path, nodes);
    }
  }

  /** A controller that has not heard of a deletion makes what goes anew: that is to go too. */
  #note(object: KubeObject): void {
    const { uid = '', ownerReferences = [], creationTimestamp = '' } = object.metadata;
    this.#present.add(uid);
    if (!this.#ours.has(uid) && !ownerReferences.some((ref) => this.#ours.has(ref.uid))) {
      if (ownerReferences.length > 0 && creationTimestamp >= this.#since) this.#late.set(uid, object);
      return;
    }
    this.#left.set(uid, object);
    this.#late.delete(uid);
    if (this.#ours.has(uid)) return;
    this.#ours.add(uid);
    for (const each of [...this.#late.values()]) this.#note(each);
  }

  #gone(uid: string | undefined): void {
    if (uid !== undefined) for (const all of [this.#left, this.#late, this.#present]) all.delete(uid);
  }

  /**
   * What is left: also what was made for one of ours that was made anew and is gone before it was seen (JobSet does so with a Job, for
   * some milliseconds).
   */
  #still(): KubeObject[] {
    const orphan = ({ metadata }: KubeObject) =>
      metadata.ownerReferences?.some(
        ({ kind, name, uid }) => this.#names.has(`${kind}/${name}`) && !this.#present.has(uid),
      );
    return [...this.#left.values(), ...[...this.#late.values()].filter(orphan)];
  }

  #allGone(path: string, nodes: readonly OwnedNode[]): void {
    for (const { object, kind, name } of nodes) {
      this.#gone(object.metadata.uid);
      // Others of its name may not be seen.
      this.#names.delete(`${kind}/${name}`);
    }
    this.#unknown.delete(path);
    this.#wake();
  }

  /** Who may not list and watch a kind may perhaps read its objects: a few of them are asked for once a second. */
  async #ask(path: string, nodes: readonly OwnedNode[]): Promise<void> {
    const kind = path.slice(path.lastIndexOf('/') + 1);
    let there = nodes.slice(0, few);
    while (there.length > 0 && !this.#signal.aborted) {
      const still: OwnedNode[] = [];
      for (const node of there) {
        const { uid } = node.object.metadata;
        try {
          const object = await this.#kube.json<KubeObject>({ path: node.path, signal: this.#signal });
          if (object.metadata.uid !== uid) throw new KfError(Exit.notFound, 'another of its name');
          this.#left.set(uid ?? node.path, object);
          still.push(node);
        } catch (error) {
          if (!(error instanceof KfError) || (error.exit !== Exit.notFound && error.exit !== Exit.forbidden))
            throw error;
          if (error.exit === Exit.forbidden) {
            this.#options.onTrouble?.(`you may not read ${kind}: they are not waited for`);
            return this.#allGone(path, nodes);
          }
          this.#gone(uid);
        }
      }
      this.#unknown.delete(path);
      this.#wake();
      there = still;
      if (there.length > 0) await this.#context.sleep(1000, this.#signal);
    }
    this.#allGone(path, nodes);
  }

  #timedOut(): KfError {
    const { held, text } = describeLeft(this.#still());
    const { timeoutMs } = this.#options;
    const why = this.#unknown.size > 0 ? 'the server has not said what is left' : text;
    return new KfError(Exit.unreachable, `${this.#what} is not gone after ${timeoutMs / 1000}s: ${why}`, {
      details: held.slice(0, 10).map((line) => `  ${line}`),
      hint:
        held.length > 0
          ? 'it goes by itself once that has happened'
          : 'it goes on by itself; what is left: kubectl kf status',
    });
  }

  async #change(ms: number): Promise<void> {
    const woken = new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    const turn = new AbortController();
    const pause = this.#context.sleep(ms, AbortSignal.any([this.#signal, turn.signal])).catch((error) => {
      if (!turn.signal.aborted) throw error;
    });
    await Promise.race([woken, pause]).finally(() => turn.abort());
  }
}
