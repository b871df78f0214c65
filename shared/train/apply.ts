import { Exit, Interrupted, KfError } from '../cli/errors.ts';
import { remove, resourcePath } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { differences } from './compare.ts';
import { type Item, objectName, stamp, submissionAnnotation } from './item.ts';
import { send } from './rehearse.ts';
import type { Session } from './session.ts';
import { undo } from './undo.ts';

export type Outcome = 'created' | 'configured' | 'unchanged';

/** What was done with one object. */
export interface Applied {
  item: Item;
  outcome: Outcome;
  object: KubeObject;
}

/** How long a request that is under way when Ctrl-C comes is waited for: its outcome must be known to be undone. */
const graceMs = 5000;
const probeMs = 15_000;

/**
 * Makes it so, in order, the job last; all or nothing. Where one fails, or Ctrl-C comes, what was done is undone and the
 * error says so, or what is left. Items come rehearsed.
 */
export async function applyAll(session: Session, items: readonly Item[]): Promise<Applied[]> {
  const done: Applied[] = [];
  const grace = graceful(session.context.signal);
  try {
    for (const item of items) {
      if (session.context.signal.aborted) throw new Interrupted();
      done.push(await applyOne(session, item, grace.signal));
    }
    return done;
  } catch (error) {
    throw await undo(session, done, error);
  } finally {
    grace.end();
  }
}

/** A signal that aborts a while after the other. */
function graceful(signal: AbortSignal): { signal: AbortSignal; end(): void } {
  const late = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const start = () => {
    timer = setTimeout(() => late.abort(), graceMs);
  };
  if (signal.aborted) start();
  else signal.addEventListener('abort', start, { once: true });
  const end = () => {
    signal.removeEventListener('abort', start);
    clearTimeout(timer);
  };
  return { signal: late.signal, end };
}

async function applyOne(session: Session, item: Item, signal: AbortSignal): Promise<Applied> {
  const { live, rehearsed } = item;
  const stale = live && item.role === 'code' && !(await ownerLives(session.kube, live));
  if (stale) {
    await away(session, item, live, signal);
    item.manifest = { ...item.manifest, object: stamp(item.manifest.object, undefined, session.submission) };
  } else if (live && rehearsed && differences(live, rehearsed).length === 0) {
    return { item, outcome: 'unchanged', object: live };
  }
  const outcome: Outcome = live && !stale ? 'configured' : 'created';
  try {
    const object = await send(session.kube, item, { signal });
    // Who may not look learns here that it was there: a dry run of a creation gives it another uid.
    const there = !live && object.metadata.uid === rehearsed?.metadata.uid;
    return { item, outcome: there ? 'configured' : outcome, object };
  } catch (error) {
    const object = await answerLost(session, item, error);
    if (object) return { item, outcome, object };
    throw error;
  }
}

/**
 * A request that got no answer may have done its work: looks. The object, where it did; throws where that can't be learned.
 */
async function answerLost(session: Session, item: Item, error: unknown): Promise<KubeObject | undefined> {
  const unknown = error instanceof KfError && (error.status === undefined || error.status.code >= 500);
  if (!unknown) return undefined;
  const now = await read(session.kube, item).catch((cause) => {
    throw new KfError(Exit.unreachable, (error as KfError).message, {
      cause,
      details: [`whether ${objectName(item)} was made is not known: the cluster can't be asked`],
      hint: `look once it answers: kubectl get ${objectName(item)} -n ${item.manifest.object.metadata.namespace}`,
    });
  });
  if (!now) return undefined;
  if (item.live) return now.metadata.resourceVersion === item.live.metadata.resourceVersion ? undefined : now;
  return now.metadata.annotations?.[submissionAnnotation] === session.submission ? now : undefined;
}

/** As it is now, whatever was interrupted. */
export async function read(kube: Kube, item: Item): Promise<KubeObject | undefined> {
  const { name, namespace } = item.manifest.object.metadata;
  try {
    const path = resourcePath(item.served, namespace, name);
    return await kube.json<KubeObject>({ path, signal: AbortSignal.timeout(probeMs), timeoutMs: probeMs });
  } catch (error) {
    if (error instanceof KfError && error.status?.code === 404) return undefined;
    throw error;
  }
}

/** False where the code is of a job that is gone: the garbage collector is about to take it away, from the new job too. */
async function ownerLives(kube: Kube, live: KubeObject): Promise<boolean> {
  const owner = live.metadata.ownerReferences?.[0];
  if (live.metadata.deletionTimestamp) return false;
  if (!owner) return true;
  const path = `/apis/${owner.apiVersion}/namespaces/${live.metadata.namespace}/trainjobs/${owner.name}`;
  try {
    const { metadata } = await kube.json<KubeObject>({ path });
    return metadata.uid === owner.uid && !metadata.deletionTimestamp;
  } catch (error) {
    return !(error instanceof KfError && error.status?.code === 404);
  }
}

async function away(session: Session, item: Item, live: KubeObject, signal: AbortSignal): Promise<void> {
  const { name, namespace, uid } = live.metadata;
  await remove(session.kube, item.served, name, { namespace: namespace!, uid: uid!, signal });
  for (let tries = 0; tries < 50; tries++) {
    const now = await read(session.kube, item);
    if (now?.metadata.uid !== uid) return;
    await session.context.sleep(200);
  }
  throw new KfError(Exit.failed, `${objectName(item)} of the job before is still being deleted`, {
    hint: 'try again in a moment',
  });
}
