/** Pods that print much, and what must have come of it. */
import * as assert from 'uvu/assert';
import * as cluster from './index.ts';

export interface Printing {
  pods: number;
  /** Of each pod. */
  lines: number;
  /** Lines a second of each pod. */
  rate: number;
  /** All begin so many seconds from now: time for the pods to start and to be followed. */
  inSeconds: number;
}

/** An indexed Job; each pod prints `<index> <number> …` from 0 on, a line in a write of its own or as many as are due. */
export async function startPrinters(ns: string, name: string, printing: Printing): Promise<void> {
  const { pods, lines, rate, inSeconds } = printing;
  const code = `import os, time
r = os.environ["JOB_COMPLETION_INDEX"]
time.sleep(max(0, ${Date.now() / 1000 + inSeconds} - time.time()))
began = time.time(); i = 0
while i < ${lines}:
  due = min(${lines}, int((time.time() - began + 0.02) * ${rate}))
  os.write(1, "".join(f"{r} {k} the quick brown fox jumps over the lazy dog\\n" for k in range(i, due)).encode())
  i = max(i, due); time.sleep(0.02)
time.sleep(2)`;
  const container = {
    name: 'main',
    image: 'local.test/python:1',
    command: ['python3', '-c', code],
    resources: { requests: { cpu: '1m', memory: '1Mi' } },
  };
  const job = {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      completionMode: 'Indexed',
      completions: pods,
      parallelism: pods,
      backoffLimit: 0,
      template: { spec: { restartPolicy: 'Never', terminationGracePeriodSeconds: 0, containers: [container] } },
    },
  };
  await apply(ns, job);
}

export async function apply(ns: string, object: object): Promise<void> {
  const { code, stderr } = await cluster.kubectl(['-n', ns, 'apply', '-f', '-'], { input: JSON.stringify(object) });
  assert.is(code, 0, stderr);
}

/** Counts lines as they come, without keeping them. */
export class Counted {
  total = 0;
  /** The first few that are lost, doubled or out of order. */
  readonly wrong: string[] = [];
  readonly #next = new Map<string, number>();
  #rest = '';

  push(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop()!;
    for (const line of lines) {
      const [, pod, number] = /(?:^|\s)(\d+) (\d+) the quick brown fox/.exec(line) ?? [];
      if (pod === undefined) continue;
      this.total++;
      const due = this.#next.get(pod) ?? 0;
      if (Number(number) !== due && this.wrong.length < 5) this.wrong.push(`${pod}: ${number} in place of ${due}`);
      this.#next.set(pod, Number(number) + 1);
    }
  }
}

/** Each line of each pod once and in order. */
export function assertPrinted(stdout: string, { pods, lines }: Pick<Printing, 'pods' | 'lines'>): void {
  const counted = new Counted();
  counted.push(stdout);
  assert.equal(counted.wrong, []);
  assert.is(counted.total, pods * lines);
}
