import { type ApiStatus, Exit, KfError } from '../cli/errors.ts';
import { create, find, serverSideApply } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { problemsError } from '../manifest/errors.ts';
import { refusalProblems } from '../manifest/refusal.ts';
import { toJson } from '../manifest/scalars.ts';
import { fetchSchema, type Schema } from '../manifest/schema.ts';
import type { Problem } from '../manifest/source.ts';
import { oneLine } from '../view/text.ts';
import { isDenied, notAllowed } from './allowed.ts';
import { differenceLines, unmet } from './compare.ts';
import { type Item, objectName, problemOf, stamp } from './item.ts';
import { noSuchRuntime } from './runtime-ref.ts';
import type { Session } from './session.ts';

/**
 * Has the server do everything but store it, for every object, with strict field checks. All that is wrong comes in one error, with
 * its places; `live` and `rehearsed` of each item are filled in.
 */
export async function rehearse(session: Session, items: readonly Item[]): Promise<void> {
  const { kube, submission } = session;
  const found = await Promise.all(
    items.map(async (item) => {
      item.live = await look(kube, item);
      item.manifest = { ...item.manifest, object: stamp(item.manifest.object, item.live, submission) };
      if (item.role === 'job' && item.live?.metadata.deletionTimestamp) {
        const message = `${objectName(item)} is still being deleted`;
        return [{ message, hint: 'try again once it is gone, or use another name', exit: Exit.failed }];
      }
      return refused(session, item);
    }),
  );
  const problems = found.flat();
  if (problems.length > 0) throw problemsError(problems);
}

/** What is there now. Who may create but not look gets undefined. */
async function look(kube: Kube, item: Item): Promise<KubeObject | undefined> {
  const { name, namespace } = item.manifest.object.metadata;
  try {
    return await find(kube, item.served, name, namespace);
  } catch (error) {
    if (error instanceof KfError && error.status?.code === 403) return undefined;
    throw error;
  }
}

async function refused(session: Session, item: Item): Promise<Problem[]> {
  try {
    item.rehearsed = await send(session.kube, item, { dryRun: true });
    return [];
  } catch (error) {
    if (!(error instanceof KfError) || !error.status || error.status.code === 401) throw error;
    return explain(session, item, error, error.status);
  }
}

/** Server-side apply of one object; integers of any size go as they were written. */
export function send(
  kube: Kube,
  item: Item,
  options: { dryRun?: boolean; signal?: AbortSignal } = {},
): Promise<KubeObject> {
  const { object } = item.manifest;
  return serverSideApply(kube, item.served, object, { ...options, json: toJson(object) });
}

async function explain(session: Session, item: Item, error: KfError, status: ApiStatus): Promise<Problem[]> {
  const { kube } = session;
  const { object } = item.manifest;
  if (isDenied(status)) return [await notAllowed(session, item, status)];
  if (status.code === 404 && status.details?.kind === 'namespaces') {
    const message = `there is no project (namespace) ${object.metadata.namespace} in this cluster`;
    return [{ message, hint: 'choose another with -n, or kubectl kf use', exit: Exit.notFound }];
  }
  if (status.code === 409) return [conflict(item, status)];
  if (status.code === 429 || status.code === 503 || status.code === 504) throw error;
  if (
    item.live &&
    (status.code === 422 || /immutable|can only be modified|may not change/i.test(status.message ?? ''))
  ) {
    const changed = differenceLines(unmet(item.live, object));
    if (changed.length > 0) return [unchangeable(item, changed)];
  }
  const missing = await noSuchRuntime(kube, item, status);
  if (missing) return [missing];
  const down = /failed calling webhook "([^"]+)".*?: (.+)$/s.exec(status.message ?? '');
  if (down) {
    const message = `the admission webhook ${down[1]} does not answer: ${oneLine(down[2]!).slice(0, 200)}`;
    return [{ message, hint: 'is its controller running? tell who runs the cluster', exit: Exit.unreachable }];
  }
  let schema: Promise<Schema | undefined> | undefined;
  const load = () => {
    schema ??= fetchSchema(kube, object.apiVersion, object.kind);
    return schema;
  };
  const all = await refusalProblems(await fullest(kube, item, status), item.manifest, load);
  return all.map((problem) => problemOf(item, problem));
}

/** Server-side apply names only the first unknown field; a strict create names all of them. */
async function fullest(kube: Kube, item: Item, status: ApiStatus): Promise<ApiStatus> {
  if (!/failed to create typed/.test(status.message ?? '')) return status;
  const { object } = item.manifest;
  try {
    await create(kube, item.served, object, { dryRun: true, json: toJson(object) });
  } catch (error) {
    const other = error instanceof KfError ? error.status : undefined;
    if (other && /strict decoding error|cannot unmarshal/.test(other.message ?? '')) return other;
  }
  return status;
}

function conflict(item: Item, status: ApiStatus): Problem {
  const causes = (status.details?.causes ?? []).filter((cause) => cause.reason === 'FieldManagerConflict');
  if (causes.length === 0) {
    return { message: `${objectName(item)}: ${oneLine(status.message ?? 'it changed meanwhile')}`, exit: Exit.failed };
  }
  const owners = [
    ...new Set(causes.map(({ message }) => /conflict with "([^"]+)"/.exec(message ?? '')?.[1] ?? 'another')),
  ];
  const fields = causes.map(({ field }) => (field ?? '').replace(/^\./, ''));
  return {
    place: item.manifest.place([]),
    message: oneLine(
      `${objectName(item)} is there already, and ${owners.join(', ')} set ${fields.join(', ')} otherwise`,
    ),
    hint: 'use another name, or change it with what made it',
    exit: Exit.failed,
  };
}

function unchangeable(item: Item, changed: string[]): Problem {
  const { name } = item.manifest.object.metadata;
  const remedy = item.role === 'job' ? `kubectl kf train delete ${name}, then again; or use another name` : undefined;
  return {
    message: `${objectName(item)} exists and differs in what can't change: ${changed.join(', ')}`,
    hint: remedy ?? `kubectl delete ${objectName(item)}, then again; or use another name`,
    exit: Exit.failed,
  };
}
