/** What a machine must have for the real cluster. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { binariesDir } from './binaries.ts';
import { containerdSocket } from './daemons.ts';
import { imagesDir } from './images.ts';
import { runDir } from './layout.ts';
import { which } from './system.ts';

/** A thing that is not there, and what to do about it. */
export type Lack = { missing: string; remedy: string };

const elsewhere = 'or use a cluster you have: KF_TEST_CONTEXT=<context>';

/** All that is missing here, the most basic first; empty when the cluster can be started. Looks only; quick. */
export function preflight(): Lack[] {
  if (process.platform !== 'linux') return [{ missing: 'Linux', remedy: `run it on Linux, ${elsewhere}` }];
  if (process.getuid?.() !== 0) return [{ missing: 'root', remedy: `run it as root (sudo), ${elsewhere}` }];
  const lacks: Lack[] = [];
  const lack = (missing: string, remedy: string) => lacks.push({ missing, remedy });
  const built = existsSync(binariesDir());
  if (!(built && existsSync(imagesDir()))) {
    if (!goIsNew()) lack('Go 1.21 or later', 'install it: https://go.dev/dl'); // which fetches the Go that go.mod asks for
    if (!which('apt-get') || !which('dpkg-deb')) lack('Debian or Ubuntu (apt-get)', `run it there, ${elsewhere}`);
  }
  for (const [program, from] of [
    ['ip', 'iproute2'],
    ['nsenter', 'util-linux'],
    ['unshare', 'util-linux'],
    ['mount', 'mount'],
    ['bash', 'bash'],
    ['tar', 'tar'],
  ] as const)
    if (!which(program)) lack(program, `apt-get install ${from}`);
  if (!capable(21))
    lack('CAP_SYS_ADMIN', `this container may not make namespaces: run it with --privileged, ${elsewhere}`);
  lacks.push(...cgroups());
  if (!/^nodev\toverlay$/m.test(read('/proc/filesystems'))) lack('overlayfs', 'modprobe overlay');
  const socket = containerdSocket(runDir());
  if (socket.length > 100) lack(`a short path (${socket} is too long for a socket)`, 'set KF_CACHE to a shorter one');
  return lacks;
}

function goIsNew(): boolean {
  const version = which('go') ? spawnSync('go', ['version'], { encoding: 'utf8', cwd: '/' }).stdout : '';
  const minor = version?.match(/ go1\.(\d+)/)?.[1];
  return minor !== undefined && Number(minor) >= 21;
}

function cgroups(): Lack[] {
  const root = '/sys/fs/cgroup';
  const v2 = existsSync(join(root, 'cgroup.controllers'));
  const has = (name: string) =>
    v2 ? read(join(root, 'cgroup.controllers')).split(/\s+/).includes(name) : existsSync(join(root, name));
  const absent = ['cpu', 'cpuset', 'memory', 'pids'].filter((name) => !has(name));
  if (absent.length > 0) return [{ missing: `cgroup controllers ${absent.join(', ')}`, remedy: elsewhere.slice(3) }];
  try {
    accessSync(v2 ? join(root, 'cgroup.subtree_control') : join(root, 'cpu'), constants.W_OK);
  } catch {
    return [{ missing: 'writable cgroups', remedy: `mount ${root} read-write, ${elsewhere}` }];
  }
  return [];
}

/** Whether this process has a capability, by its number in capability.h. */
function capable(number: number): boolean {
  const mask = read('/proc/self/status').match(/^CapEff:\s*([0-9a-f]+)$/m)?.[1];
  return mask !== undefined && ((BigInt(`0x${mask}`) >> BigInt(number)) & 1n) === 1n;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
