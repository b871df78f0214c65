import type { Kube, KubeObject } from '../kube/kube.ts';
import type { Pod } from '../resources/pod.ts';
import type { JobState } from '../resources/resource.ts';
import { whyPending } from '../resources/why.ts';
import type { Notice } from '../view/notice.ts';

/** How often the server is asked again why a job waits; milliseconds. */
const explainEvery = 5000;

/** What a person who follows a job reads of it while no lines come. */
export class FollowNotices {
  readonly #kube: Kube;
  readonly #namespace: string;
  readonly #name: string;
  readonly #notice: Notice;
  readonly #began: number;
  #why = '';
  #explainAt = 0;

  constructor(kube: Kube, namespace: string, name: string, notice: Notice, began: number) {
    this.#kube = kube;
    this.#namespace = namespace;
    this.#name = name;
    this.#notice = notice;
    this.#began = began;
  }

  /** What a job that is not over waits for; nothing where it runs. */
  waiting(state: JobState, job: KubeObject | undefined, pods: readonly Pod[], now: number): void {
    const { phase, why } = state;
    const seconds = Math.round((now - this.#began) / 1000);
    if (phase === 'Pending' || phase === 'Resuming' || phase === 'Restarting') {
      this.#explain(job, pods, now);
      const what = (phase === 'Restarting' ? why : this.#why || why) || phase.toLowerCase();
      const line = phase === 'Restarting' ? `restarting: ${what}` : what;
      if (seconds > 0) this.#notice.show(`waiting ${seconds}s: ${line}`, line);
    } else if (phase === 'Suspended') {
      this.#notice.show(`${this.#name} is suspended; it goes on with: kubectl kf train resume ${this.#name}`);
    } else if (phase === 'Deleting') {
      this.#notice.show(`${this.#name} is being deleted${why ? `: ${why}` : ''}`);
    } else this.#notice.clear();
  }

  /** A job that is over, whose pods are not yet. */
  stopping(state: JobState | undefined, names: readonly string[]): void {
    const what = state ? state.phase.toLowerCase() : 'was deleted';
    if (names.length) this.#notice.show(`${this.#name} ${what}; waiting for ${[...new Set(names)].join(', ')} to stop`);
  }

  /** Events and free room tell more than the pods themselves: asked for now and then, never waited for. */
  #explain(job: KubeObject | undefined, pods: readonly Pod[], now: number): void {
    if (now < this.#explainAt) return;
    this.#explainAt = now + explainEvery;
    whyPending(this.#kube, this.#namespace, pods, job).then(
      (why) => {
        this.#why = why;
      },
      () => {},
    );
  }
}
