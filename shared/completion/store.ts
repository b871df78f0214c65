import { mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Context } from '../cli/context.ts';
import type { KubeFlags } from '../kube/kube.ts';
import { kubeconfigFiles } from '../kube/merge.ts';
import type { Candidate } from './answer.ts';

/** What of the context finding remembered names needs. */
export type Around = Pick<Context, 'env' | 'home' | 'cwd' | 'now'>;

/** What a set of flags and a state of the kubeconfig's files come to. */
export interface Place {
  /** Where this person's names of this server and project are kept; `wide` are those of all its projects. */
  own: string;
  wide: string;
  contexts: Candidate[];
  clusters: Candidate[];
  users: Candidate[];
  /** Projects that the kubeconfig's contexts of this server name: for who may not list namespaces. */
  namespaces: string[];
}

/** Names as they were at a time, in milliseconds since the epoch. */
export interface Stored {
  at: number;
  /** When it was last tried to get them anew. */
  tried: number;
  items: Item[];
  /** Words for a kind: `tj` and `trainjobs` for `trainjob`. */
  kinds?: Record<string, string>;
}

/** `kind` tells names of one list apart: a component's kind, or what a name of a pod's list is. */
export type Item = Candidate & { kind?: string };

/** The folder of all that completion remembers, beside kubectl's own caches; the number is the format's. Safe to delete. */
export const root = ({ env, home }: Pick<Around, 'env' | 'home'>): string =>
  join(env.KUBECACHEDIR || join(home, '.kube', 'cache'), 'kf', 'completion', '1');

/** Takes all of it away, other formats' too. */
export const forget = (around: Pick<Around, 'env' | 'home'>): void =>
  rmSync(dirname(root(around)), { recursive: true, force: true });

/** All that the choice of server, person and project hangs on: files and flags. Two that are equal come to the same place. */
export function fingerprint(flags: KubeFlags, around: Around): string {
  const files = kubeconfigFiles(flags.kubeconfig, around).map((file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    return found ? [file, found.mtimeMs, found.size, found.ino, found.dev] : [file];
  });
  const { context, cluster, user, namespace, as, asGroup, asUid } = flags;
  const inside = around.env.KUBERNETES_SERVICE_HOST;
  return JSON.stringify([files, context, cluster, user, namespace, as, asGroup, asUid, inside]);
}

/** A short name for a text: FNV-1a, twice. The file holds the text itself, so that a clash shows. */
export function shortName(text: string): string {
  const half = (seed: number) => {
    let hash = seed;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
    return hash.toString(16).padStart(8, '0');
  };
  return half(0x811c9dc5) + half(0x1b873593);
}

const placeFile = (print: string, around: Around) => join(root(around), 'places', `${shortName(print)}.json`);

export function readPlace(print: string, around: Around): Place | undefined {
  const stored = readJson<{ print: string; place: Place }>(placeFile(print, around));
  return stored?.print === print ? stored.place : undefined;
}

export const writePlace = (print: string, place: Place, around: Around): void =>
  writeWhole(placeFile(print, around), JSON.stringify({ print, place }));

const listFile = (id: string, list: string, around: Around) => join(root(around), 'names', id, `${list}.json`);

export const readList = (id: string, list: string, around: Around): Stored | undefined =>
  readJson<Stored>(listFile(id, list, around));

export const writeList = (id: string, list: string, stored: Stored, around: Around): void =>
  writeWhole(listFile(id, list, around), JSON.stringify(stored));

function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T;
  } catch {
    return undefined;
  }
}

/** Whole or not at all, for its owner alone. A disk that is full or read-only costs only time. */
export function writeWhole(file: string, text: string): void {
  const next = `${file}.${Math.random().toString(36).slice(2)}~`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(next, text, { mode: 0o600 });
    renameSync(next, file);
  } catch {
    discard(next);
  }
}

/** Takes a file or folder away, if that can be. */
export function discard(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // It stands in nobody's way.
  }
}

/** Milliseconds after which a lock's holder is taken for dead: more than it gives itself. */
const lockAge = 20_000;

const lockFile = (name: string, around: Around) => join(root(around), 'locks', shortName(name));

export function isLocked(name: string, around: Around): boolean {
  const held = statSync(lockFile(name, around), { throwIfNoEntry: false });
  return held !== undefined && around.now() - held.mtimeMs < lockAge;
}

/** Runs the body unless another process does the same at this time. */
export async function withLock(name: string, around: Around, body: () => Promise<void>): Promise<void> {
  const file = lockFile(name, around);
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  if (!isLocked(name, around)) rmSync(file, { force: true });
  try {
    writeFileSync(file, '', { flag: 'wx', mode: 0o600 });
  } catch {
    return;
  }
  try {
    await body();
  } finally {
    rmSync(file, { force: true });
  }
}
