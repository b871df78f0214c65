import type { Context } from '../cli/context.ts';
import { adder, findPlugin } from '../cli/find.ts';
import { groupOf, ownVerbs } from '../cli/suite.ts';
import type { Found, Summary } from '../registry/entry.ts';
import { summaryOf } from '../registry/find.ts';
import { reserved } from '../registry/names.ts';
import { placeText } from '../registry/place.ts';

/** Something that answers to a verb. */
export interface Answering {
  kind: 'subcommand' | 'built-in' | 'plugin';
  /** In words, as in `the built-in of kf-train`. */
  what: string;
  /** Where it is from: an executable, who added it. */
  from: string;
  /** False where it is known of, and not there to run. */
  installed?: boolean;
  plugin?: string;
  path?: string;
  subcommand?: Summary;
}

/**
 * All that answers to a verb, in the order in which it is looked for (design: "From words to a command"): the first is what runs.
 * @param added all subcommands of that name, the nearest first
 */
export function whichOf(verb: string, added: readonly Found[], context: Context): Answering[] {
  const replacing = reserved.has(verb) ? [] : added.filter(({ subcommand }) => subcommand.spec.replaces === verb);
  const original = builtin(verb, context);
  // A built-in verb is taken by who says so alone: others of its name are never run.
  if (original) return [...replacing.map(ofSubcommand), original];
  const others = added.filter(({ subcommand }) => subcommand.spec.replaces === undefined);
  return [...plugin(verb, context), ...others.map(ofSubcommand)];
}

function ofSubcommand(found: Found): Answering {
  const summary = summaryOf(found);
  const { name, version, digest, replaces, addedBy } = summary;
  return {
    kind: 'subcommand',
    what: `${name} ${version} of ${placeText(found)}${replaces ? ', in place of the built-in' : ''}`,
    from: [addedBy && `added by ${addedBy}`, `${digest.slice(0, 19)}…`].filter(Boolean).join(', '),
    subcommand: summary,
  };
}

function builtin(verb: string, context: Context): Answering | undefined {
  const own = ownVerbs.includes(verb);
  const group = own ? 'kf' : groupOf(verb)?.plugin;
  if (!group) return undefined;
  // This executable is never found: it would go round in a circle.
  const path = group === adder ? context.self : findPlugin(group, context);
  return {
    kind: 'built-in',
    what: `the built-in of ${group}`,
    from: path ?? `not installed: kubectl krew install kf/${group}`,
    installed: path !== undefined,
    plugin: group,
    ...(path ? { path } : {}),
  };
}

function plugin(verb: string, context: Context): Answering[] {
  const name = `kf-${verb}`;
  const path = findPlugin(name, context);
  return path ? [{ kind: 'plugin', what: `the plugin ${name}`, from: path, installed: true, plugin: name, path }] : [];
}
