import { Exit, Interrupted, KfError, usageError } from '../cli/errors.ts';
import { canAsk, confirm } from '../view/prompt.ts';
import { oneLine } from '../view/text.ts';
import { type Acted, type Acting, checkVersion, short } from './acting.ts';
import { digestOf } from './digest.ts';
import { addedBy, apiVersion, clusterNamespace, kind, type Subcommand, type Version } from './entry.ts';
import { isGitTarget } from './git-target.ts';
import { readAgain } from './incoming.ts';
import type { Locked } from './lock-file.ts';
import { readSubcommand } from './objects.ts';
import { readPersonal, removePersonal, writePersonal } from './personal.ts';
import { trust } from './trust.ts';
import { allVersions, withVersion } from './versions.ts';

/** One subcommand to be installed, its source in hand and its digest made anew. */
interface Arrival {
  locked: Locked;
  version: Version;
  /** From where, in words. */
  from: string;
  /** Who added it to the registry, where it comes from there. */
  by: string | undefined;
  /** The person's own of that name, as it is. */
  before: Subcommand | undefined;
}

/**
 * Makes the person's own subcommands those of the lock file, by digest: all of them or none. Those that the file does not name are
 * left alone.
 */
export async function sync(acting: Acting, entries: readonly Locked[], file: string): Promise<Acted> {
  const { context, say } = acting;
  const arrivals: Arrival[] = [];
  const problems: KfError[] = [];
  for (const locked of entries) {
    acting.checkInterrupt();
    const before = await readPersonal(context, locked.name);
    if (before && isThere(before, locked)) continue;
    try {
      if (before?.spec.pinned) throw pinned(locked, before);
      arrivals.push({ locked, before, ...(await fetched(acting, locked)) });
    } catch (error) {
      if (!(error instanceof KfError) || error instanceof Interrupted) throw error;
      problems.push(error);
    }
  }
  if (problems.length > 0) throw all(problems, file);
  if (arrivals.length === 0) {
    say(`all ${entries.length} of ${oneLine(file)} are there: unchanged`);
    return { code: Exit.ok };
  }
  for (const arrival of arrivals) say(arrivalLine(arrival));
  if (acting.dryRun) {
    say('nothing was installed');
    return { code: Exit.ok };
  }
  if (!acting.yes) {
    if (!canAsk(context)) {
      throw usageError('would install and trust these, and there is no terminal to ask on', 'say so with --yes');
    }
    if (!(await confirm(context, `trust ${arrivals.length === 1 ? 'it' : 'them'}, and install for yourself?`))) {
      say('nothing was installed');
      return { code: Exit.failed };
    }
  }
  acting.checkInterrupt();
  await installAll(acting, arrivals);
  say(`${arrivals.length} installed, ${entries.length - arrivals.length} unchanged`);
  return { code: Exit.ok };
}

/** All that stands in the way, at once. */
function all(problems: readonly KfError[], file: string): KfError {
  const [first, ...others] = problems as [KfError, ...KfError[]];
  const lines = (error: KfError) => [...error.details, ...(error.hint ? [error.hint] : [])].map((line) => `  ${line}`);
  return new KfError(others.every(({ exit }) => exit === first.exit) ? first.exit : Exit.failed, first.message, {
    details: [...lines(first), ...others.flatMap((error) => [error.message, ...lines(error)])],
    hint: `nothing of ${oneLine(file)} was installed`,
  });
}

/** What is there is looked at, not only what it says of itself. */
const isThere = ({ spec }: Subcommand, { digest, version }: Locked) =>
  spec.digest === digest && spec.version === version && digestOf(spec) === digest;

const pinned = ({ name, version }: Locked, { spec }: Subcommand) =>
  new KfError(Exit.failed, `your own ${name} is pinned at ${spec.version}, the lock file has ${version}`, {
    hint: `let go of it: kubectl kf command pin ${name} --personal --undo`,
  });

/** The source with just this digest: from the registry, otherwise from its git repository. KfError where there is none such. */
async function fetched(acting: Acting, locked: Locked): Promise<Pick<Arrival, 'version' | 'from' | 'by'>> {
  const { name, digest, origin, level } = locked;
  const git = origin !== undefined && isGitTarget(origin.url);
  if (level !== 'personal') {
    const namespace = level === 'cluster' ? clusterNamespace : (locked.namespace ?? (await acting.kube()).namespace);
    const subcommand = await fromRegistry(acting, namespace, name, git);
    const version = subcommand && allVersions(subcommand.spec).find((each) => each.digest === digest);
    if (version) {
      checkVersion(name, version, locked.replaces);
      return { version, from: namespace, by: subcommand.metadata.annotations?.[addedBy] };
    }
    if (!git) {
      const has = subcommand
        ? `has ${subcommand.spec.version}, ${short(subcommand.spec.digest)}`
        : 'has none that you can see';
      throw new KfError(
        Exit.notFound,
        `${name} ${locked.version}, ${short(digest)}, can't be had: ${namespace} ${has}`,
        {
          hint: 'write the lock file anew with sync --write, or ask who looks after it',
        },
      );
    }
  }
  if (!git)
    throw new KfError(Exit.notFound, `${name} was someone's own when it was locked, and comes from no git repository`);
  // The commit, not the branch: that may have moved on.
  const incoming = await readAgain({ ...origin, ref: origin.commit ?? origin.ref ?? 'HEAD' }, acting.context, { name });
  const { version: _v, origin: _o, ...rest } = incoming.version;
  const actual = digestOf(rest, locked.replaces);
  if (actual !== digest) {
    throw new KfError(
      Exit.failed,
      `${name}: the lock file has ${short(digest)}, ${incoming.from} is ${short(actual)}`,
      {
        hint: 'it is not what was locked, so it is not installed; look at it, then write the lock file anew',
      },
    );
  }
  return { version: { ...rest, version: locked.version, digest, origin }, from: incoming.from, by: undefined };
}

/** Where there is a git repository too, a cluster that does not answer is no hindrance. */
async function fromRegistry(acting: Acting, namespace: string, name: string, otherwise: boolean) {
  try {
    return await readSubcommand(await acting.kube(), namespace, name);
  } catch (error) {
    if (otherwise && error instanceof KfError && error.exit !== Exit.interrupted) return undefined;
    throw error;
  }
}

function arrivalLine({ locked, from, by, before }: Arrival): string {
  const { name, version, digest, replaces } = locked;
  const was = before ? `${before.spec.version} → ` : '';
  const own = before && before.spec.digest !== digest ? ', in the place of your own' : '';
  const built = replaces ? `, replaces the built-in ${name}` : '';
  const where = `from ${from}${by ? `, added by ${by}` : ''}`;
  return `${name}   ${oneLine(`${was}${version}, ${short(digest)}, ${where}${own}${built}`)}`;
}

/** Where one can't be written, those before it are put back. */
async function installAll({ context }: Acting, arrivals: readonly Arrival[]): Promise<void> {
  const done: Arrival[] = [];
  // The yes first: who is killed in between has no subcommand that asks again.
  for (const { locked, from } of arrivals) trust(context, locked.digest, { name: locked.name, origin: from });
  try {
    for (const arrival of arrivals) {
      done.push(arrival);
      await writePersonal(context, installed(arrival));
    }
  } catch (error) {
    for (const { locked, before } of done.reverse()) {
      if (before) await writePersonal(context, before).catch(() => {});
      else removePersonal(context, locked.name);
    }
    throw error;
  }
}

function installed({ locked, version, by, before }: Arrival): Subcommand {
  const { name, replaces } = locked;
  const next = { ...version, version: locked.version };
  const labels = { 'app.kubernetes.io/managed-by': 'kubectl-kf' };
  const metadata = { name, labels, ...(by ? { annotations: { [addedBy]: by } } : {}) };
  // A replacement and a plain one of the name have no versions in common.
  if (before && before.spec.replaces === replaces)
    return { ...before, metadata, spec: withVersion(before.spec, next).spec };
  return { apiVersion, kind, metadata, spec: { ...next, ...(replaces ? { replaces } : {}) } };
}
