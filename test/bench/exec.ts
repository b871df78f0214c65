/** Bytes through `cat` in a container and back, beside kubectl exec: the same bytes, by turns. */
import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { execNamespace } from '../cluster/exec-pods.ts';
import { personEnv } from '../support/suite.ts';
import { median, type Row } from './table.ts';

interface Passed {
  seconds: number;
  /** Of the program itself, as `time` says. */
  cpuSeconds: number;
}

/** Pipes so many MiB of random bytes through and fails where they do not come back the same. */
async function pass(words: string[], mebibytes: number): Promise<Passed> {
  const env = (await personEnv()) as NodeJS.ProcessEnv;
  const timed = ['bash', '-c', 'TIMEFORMAT="%U %S"; time "$@"', '-', 'kubectl', ...words];
  const block = randomBytes(1024 * 1024);
  const [sent, got] = [createHash('sha256'), createHash('sha256')];
  const began = performance.now();
  const child = spawn('/usr/bin/env', timed, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let length = 0;
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    length += chunk.length;
    got.update(chunk);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const closed = new Promise<number | null>((resolve) => child.on('close', resolve));
  for (let i = 0; i < mebibytes; i++) {
    // Other bytes each time, without the time that random ones take.
    block.writeUInt32LE(i, (i * 4093) % (block.length - 4));
    sent.update(block);
    if (!child.stdin.write(Buffer.from(block))) await new Promise((resolve) => child.stdin.once('drain', resolve));
  }
  child.stdin.end();
  const code = await closed;
  const seconds = (performance.now() - began) / 1000;
  if (code !== 0 || length !== mebibytes * block.length || sent.digest('hex') !== got.digest('hex'))
    throw new Error(`kubectl ${words.join(' ')}: exit ${code}, ${length} bytes came back\n${said}`);
  const [user = 0, system = 0] = said.trim().split(/\s+/).slice(-2).map(Number);
  return { seconds, cpuSeconds: user + system };
}

/** Our rate must be 0.9 of kubectl's at least: our time 1.11 of its at most. */
export async function execRows(mebibytes: number, rounds: number, say: (line: string) => void): Promise<Row[]> {
  const ns = await execNamespace('bench-exec');
  try {
    const ours: Passed[] = [];
    const theirs: Passed[] = [];
    for (let round = 0; round < rounds; round++) {
      const at = ['box', '-c', 'main', '-n', ns.name, '--', 'cat'];
      theirs.push(await pass(['exec', '-i', ...at], mebibytes));
      ours.push(await pass(['kf', 'exec', '-i', ...at], mebibytes));
      say(
        `${mebibytes} MiB: ${ours[round]!.seconds.toFixed(1)} s, kubectl exec ${theirs[round]!.seconds.toFixed(1)} s`,
      );
    }
    const row = (what: string, of: (passed: Passed) => number, bar: number): Row => {
      const [a, b] = [median(ours.map(of)), median(theirs.map(of))];
      const figures = `${a.toFixed(1)} s to ${b.toFixed(1)} s`;
      return { what: `exec of cat, ${mebibytes} MiB in and out, ${what}`, ratio: a / b, bar, figures };
    };
    return [row('time', (p) => p.seconds, 1 / 0.9), row('processor', (p) => p.cpuSeconds, 2)];
  } finally {
    await ns.delete();
  }
}
