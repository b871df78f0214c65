import type { LogLink, LogTarget } from '../kube/logs.ts';

/** What a person reads of the connection: each thing once, however many logs and watches share it. */
export class FollowLink implements LogLink {
  doubts = 0;
  readonly #say: (line: string) => void;
  readonly #nameOf: (target: LogTarget) => string;
  readonly #broken = new Set<object>();
  readonly #gaps = new Set<string>();
  #told = false;

  constructor(say: (line: string) => void, nameOf: (target: LogTarget) => string) {
    this.#say = say;
    this.#nameOf = nameOf;
  }

  doubt(): void {
    this.doubts++;
  }

  lost(who: object): void {
    this.#broken.add(who);
    this.doubt();
    if (this.#told) return;
    this.#told = true;
    this.#say('connection lost; trying again');
  }

  restored(who: object): void {
    if (!this.#broken.delete(who) || this.#broken.size > 0 || !this.#told) return;
    this.#told = false;
    this.#say('connected again');
  }

  gap(target: LogTarget): void {
    const name = this.#nameOf(target);
    if (this.#gaps.has(name)) return;
    this.#gaps.add(name);
    this.#say(`lines of ${name} may be missing: the node rotated its log before they could be read`);
  }
}
