/** Logs as a kubelet keeps and serves them, in memory, with connections that break where a test wants. */
import fc from 'fast-check';
import { Exit, KfError } from '../../../shared/cli/errors.ts';
import type { Kube, KubeRequest, KubeStream } from '../../../shared/kube/kube.ts';
import type { LogInstance, LogLink } from '../../../shared/kube/logs.ts';
import { parseStamp } from '../../../shared/kube/logs-cursor.ts';

export interface Line {
  stamp: string;
  text: string;
}

/** Steps from 0 (the same nanosecond) to seconds, and a little back: two streams write one file. */
const step = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: 1, max: 2_000_000 }) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: -400_000, max: -1 }) },
  { weight: 1, arbitrary: fc.integer({ min: 500_000_000, max: 3_000_000_000 }) },
);
const text = fc.oneof(
  fc.constant(''),
  fc.string({ maxLength: 30 }).map((s) => s.replaceAll('\n', ' ')),
);

/** A log; no time comes twice but in a row, as no clock that steps back hits the same nanosecond. */
export const lines: fc.Arbitrary<Line[]> = fc
  .array(fc.tuple(step, text), { minLength: 1, maxLength: 60 })
  .map((steps) => {
    let time = 1_795_000_000_990_000_000n;
    const used = new Map<bigint, number>();
    return steps.map(([by, words], i) => {
      time += BigInt(by);
      while (used.has(time) && used.get(time) !== i - 1) time++;
      used.set(time, i);
      return { stamp: stampOf(time), text: words };
    });
  });

export function stampOf(nanos: bigint): string {
  const whole = new Date(Number(nanos / 1_000_000n)).toISOString().slice(0, 19);
  return `${whole}.${String(nanos % 1_000_000_000n).padStart(9, '0')}Z`;
}

export const textOf = (all: readonly Line[]): Buffer =>
  Buffer.from(all.map((line) => `${line.stamp} ${line.text}\n`).join(''));

/** Whole lines in chunks of about these sizes, again and again. */
export function chunksOf(text: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  for (let at = 0, i = 0; at < text.length; i++) {
    const end = text.indexOf(10, at + (sizes[i % sizes.length] ?? 1000) - 1) + 1 || text.length;
    chunks.push(text.subarray(at, end));
    at = end;
  }
  return chunks;
}

/** What one request meets: how many lines have been written when it comes, and after how many bytes it breaks. */
export interface Weather {
  grow: number;
  breakAfter: number | undefined;
  /** The server can't be reached. */
  down: boolean;
  chunk: number;
}

/** One container that writes its log while it is read, and ends with its last line. */
export class FakeLog {
  readonly asked: KubeRequest[] = [];
  readonly #all: Line[];
  readonly #weather: Weather[];
  #written = 0;
  gaps = 0;

  constructor(all: Line[], weather: Weather[]) {
    this.#all = all;
    this.#weather = weather;
  }

  #over = false;

  get instance(): LogInstance {
    return {
      place: () => 'current',
      over: () => this.#over,
      changed: async () => {},
      refresh: async () => {
        this.#over ||= this.#written >= this.#all.length;
      },
    };
  }

  get link(): LogLink {
    const count = () => {
      this.gaps++;
    };
    return { lost: () => {}, restored: () => {}, doubt: () => {}, doubts: 0, gap: count };
  }

  get kube(): Kube {
    return { stream: (request: KubeRequest) => this.#answer(request), text: async () => '' } as unknown as Kube;
  }

  async #answer(request: KubeRequest): Promise<KubeStream> {
    this.asked.push(request);
    if (this.asked.length > 300) throw new Error('asked more than 300 times: for ever');
    const calm: Weather = { grow: 1000, breakAfter: undefined, down: false, chunk: 50 };
    const weather = this.#weather.shift() ?? calm;
    if (weather.down) throw broken();
    const { sinceTime, tailLines, follow } = request.query!;
    const before = this.#written;
    const grow = Math.min(this.#all.length, this.#written + weather.grow);
    // What is written while it is followed comes too.
    this.#written = grow;
    const first = tailLines === undefined ? 0 : Math.max(0, before - Number(tailLines));
    const found = this.#all
      .slice(first, follow ? grow : before)
      .filter((line) => sinceTime === undefined || parseStamp(line.stamp)[0] >= Date.parse(String(sinceTime)) / 1000);
    const bytes = textOf(found);
    return {
      status: 200,
      headers: {},
      destroy: () => {},
      async *[Symbol.asyncIterator]() {
        const end = Math.min(bytes.length, weather.breakAfter ?? bytes.length);
        for (let at = 0; at < end; at += weather.chunk) yield bytes.subarray(at, Math.min(end, at + weather.chunk));
        if (weather.breakAfter !== undefined) throw broken();
      },
    };
  }
}

const broken = () => new KfError(Exit.unreachable, 'the connection was closed');
