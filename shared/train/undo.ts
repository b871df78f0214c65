import { Exit, KfError } from '../cli/errors.ts';
import { patch, remove } from '../kube/apply.ts';
import type { KubeObject } from '../kube/kube.ts';
import { isRecord } from '../manifest/manifest.ts';
import { oneLine } from '../view/text.ts';
import { type Applied, read } from './apply.ts';
import { type Item, objectName } from './item.ts';
import type { Session } from './session.ts';

const undoMs = 20_000;

/**
 * Takes back what a run did, last first, whatever was interrupted: deletes what it made, puts back what it changed.
 * The error to end with: the one that stopped the run, and what became of the rest.
 */
export async function undo(session: Session, done: readonly Applied[], why: unknown): Promise<KfError> {
  const undone: string[] = [];
  const left: string[] = [];
  const signal = AbortSignal.timeout(undoMs);
  for (const applied of [...done].reverse()) {
    const name = objectName(applied.item);
    if (applied.outcome === 'unchanged') continue;
    try {
      undone.push(await takeBack(session, applied, signal));
    } catch (error) {
      const reason = error instanceof KfError ? error.message : String(error);
      left.push(`${name} was ${applied.outcome} and is left: ${oneLine(reason)}`);
    }
  }
  return ended(why, undone, left);
}

async function takeBack(session: Session, { item, outcome, object }: Applied, signal: AbortSignal): Promise<string> {
  const name = objectName(item);
  const { namespace, uid } = object.metadata;
  if (outcome === 'created') {
    await remove(session.kube, item.served, object.metadata.name, { namespace: namespace!, uid: uid!, signal });
    return `${name} was deleted again`;
  }
  if (!item.live) throw new KfError(Exit.failed, 'you may not read what it was before');
  const now = (await read(session.kube, item)) ?? object;
  if (
    now.metadata.resourceVersion !== object.metadata.resourceVersion &&
    now.metadata.generation !== object.metadata.generation
  ) {
    throw new KfError(Exit.failed, 'someone changed it meanwhile');
  }
  await patch(session.kube, item.served, object.metadata.name, backTo(item, now), { namespace: namespace!, signal });
  return `${name} was put back`;
}

/** The merge patch that makes it what it was before, its managers included. */
function backTo(item: Item, now: KubeObject): object {
  const before = item.live!;
  const { status: _a, ...was } = before;
  const { status: _b, ...is } = now;
  const change = mergePatch(is, was) as { metadata?: object };
  const { managedFields } = before.metadata;
  return { ...change, metadata: { ...change.metadata, resourceVersion: now.metadata.resourceVersion, managedFields } };
}

/** RFC 7396: what turns `from` into `to`. */
export function mergePatch(from: unknown, to: unknown): unknown {
  if (!isRecord(from) || !isRecord(to)) return to;
  const out: Record<string, unknown> = {};
  for (const name of new Set([...Object.keys(from), ...Object.keys(to)])) {
    if (!(name in to)) out[name] = null;
    else if (!(name in from)) out[name] = to[name];
    else if (JSON.stringify(from[name]) !== JSON.stringify(to[name])) out[name] = mergePatch(from[name], to[name]);
  }
  return out;
}

function ended(why: unknown, undone: string[], left: string[]): KfError {
  const known = why instanceof KfError ? why : undefined;
  const interrupted = known?.exit === Exit.interrupted;
  const state = left.length > 0 ? undefined : undone.length > 0 ? 'nothing was left behind' : 'nothing was created';
  if (!known) {
    const fault = why instanceof Error ? (why.stack ?? why.message) : String(why);
    const message = `a fault in kubectl kf itself: ${fault}`;
    return new KfError(Exit.failed, message, {
      cause: why,
      details: [...undone, ...left],
      ...(state ? { hint: state } : {}),
    });
  }
  return new KfError(known.exit, interrupted ? `interrupted${state ? `: ${state}` : ''}` : known.message, {
    details: [...known.details, ...undone, ...left],
    ...(known.status ? { status: known.status } : {}),
    ...(interrupted ? {} : { hint: [known.hint, state].filter(Boolean).join('\n') }),
    cause: why,
  });
}
