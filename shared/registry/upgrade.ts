import { styleText } from 'node:util';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import { type Acted, type Acting, agreed, checkVersion, foundHere, short, trustOwn } from './acting.ts';
import { changes } from './difference.ts';
import type { Found, Level, SubcommandSpec, Version } from './entry.ts';
import { isGitTarget } from './git-target.ts';
import { type Incoming, readAgain, readIncoming, versionFrom } from './incoming.ts';
import { type Place, placeText } from './place.ts';
import { findVersion, nextVersion, versionBefore, versionOf, withVersion } from './versions.ts';
import { checkFits, updateAt } from './write.ts';

export interface Upgrading {
  name: string;
  level: Level | undefined;
  /** Where it comes from now; its origin unless given. */
  target?: string | undefined;
  ref?: string | undefined;
  /** A version that it was before. */
  to?: string | undefined;
}

/** Puts a newer source, or a version that is known, in the place of the one that runs. */
export async function upgrade(acting: Acting, upgrading: Upgrading): Promise<Acted> {
  const { name, to, target } = upgrading;
  if (to !== undefined && (target ?? upgrading.ref) !== undefined) {
    throw usageError('--to takes a version that is known, so no source goes with it', 'say one of the two');
  }
  const found = await foundHere(acting, name, upgrading.level);
  const { spec } = found.subcommand;
  if (spec.pinned) {
    throw new KfError(Exit.failed, `${name} is pinned at ${spec.version}; nothing was changed`, {
      hint: `let go of it first: kubectl kf command pin ${name} --undo`,
    });
  }
  if (to !== undefined) return change(acting, found, known(name, spec, findVersion(name, spec, to)));
  const incoming = await read(acting, found, upgrading);
  const number = incoming.version.version;
  const candidate = versionFrom(incoming, spec.version, spec.replaces);
  if (candidate.digest === spec.digest) {
    acting.say(`${name} ${spec.version} is unchanged (${placeText(found.place)})`);
    if (!acting.dryRun) trustOwn(acting, name, candidate, incoming.from);
    return { code: Exit.ok, subcommand: found.subcommand };
  }
  for (const note of incoming.notes) acting.say(note);
  // What was rolled back from is what it was, and gets no second number.
  const again = spec.history?.find(({ digest }) => digest === candidate.digest);
  if (again) return change(acting, found, known(name, spec, again), incoming.from);
  return change(acting, found, { ...candidate, version: nextVersion(name, spec, number) }, incoming.from);
}

/** Back to the version before. */
export async function rollback(acting: Acting, name: string, level: Level | undefined): Promise<Acted> {
  const found = await foundHere(acting, name, level);
  const { spec } = found.subcommand;
  return change(acting, found, known(name, spec, versionBefore(name, spec)));
}

function known(name: string, spec: SubcommandSpec, version: Version): Version {
  checkVersion(name, version, spec.replaces);
  return version;
}

async function read(acting: Acting, found: Found, { name, target, ref }: Upgrading): Promise<Incoming> {
  const { context } = acting;
  if (target !== undefined) return readIncoming(target, context, { name, ref });
  const { origin } = found.subcommand.spec;
  const give = `name it: kubectl kf command upgrade ${name} <file, folder or git URL>`;
  if (!origin) throw usageError(`where ${name} came from is not known`, give);
  try {
    return await readAgain(origin, context, { name, ref });
  } catch (error) {
    if (!(error instanceof KfError) || isGitTarget(origin.url) || error.exit === Exit.interrupted) throw error;
    const { existsSync } = await import('node:fs');
    if (existsSync(origin.url.replace(/:[^/:\\]*$/, '')) || existsSync(origin.url)) throw error;
    throw usageError(`${name} came from ${oneLine(origin.url)}, which is not on this machine`, give);
  }
}

/** Shows the difference, asks, writes. */
async function change(
  acting: Acting,
  found: Found & { place: Place },
  version: Version,
  from?: string,
): Promise<Acted> {
  const { subcommand, place } = found;
  const { name } = subcommand.metadata;
  const before = versionOf(subcommand.spec);
  if (version.version === before.version) {
    acting.say(`${name} ${before.version} is what runs already: unchanged`);
    return { code: Exit.ok, subcommand };
  }
  const { spec, dropped } = withVersion(subcommand.spec, version);
  checkFits({ ...subcommand, spec }, from ?? name);
  await tell(acting, found, version, from);
  if (dropped.length > 0) acting.say(`too much to keep, so it can't be rolled back to any more: ${dropped.join(', ')}`);
  if (!(await agreed(acting, `change ${name} ${before.version} to ${version.version}?`))) {
    acting.say('nothing was changed');
    return { code: Exit.failed };
  }
  if (acting.dryRun === 'client') return { code: Exit.ok, subcommand: { ...subcommand, spec } };
  const made = await updateAt(place, subcommand, spec, acting.context, { dryRun: acting.dryRun === 'server' });
  if (acting.dryRun) {
    acting.say('nothing was changed');
    return { code: Exit.ok, subcommand: made };
  }
  if (from !== undefined) trustOwn(acting, name, version, from);
  acting.say(`${name} is ${version.version} now (was ${before.version}), ${short(version.digest)}`);
  return { code: Exit.ok, subcommand: made };
}

async function tell(
  acting: Acting,
  { subcommand, place }: { subcommand: Found['subcommand']; place: Place },
  version: Version,
  from?: string,
) {
  const before = versionOf(subcommand.spec);
  const { name } = subcommand.metadata;
  const what = `${before.version} → ${version.version}, ${placeText(place)}${from ? `, from ${from}` : ''}`;
  acting.say(`${name}   ${oneLine(what)}`);
  const lines = changes(before, version);
  for (const line of lines) acting.say(`  ${line}`);
  if (lines.length === 0) acting.say('  called as before');
  const { sourceDifference } = await import('./source-difference.ts');
  for (const line of sourceDifference(before, version)) acting.say(coloured(line, acting.context));
}

/** A line of a diff as terminals show it. */
function coloured(line: string, { stderr, colorDepth }: Acting['context']): string {
  const colour = line.startsWith('+')
    ? 'green'
    : line.startsWith('-')
      ? 'red'
      : line.startsWith('@@')
        ? 'cyan'
        : undefined;
  return colour && stderr.isTTY && colorDepth > 1 ? styleText(colour, line, { validateStream: false }) : line;
}

/** Keeps `upgrade` away from it, or lets it go. */
export async function pin(acting: Acting, name: string, level: Level | undefined, pinned: boolean): Promise<Acted> {
  const { subcommand, place } = await foundHere(acting, name, level);
  const { pinned: was = false, ...rest } = subcommand.spec;
  const at = `${pinned ? 'pinned at' : 'free to be upgraded from'} ${rest.version}`;
  if (was === pinned) {
    acting.say(`${name} is ${at} already`);
    return { code: Exit.ok, subcommand };
  }
  const spec: SubcommandSpec = pinned ? { ...rest, pinned } : rest;
  const after = { ...subcommand, spec };
  if (acting.dryRun === 'client') return { code: Exit.ok, subcommand: after };
  const made = await updateAt(place, subcommand, spec, acting.context, { dryRun: acting.dryRun === 'server' });
  if (acting.dryRun) acting.say('nothing was changed');
  else acting.say(`${name} is ${at} now (${placeText(place)})`);
  return { code: Exit.ok, subcommand: made };
}
