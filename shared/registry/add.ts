import { Exit, usageError } from '../cli/errors.ts';
import { type Acted, type Acting, agreed, short, trustOwn } from './acting.ts';
import { addedBy, type Found, type Level, levels, type SubcommandSpec } from './entry.ts';
import { findEverywhere } from './find.ts';
import { type Incoming, readIncoming, versionFrom } from './incoming.ts';
import { checkName } from './names.ts';
import { choosePlace, type Place, placeText } from './place.ts';
import type { Remembered } from './remembered.ts';
import { understoodLines } from './understood-lines.ts';
import { firstVersion } from './versions.ts';
import { checkFits, createAt, subcommandFor, taken } from './write.ts';

export interface Adding {
  /** A file, folder, manifest or git URL. */
  target: string;
  level: Level | undefined;
  name?: string | undefined;
  ref?: string | undefined;
  /** The built-in verb that it is to stand in for. */
  replaces?: string | undefined;
  /** The file of a plugin that answers to the verb. */
  pluginOf(verb: string): string | undefined;
  /** What is remembered of the registry: a personal one is added without asking it. */
  remembered(): Promise<Remembered[]>;
}

/** Adds a new subcommand; never in the place of another. */
export async function add(acting: Acting, adding: Adding): Promise<Acted> {
  const { context, say } = acting;
  const { replaces } = adding;
  const incoming = await readIncoming(adding.target, context, { name: replaces ?? adding.name, ref: adding.ref });
  const name = replaces ?? adding.name ?? incoming.name;
  checkName(name, replaces !== undefined);
  const plugin = replaces === undefined ? adding.pluginOf(name) : undefined;
  if (plugin) throw usageError(`${name} is a plugin's verb already: ${plugin}`, 'add it under another name: --name');

  const { place, note } = await choosePlace(adding.level, () => acting.kube());
  const version = versionFrom(incoming, incoming.version.version ?? firstVersion, replaces);
  const spec: SubcommandSpec = replaces === undefined ? version : { ...version, replaces };
  const subcommand = await subcommandFor(place, name, spec);
  checkFits(subcommand, incoming.from);

  const others = await findEverywhere(name, { context, kube: place.level === 'personal' ? undefined : place.kube });
  const same = others.find(({ level }) => level === place.level);
  if (same && same.subcommand.spec.digest === spec.digest) {
    say(`${name} ${same.subcommand.spec.version} is there already, the same: unchanged (${placeText(place)})`);
    if (!acting.dryRun) trustOwn(acting, name, spec, incoming.from);
    return { code: Exit.ok, subcommand: same.subcommand };
  }
  if (same) throw taken(name, place, same.subcommand, context);

  for (const line of understoodLines(name, incoming.from, spec)) say(line);
  for (const each of [...incoming.notes, ...(note ? [note] : []), ...shadows(name, place, others)]) say(each);
  if (place.level === 'personal') {
    const hidden = (await adding.remembered()).find((each) => each.name === name && each.level !== 'personal');
    if (hidden)
      say(`it will run in the place of that of ${hidden.level === 'cluster' ? 'the whole cluster' : 'your project'}`);
  }
  if (replaces !== undefined) say(replacement(name, place));
  if (!(await agreed(acting, question(place, incoming, replaces)))) {
    say('nothing was added');
    return { code: Exit.failed };
  }
  if (acting.dryRun === 'client') return { code: Exit.ok, subcommand };
  const made = await createAt(place, subcommand, context, { dryRun: acting.dryRun === 'server' });
  if (acting.dryRun) {
    say(place.level === 'personal' ? 'nothing was added' : 'the server would take it; nothing was added');
    return { code: Exit.ok, subcommand: made };
  }
  trustOwn(acting, name, spec, incoming.from);
  say(
    `${name} ${spec.version} added${place.level === 'personal' ? ' for you' : ` to ${placeText(place)}`}, ${short(spec.digest)}`,
  );
  return { code: Exit.ok, subcommand: made };
}

function question(place: Place, { from }: Incoming, replaces: string | undefined): string {
  if (replaces !== undefined)
    return `replace ${replaces} by ${from} ${place.level === 'personal' ? 'for you' : `in ${placeText(place)}`}?`;
  return place.level === 'personal' ? 'add it for yourself?' : `add it to ${placeText(place)}?`;
}

const replacement = (name: string, place: Place): string => {
  const whose = place.level === 'personal' ? 'you' : `everyone in ${placeText(place)}`;
  return `it replaces the built-in verb ${name} for ${whose}; the original stays: kubectl kf ${name} --builtin`;
};

/** Whose place it takes, and who goes before it. */
function shadows(name: string, place: Place, others: readonly Found[]): string[] {
  const at = levels.indexOf(place.level);
  return others.flatMap(({ level, namespace, subcommand }) => {
    const where = placeText({ level, ...(namespace === undefined ? {} : { namespace }) });
    const by = subcommand.metadata.annotations?.[addedBy];
    const whose = `${name} ${subcommand.spec.version} of ${where}${by ? `, added by ${by}` : ''}`;
    if (levels.indexOf(level) > at) return [`it will run in the place of ${whose}`];
    return [`where you are, ${whose}, goes before it`];
  });
}
