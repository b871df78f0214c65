/** The node: a process tree in namespaces of its own, reached over one link. Starting it, ending it, acting inside it. */
import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Daemon, writeDaemons } from './daemons.ts';
import { here, type SlotNames, slotNames } from './layout.ts';
import { writePki } from './pki.ts';
import { releaseSlot, type State, writeState } from './state.ts';
import { alive, end, identify, must, type ProcessId, processesIn, run, sleep, until } from './system.ts';

const cgroupRoot = '/sys/fs/cgroup';
const controllers = ['cpu', 'cpuacct', 'cpuset', 'memory', 'devices', 'freezer', 'blkio', 'pids', 'systemd'];
/** Whether the machine has the one hierarchy of cgroup v2. */
export const unified = () => existsSync(join(cgroupRoot, 'cgroup.controllers'));

/** Starts the node's processes and records them; the API server is not up yet when this returns. */
export async function startNode(dir: string, state: State): Promise<void> {
  const names = slotNames(state.slot);
  mkdirSync(join(dir, 'pki'), { recursive: true });
  await writePki(state.bin, dir, names);
  writeDaemons({ run: dir, bin: state.bin, runtime: join(state.images, 'runtime') }, names);
  await sweep(names, []); // the slot is ours: what still bears its name is a killed run's
  await makeNetwork(names);
  makeCgroups(names.cgroup);
  const log = openSync(join(dir, 'log/node.log'), 'a');
  // nsenter, not `ip netns exec`: that hides the cgroups.
  const holder = spawn(
    'nsenter',
    [
      ...[`--net=/run/netns/${names.netns}`, 'unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
      ...['--propagation', 'private', 'bash', join(here, 'node.sh'), dir, names.hostIp, names.nodeLink],
    ],
    { detached: true, stdio: ['ignore', log, log], cwd: '/' },
  );
  holder.unref();
  state.holder = identify(holder.pid!);
  writeState(dir, state);
  const pid = await until("the node's first process", 5, () => firstChild(holder.pid!), 20);
  state.init = identify(pid);
  writeState(dir, state);
}

function firstChild(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')[0]);
}

async function makeNetwork(names: SlotNames): Promise<void> {
  const commands = [
    `netns add ${names.netns}`,
    `link add ${names.hostLink} type veth peer name ${names.nodeLink} netns ${names.netns}`,
    `addr add ${names.hostIp}/30 dev ${names.hostLink}`,
    `link set ${names.hostLink} up`,
    `-n ${names.netns} link set lo up`,
    `-n ${names.netns} addr add ${names.nodeIp}/30 dev ${names.nodeLink}`,
    `-n ${names.netns} link set ${names.nodeLink} up`,
    // The node itself may dial services. There is no default route: nothing leaves.
    `-n ${names.netns} route add ${names.serviceCidr} dev ${names.nodeLink}`,
    // The machine may dial pods and services.
    `route add ${names.podCidr} via ${names.nodeIp}`,
    `route add ${names.serviceCidr} via ${names.nodeIp}`,
  ];
  for (const command of commands) await must('ip', command.split(' '));
}

function makeCgroups(name: string): void {
  if (unified()) {
    const wanted = '+cpu +memory +pids +cpuset';
    writeFileSync(join(cgroupRoot, 'cgroup.subtree_control'), wanted);
    mkdirSync(join(cgroupRoot, name), { recursive: true });
    writeFileSync(join(cgroupRoot, name, 'cgroup.subtree_control'), wanted);
    return;
  }
  for (const controller of controllers) {
    if (!existsSync(join(cgroupRoot, controller))) continue;
    mkdirSync(join(cgroupRoot, controller, name), { recursive: true });
  }
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const all = readFileSync(join(cgroupRoot, 'cpuset', file), 'utf8');
    writeFileSync(join(cgroupRoot, 'cpuset', name, file), all);
  }
}

/**
 * Ends the node of a slot and takes away all that it had outside its namespaces. `state` may lack anything: what a
 * killed run left is found by the slot's names, which only the holder of the slot uses.
 */
export async function removeNode(slot: number, dir: string, state: State | undefined): Promise<void> {
  await sweep(
    slotNames(slot),
    [state?.init, state?.holder].filter((id) => id !== undefined),
  );
  await must('rm', ['-rf', '--one-file-system', dir]);
  releaseSlot(slot);
}

/** Ends the recorded processes and those in the slot's network namespace; removes that, the link and the cgroups. */
async function sweep(names: SlotNames, recorded: ProcessId[]): Promise<void> {
  const left = [...recorded];
  const bound = `/run/netns/${names.netns}`;
  if (existsSync(bound)) left.push(...processesIn('net', String(statSync(bound).ino)));
  for (const id of left) end(id);
  await until('the end of the node', 20, () => !left.some(alive), 20);
  if (existsSync(`/sys/class/net/${names.hostLink}`)) await run('ip', ['link', 'del', names.hostLink]);
  if (existsSync(bound)) await must('ip', ['netns', 'del', names.netns]);
  await until('removal of the cgroups', 10, () => removeCgroups(names.cgroup), 100);
}

/** Removes the cgroups of a slot; false while a process in them is still ending. */
function removeCgroups(name: string): boolean {
  const roots = unified() ? [''] : readdirSync(cgroupRoot);
  const gone = roots.map((controller) => {
    const dir = join(cgroupRoot, controller, name);
    return !existsSync(dir) || removeTree(dir);
  });
  return gone.every(Boolean);
}

function removeTree(dir: string): boolean {
  try {
    for (const entry of readdirSync(dir, { withFileTypes: true }))
      if (entry.isDirectory()) removeTree(join(dir, entry.name));
    rmdirSync(dir);
    return true;
  } catch {
    return !existsSync(dir);
  }
}

/** Runs a command inside the node's namespaces (network, mounts, processes). */
export function inside(state: State, command: string[]) {
  if (!alive(state.init)) throw new Error('the cluster is down; start it: npm run cluster -- up');
  return run('nsenter', ['--target', String(state.init!.pid), '--net', '--mount', '--pid', '--', ...command]);
}

/** Kills one daemon (SIGKILL) and waits until it is gone. It stays down until `startDaemon`. */
export async function killDaemon(dir: string, state: State, name: Daemon): Promise<void> {
  const script = `pid=$(cat '${join(dir, 'pids', name)}') && [ "$(cat /proc/$pid/comm)" = '${name.slice(0, 15)}' ] || exit 1
kill -9 $pid; while kill -0 $pid 2>/dev/null; do sleep 0.02; done`;
  const result = await inside(state, ['bash', '-c', script]);
  if (result.code !== 0) throw new Error(`${name} does not run: ${result.stderr.trim()}`);
}

/** Starts a daemon that `killDaemon` ended, as a child of the node's first process. */
export async function startDaemon(dir: string, state: State, name: Daemon): Promise<void> {
  const script = `setsid bash '${join(dir, 'daemons', name)}' >>'${join(dir, 'log', name)}.log' 2>&1 </dev/null &`;
  const result = await inside(state, ['bash', '-c', script]);
  if (result.code !== 0) throw new Error(`${name} was not started: ${result.stderr.trim()}`);
}

/** Throws unless a listener on the machine's side refuses, or never sees, a connection from inside the node. */
export async function checkFence(state: State): Promise<void> {
  const { hostIp } = slotNames(state.slot);
  const server = createServer((socket) => socket.destroy());
  let seen = false;
  server.on('connection', () => {
    seen = true;
  });
  await new Promise<void>((resolve) => server.listen(0, hostIp, resolve));
  const { port } = server.address() as AddressInfo;
  const dial = `exec 3<>/dev/tcp/${hostIp}/${port}`;
  const answer = await inside(state, ['timeout', '3', 'bash', '-c', dial]);
  await sleep(20);
  await new Promise((resolve) => server.close(resolve));
  if (answer.code === 0 || seen) throw new Error('the fence does not hold: the node can reach the machine');
}
