/** Jobs whose logs the tests follow, and what must be in them. */
import { writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { folder } from '../support/suite.ts';
import * as cluster from './index.ts';
import { makeRuntime } from './runtimes.ts';

async function must(args: string[], input?: string): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl(args, input === undefined ? {} : { input });
  assert.is(code, 0, stderr);
  return stdout;
}

/** A namespace with two runtimes: under `once` a rank that fails ends the job, under `again` it is started again. */
export async function followNamespace(prefix: string): Promise<{ name: string; delete(): Promise<void> }> {
  const ns = await cluster.namespace(prefix);
  await makeRuntime(ns.name, 'once', 'end');
  await makeRuntime(ns.name, 'again', 'again');
  return ns;
}

/** Python that knows its rank as `r`. */
export async function startJob(ns: string, name: string, nodes: number, code: string, runtime = 'once'): Promise<void> {
  const head = 'import os, sys, time\nr = int(os.environ["JOB_COMPLETION_INDEX"])\n';
  const runtimeRef = { name: runtime, kind: 'TrainingRuntime' };
  const job = {
    apiVersion: 'trainer.kubeflow.org/v1alpha1',
    kind: 'TrainJob',
    metadata: { name },
    spec: { runtimeRef, trainer: { numNodes: nodes, command: ['python3', '-c', head + code] } },
  };
  // Trainer's webhook asks a cache: where the API server was away it hears of a new runtime late.
  await cluster.until(`TrainJob ${name}`, 90, async () => {
    const { code, stderr } = await cluster.kubectl(['-n', ns, 'apply', '-f', '-'], { input: JSON.stringify(job) });
    if (!stderr.includes('must be created before the TrainJob')) assert.is(code, 0, stderr);
    return code === 0;
  });
}

/** The lines of one rank, without its name. */
export const linesOf = (stdout: string, rank: string): string[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith(`${rank} | `))
    .map((line) => line.slice(rank.length + 3));

/** Each rank printed `<rank> <number>` from 0 on: all of them are there, once and in order, and nothing else is. */
export function assertWhole(stdout: string, ranks: number, lines: number): void {
  let total = 0;
  for (let rank = 0; rank < ranks; rank++) {
    const found = linesOf(stdout, `node-${rank}`);
    const wrong = found.findIndex((line, i) => line !== `${rank} ${i}`);
    const at = wrong < 0 ? '' : `line ${wrong} is "${found[wrong]}" after "${found[wrong - 1]}"`;
    assert.is(at, '', `node-${rank}: ${at}`);
    assert.is(found.length, lines, `node-${rank}: ${found.length} lines of ${lines}`);
    total += found.length;
  }
  assert.is(stdout.split('\n').length - 1, total, 'other lines');
}

export interface TcpProxy {
  /** The administrator's, through the proxy. */
  kubeconfig: string;
  /** Breaks every connection that is open. */
  cut(): void;
  /** From now on the open connections say nothing any more, and are not closed; new ones work. */
  freeze(): void;
  /** Connections that were made so far. */
  made(): number;
  close(): void;
}

/** A TCP proxy on the loopback in front of the API server. */
export async function tcpProxy(): Promise<TcpProxy> {
  const config = JSON.parse(await must(['config', 'view', '--minify', '--flatten', '--raw', '-o', 'json']));
  const target = new URL(config.clusters[0].cluster.server);
  const pairs = new Set<[Socket, Socket]>();
  let made = 0;
  const server = createServer((near) => {
    made++;
    const far = connect(Number(target.port || 443), target.hostname);
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    for (const socket of pair) {
      socket.on('error', () => {});
      socket.on('close', () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    near.pipe(far);
    far.pipe(near);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  Object.assign(config.clusters[0].cluster, {
    server: `https://127.0.0.1:${port}`,
    'tls-server-name': 'kubernetes.default.svc',
  });
  const kubeconfig = join(folder(), 'config');
  writeFileSync(kubeconfig, JSON.stringify(config));
  const cut = () => {
    for (const pair of [...pairs]) for (const socket of pair) socket.resetAndDestroy();
  };
  return {
    kubeconfig,
    cut,
    freeze: () => {
      for (const [near, far] of pairs) {
        near.unpipe(far);
        far.unpipe(near);
        near.pause();
        far.pause();
      }
    },
    made: () => made,
    close: () => {
      server.close();
      cut();
    },
  };
}
