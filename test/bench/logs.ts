import { spawn } from 'node:child_process';
import { followNamespace, startJob } from '../cluster/follow-jobs.ts';
import { kubectl } from '../cluster/index.ts';
import { personEnv } from '../support/suite.ts';
import type { Row } from './table.ts';

/** One program that follows the logs of a job that is over: how long, how much processor time, how many of its lines came. */
export interface Followed {
  name: string;
  seconds: number;
  /** Of the program itself. */
  cpuSeconds: number;
  lines: number;
}

/**
 * Two pods print so many lines each, as fast as they can; then `kubectl kf train logs` and `kubectl logs` read all of them, and the figures are
 * set beside each other.
 */
export async function logs(lines: number, say: (line: string) => void): Promise<Followed[]> {
  const ns = await followNamespace('bench-logs');
  try {
    const code = `o = open(1, 'w', buffering=65536)
for i in range(${lines}): o.write('%d %d\\n' % (r, i))
o.flush(); time.sleep(2)`;
    await startJob(ns.name, 'fast', 2, code);
    say(`${2 * lines} lines from two pods, followed as they are written`);
    const found = [await measure('kubectl kf train logs -f', ['kf', 'train', 'logs', '-f', 'fast', '-n', ns.name])];
    say('the same lines, read again');
    found.push(await measure('kubectl kf train logs', ['kf', 'train', 'logs', 'fast', '-n', ns.name]));
    const selector = 'jobset.sigs.k8s.io/jobset-name=fast';
    const plain = ['logs', '-n', ns.name, '-l', selector, '--tail=-1', '--prefix'];
    found.push(await measure('kubectl logs --prefix', plain));
    const { stdout } = await kubectl(['-n', ns.name, 'get', 'pods', '-l', selector, '-o', 'name']);
    if (stdout.trim().split('\n').length !== 2) throw new Error('the pods are gone');
    return found;
  } finally {
    await ns.delete();
  }
}

/** Reading the same logs: our time and processor time against kubectl's, which neither merges nor follows to the end. */
export async function logRows(lines: number, say: (line: string) => void): Promise<Row[]> {
  const [followed, ours, plain] = await logs(lines, say);
  if (!followed || !ours || !plain) throw new Error('nothing was measured');
  for (const each of [followed, ours, plain])
    if (each.lines !== 2 * lines) throw new Error(`${each.name}: ${each.lines} of ${2 * lines} lines`);
  say(`followed while they were written, the start of the pods included: ${followed.seconds.toFixed(1)} s`);
  const row = (what: string, a: number, b: number): Row => ({
    what: `train logs, ${2 * lines} lines: ${what}`,
    ratio: a / b,
    bar: 1.1,
    figures: `${a.toFixed(2)} s, kubectl logs ${b.toFixed(2)} s`,
  });
  return [row('time', ours.seconds, plain.seconds), row('processor', ours.cpuSeconds, plain.cpuSeconds)];
}

async function measure(name: string, args: string[]): Promise<Followed> {
  const env = await personEnv();
  const began = performance.now();
  const child = spawn(
    '/usr/bin/env',
    ['bash', '-c', 'TIMEFORMAT="%U %S"; time "$@" 2>/dev/null', '-', 'kubectl', ...args],
    {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let lines = 0;
  let times = '';
  child.stdout.on('data', (chunk: Buffer) => {
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1)) lines++;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    times += chunk.toString();
  });
  await new Promise((resolve) => child.on('close', resolve));
  const [user = 0, system = 0] = times.trim().split(/\s+/).map(Number);
  return { name, seconds: (performance.now() - began) / 1000, cpuSeconds: user + system, lines };
}
