import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { create, fieldManager, resourcePath, type WriteOptions } from '../kube/apply.ts';
import { selfSubjectReview } from '../kube/reviews.ts';
import { age } from '../view/age.ts';
import { oneLine } from '../view/text.ts';
import { checkSubcommand } from './check.ts';
import { addedBy, apiVersion, kind, type Subcommand, type SubcommandSpec } from './entry.ts';
import { readOutcome, served, whyNone } from './objects.ts';
import { readPersonal, writePersonal } from './personal.ts';
import { type Place, placeText, withWayOut } from './place.ts';
import { mostSpecBytes } from './versions.ts';

/** An object of that name for a place, with the word of the server for who adds it. */
export async function subcommandFor(place: Place, name: string, spec: SubcommandSpec): Promise<Subcommand> {
  const labels = { 'app.kubernetes.io/managed-by': fieldManager };
  if (place.level === 'personal') return { apiVersion, kind, metadata: { name, labels }, spec };
  const annotations = { [addedBy]: (await selfSubjectReview(place.kube)).username };
  return { apiVersion, kind, metadata: { name, namespace: place.namespace, labels, annotations }, spec };
}

/** Throws KfError (usage) where it is larger or other than the registry takes, before anyone is asked. */
export function checkFits(subcommand: Subcommand, source: string): void {
  // Characters that JSON writes as six are in no limit of the schema.
  const bytes = Buffer.byteLength(JSON.stringify(subcommand.spec));
  if (bytes > mostSpecBytes) {
    throw usageError(
      `${oneLine(source)} is ${bytes} bytes as the registry keeps it; at most ${mostSpecBytes}`,
      'put data elsewhere, or use an image; nothing was added',
    );
  }
  try {
    checkSubcommand(subcommand, source);
  } catch (error) {
    if (!(error instanceof KfError)) throw error;
    const why = error.message.replace(/^.* is no subcommand that can be used: /, '');
    throw usageError(`${oneLine(source)} can't be a subcommand: ${why}`, 'nothing was added');
  }
}

/**
 * Makes it; never in the place of one that is there. KfError says who has the name already. Where the answer was lost, the server is
 * asked whether it was done.
 */
export async function createAt(
  place: Place,
  subcommand: Subcommand,
  context: Context,
  options: WriteOptions = {},
): Promise<Subcommand> {
  const { name } = subcommand.metadata;
  if (place.level === 'personal') {
    const now = new Date(context.now()).toISOString().replace(/\.\d+Z$/, 'Z');
    const stamped = { ...subcommand, metadata: { ...subcommand.metadata, creationTimestamp: now } };
    if (options.dryRun) return stamped;
    if (!(await writePersonal(context, stamped, { exclusive: true }))) throw taken(name, place, undefined, context);
    return stamped;
  }
  try {
    return await create<Subcommand>(place.kube, served, subcommand, options);
  } catch (error) {
    if (error instanceof KfError && error.status?.reason === 'AlreadyExists') {
      throw taken(name, place, await there(place, name), context);
    }
    const done = options.dryRun ? undefined : await afterLost(place, subcommand, error);
    if (done) return done;
    throw refused(error, place, 'nothing was added');
  }
}

/** The one there, where it may be seen: only to say whose it is. */
async function there(place: Exclude<Place, { level: 'personal' }>, name: string): Promise<Subcommand | undefined> {
  const outcome = await readOutcome(place.kube, place.namespace, name).catch(() => undefined);
  return outcome && 'found' in outcome ? outcome.found : undefined;
}

/** The name is in use there: by whom, since when, and the ways out. */
export function taken(name: string, place: Place, has: Subcommand | undefined, context: Pick<Context, 'now'>): KfError {
  const by = has?.metadata.annotations?.[addedBy];
  const since = has?.metadata.creationTimestamp;
  const whose = by ? `, added by ${oneLine(by)}${since ? ` ${age(since, context.now())} ago` : ''}` : '';
  const where = place.level === 'personal' ? 'among your own' : `in ${placeText(place)}`;
  const other = place.level === 'personal' ? '' : ', or for yourself alone (--personal)';
  return new KfError(Exit.failed, `${name} is there already ${where}${whose}; nothing was added`, {
    hint: `change that one: kubectl kf command upgrade ${name} <source>; or add yours under another name (--name)${other}`,
  });
}

/**
 * Puts it in the place of the one that was read; not of what another made of that meanwhile (KfError says so).
 * @param before as it was read
 */
export async function updateAt(
  place: Place,
  before: Subcommand,
  spec: SubcommandSpec,
  context: Context,
  options: WriteOptions = {},
): Promise<Subcommand> {
  const { name } = before.metadata;
  if (place.level === 'personal') {
    const after = { ...before, spec };
    if (options.dryRun) return after;
    const now = await readPersonal(context, name);
    if (!now || JSON.stringify(now.spec) !== JSON.stringify(before.spec)) throw changedMeanwhile(name);
    await writePersonal(context, after);
    return after;
  }
  const annotations = { ...before.metadata.annotations, [addedBy]: (await selfSubjectReview(place.kube)).username };
  const after: Subcommand = { ...before, metadata: { ...before.metadata, annotations }, spec };
  delete after.metadata.managedFields;
  try {
    return await place.kube.json<Subcommand>({
      method: 'PUT',
      path: resourcePath(served, place.namespace, name),
      query: { fieldManager, fieldValidation: 'Strict', dryRun: options.dryRun ? 'All' : undefined },
      body: after,
      ...(options.signal ? { signal: options.signal } : {}),
    });
  } catch (error) {
    if (error instanceof KfError && error.status?.code === 409) throw changedMeanwhile(name);
    const done = options.dryRun ? undefined : await afterLost(place, after, error);
    if (done) return done;
    throw refused(error, place, 'nothing was changed');
  }
}

const changedMeanwhile = (name: string) =>
  new KfError(Exit.failed, `${name} was changed by another at the same time; nothing was changed by you`, {
    hint: `see what it is now, then try again: kubectl kf command describe ${name}`,
  });

/** A request that got no answer may have done its work: looks. Undefined where it did not, or where that can't be learned. */
async function afterLost(
  place: Exclude<Place, { level: 'personal' }>,
  wanted: Subcommand,
  error: unknown,
): Promise<Subcommand | undefined> {
  const lost = error instanceof KfError && (error.status === undefined || error.status.code >= 500);
  if (!lost) return undefined;
  const now = await there(place, wanted.metadata.name);
  const same =
    now?.spec.digest === wanted.spec.digest &&
    now.spec.version === wanted.spec.version &&
    now.metadata.annotations?.[addedBy] === wanted.metadata.annotations?.[addedBy];
  return same ? now : undefined;
}

/** The refusal in words for who adds: no registry, no right, too large. */
function refused(error: unknown, place: Place, nothing: string): unknown {
  if (!(error instanceof KfError)) return error;
  const { exit, message, details, hint, status } = error;
  const again = (text: string, more: string | undefined, code: KfError['exit'] = exit) =>
    new KfError(code, text, {
      details: [...details, nothing],
      ...(more ? { hint: more } : {}),
      ...(status ? { status } : {}),
      cause: error,
    });
  if (whyNone(error) === 'unserved') {
    return withWayOut(
      again('this cluster has no registry of subcommands', 'its admin adds it: kubectl kf command init'),
    );
  }
  if (/request is too large|etcdserver: request/i.test(message) || status?.code === 413) {
    return again(
      'the subcommand with its versions is too large for the cluster',
      'put data elsewhere, or use an image',
      Exit.usage,
    );
  }
  const named = again(message, hint);
  return place.level !== 'personal' && exit !== Exit.usage ? withWayOut(named) : named;
}
