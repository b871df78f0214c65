/** What happens to the whole cluster while several scenes go on in it: once for all of them. */

interface Scene {
  over: boolean;
  /** The act that it waits for. */
  waits: number;
}

/**
 * Acts in their order. A scene waits for the one that it needs, and does not mind those before. An act happens when all scenes that
 * are not over wait for it or for a later one; what it throws is thrown in each that waited for it.
 */
export class Acts<Name extends string> {
  readonly #acts: [Name, () => Promise<void>][];
  readonly #scenes: Scene[] = [];
  readonly #done: (Promise<void> | undefined)[] = [];
  #changed: (() => void)[] = [];

  constructor(acts: Record<Name, () => Promise<void>>) {
    this.#acts = Object.entries(acts) as [Name, () => Promise<void>][];
  }

  /** Begins a scene; all are to be begun before the first of them waits. */
  async scene(body: (act: (name: Name) => Promise<void>) => Promise<void>): Promise<void> {
    const scene = { over: false, waits: -1 };
    this.#scenes.push(scene);
    // Not at once: the others are begun first.
    await null;
    try {
      await body((name) => this.#act(scene, name));
    } finally {
      scene.over = true;
      this.#change();
    }
  }

  async #act(scene: Scene, name: Name): Promise<void> {
    const wanted = this.#acts.findIndex(([each]) => each === name);
    scene.waits = wanted;
    this.#change();
    for (let next = 0; next <= wanted; next++) {
      while (!this.#done[next] && this.#scenes.some(({ over, waits }) => !over && waits < next))
        await new Promise<void>((resolve) => this.#changed.push(resolve));
      this.#done[next] ??= this.#acts[next]![1]();
      // An earlier one's failure is for those that wanted it.
      await (next === wanted ? this.#done[next] : this.#done[next]!.catch(() => {}));
    }
  }

  #change(): void {
    const all = this.#changed;
    this.#changed = [];
    for (const call of all) call();
  }
}
