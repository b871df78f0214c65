/** Following 50 pods beside stern: processor time, memory, and that nothing is lost. */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import * as cluster from '../cluster/index.ts';
import { cacheDir } from '../cluster/layout.ts';
import { Counted, type Printing, startPrinters } from '../cluster/log-pods.ts';
import { must, withLock } from '../cluster/system.ts';
import { installedSuite, personEnv } from '../support/suite.ts';
import type { Row } from './table.ts';

const version = 'v1.34.0';

/** Built from its Go module, once. */
async function stern(): Promise<string> {
  const dir = join(cacheDir(), `stern-${version}`);
  return withLock(dir, async () => {
    if (!existsSync(join(dir, 'stern'))) {
      mkdirSync(dir, { recursive: true });
      const env = { ...process.env, GOBIN: dir, GOFLAGS: '-trimpath', GOWORK: 'off', CGO_ENABLED: '0' };
      await must('go', ['install', '-ldflags', '-s -w', `github.com/stern/stern@${version}`], { env, nice: true });
    }
    return join(dir, 'stern');
  });
}

interface Followed {
  cpuSeconds: number;
  peakMib: number;
  counted: Counted;
}

/** Kills the API server and brings it back, while someone follows. */
async function outage(): Promise<void> {
  await cluster.killApiServer();
  await sleep(3000);
  await cluster.startApiServer();
}

/**
 * Runs it until all lines have come, or nothing new for a minute; looks at its own figures in /proc meanwhile.
 * @param middle what happens once half of the lines have come
 */
async function follow(
  file: string,
  args: string[],
  env: Record<string, string | undefined>,
  lines: number,
  middle?: () => Promise<void>,
) {
  const child = spawn(file, args, { env: env as NodeJS.ProcessEnv, stdio: ['ignore', 'pipe', 'ignore'] });
  const found: Followed = { cpuSeconds: 0, peakMib: 0, counted: new Counted() };
  let heard = Date.now();
  child.stdout.setEncoding('latin1').on('data', (text: string) => {
    found.counted.push(text);
    heard = Date.now();
  });
  const look = () => {
    try {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
      // user and system time, in hundredths of a second on Linux.
      found.cpuSeconds = (Number(fields[11]) + Number(fields[12])) / 100;
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      found.peakMib = Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;
    } catch {
      // It has ended.
    }
  };
  let begun: Promise<void> | undefined;
  while (child.exitCode === null && found.counted.total < lines && Date.now() - heard < 60_000) {
    await sleep(100);
    look();
    if (found.counted.total > lines / 2) begun ??= middle?.();
  }
  await begun;
  await sleep(500);
  look();
  const ended = new Promise((resolve) => child.once('close', resolve));
  if (child.exitCode === null && child.kill('SIGINT')) await ended;
  return found;
}

/** The same pods' lines, first by stern, then by us, then by us while the API server is killed and comes back. */
export async function sternRows(printing: Printing, say: (line: string) => void): Promise<Row[]> {
  const ns = await cluster.namespace('bench-stern');
  try {
    const lines = printing.pods * printing.lines;
    const program = await stern();
    const { bin } = await installedSuite();
    const env = await personEnv();
    const run = async (name: string, file: string, args: string[], middle?: () => Promise<void>): Promise<Followed> => {
      say(`${lines} lines of ${printing.pods} pods, followed by ${name}`);
      await startPrinters(ns.name, name, printing);
      await sleep(printing.inSeconds * 600);
      const found = await follow(file, args, env, lines, middle);
      const { total, wrong } = found.counted;
      say(`${name}: ${total} lines, ${found.cpuSeconds.toFixed(1)} s, ${found.peakMib.toFixed(0)} MiB`);
      if (total !== lines || wrong.length > 0) say(`${name} lost or doubled lines: ${wrong.join(', ')}`);
      await cluster.kubectl(['-n', ns.name, 'delete', 'job', name, '--wait=true', '--cascade=foreground']);
      return found;
    };
    const all = ['-n', ns.name, '-l', 'job-name=stern', '--max-log-requests', '1000', '--color', 'never', '.*'];
    const theirs = await run('stern', program, all);
    const kf = (name: string) => ['logs', '-f', name, '-n', ns.name];
    const ours = await run('kf', join(bin, 'kubectl-kf'), kf('kf'));
    const killed = await run('killed', join(bin, 'kubectl-kf'), kf('killed'), outage);
    const wrongOf = ({ counted: { total, wrong } }: Followed) => Math.abs(lines - total) + wrong.length;
    const row = (what: string, a: number, b: number, bar: number, unit: string): Row => ({
      what: `logs -f, ${printing.pods} pods, ${lines} lines / stern: ${what}`,
      ratio: a / b,
      bar,
      figures: `${a.toFixed(1)} ${unit} to ${b.toFixed(1)} ${unit}`,
    });
    return [
      row('processor', ours.cpuSeconds, theirs.cpuSeconds, 1, 's'),
      row('peak memory', ours.peakMib, theirs.peakMib, 1.5, 'MiB'),
      row('lines lost, doubled or out of order', 1 + wrongOf(ours), 1, 1, '(1 is none)'),
      row('the same, the API server killed in the middle', 1 + wrongOf(killed), 1, 1, '(1 is none)'),
    ];
  } finally {
    await ns.delete();
  }
}
