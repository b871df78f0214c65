/** What is recorded of a checkout's cluster, and who holds which slot of the machine. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutId, checkoutPath, runDir, slotCount, slotsDir } from './layout.ts';
import { alive, type ProcessId, withLock } from './system.ts';

/** RUN/state.json. `holder` and `init` are there once the node's processes are. */
export type State = {
  id: string;
  checkout: string;
  slot: number;
  /** RFC 3339, when `up` began. */
  since: string;
  /** Without JobSet, Trainer and the python image. */
  bare: boolean;
  bin: string;
  images: string;
  /** The process that entered the namespaces, and process 1 of the node as this machine numbers it. */
  holder?: ProcessId;
  init?: ProcessId;
  /** The test run it is for. Not there when a person asked for the cluster: then it stays until `down`. */
  owner?: ProcessId;
  /** Everything that `up` promises is there. */
  complete: boolean;
};

/** SLOTS/N.json: whose slot N is. */
export type Claim = { slot: number; id: string; checkout: string; run: string; starter: ProcessId };

export function readState(run = runDir()): State | undefined {
  return readJson<State>(join(run, 'state.json'));
}

export function writeState(run: string, state: State): void {
  writeFileSync(join(run, 'state.json.new'), JSON.stringify(state, undefined, 1));
  renameSync(join(run, 'state.json.new'), join(run, 'state.json'));
}

/** All slots that are claimed. */
export function claims(): Claim[] {
  let files: string[] = [];
  try {
    files = readdirSync(slotsDir);
  } catch {
    // Nobody has had a cluster since the machine started.
  }
  return files
    .filter((file) => /^\d+\.json$/.test(file))
    .map((file) => readJson<Claim>(join(slotsDir, file)))
    .filter((claim) => claim !== undefined);
}

/** Whether nobody holds a claimed slot any more: its node has ended, and so has the run that was starting it. */
export function isStale(claim: Claim): boolean {
  const state = readState(claim.run);
  return !alive(state?.init) && !alive(state?.holder) && !alive(claim.starter);
}

/** Takes the first free slot for this checkout; `clean` takes away what a stale claim left before its slot is given on. */
export function claimSlot(starter: ProcessId, clean: (claim: Claim) => Promise<void>): Promise<number> {
  return withLock(slotsDir, async () => {
    mkdirSync(slotsDir, { recursive: true });
    const mine = checkoutId();
    for (const claim of claims()) if (claim.id === mine || isStale(claim)) await clean(claim);
    const taken = new Set(claims().map((claim) => claim.slot));
    for (let slot = 0; slot < slotCount; slot++) {
      if (taken.has(slot)) continue;
      const claim: Claim = { slot, id: mine, checkout: checkoutPath(), run: runDir(), starter };
      writeFileSync(join(slotsDir, `${slot}.json`), JSON.stringify(claim));
      return slot;
    }
    throw new Error(`all ${slotCount} slots are taken; end a cluster that is not needed: npm run cluster -- down`);
  });
}

export function releaseSlot(slot: number): void {
  rmSync(join(slotsDir, `${slot}.json`), { force: true });
}

function readJson<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as T;
  } catch {
    return undefined;
  }
}
