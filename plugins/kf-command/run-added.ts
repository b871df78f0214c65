import { basename } from 'node:path';
import { asksForHelp, givenFor } from '../../shared/added/typed.ts';
import { withKube } from '../../shared/added/with-kube.ts';
import { builtinFlag, kubeFlagsIn } from '../../shared/cli/argv.ts';
import type { Context } from '../../shared/cli/context.ts';
import { Exit, KfError } from '../../shared/cli/errors.ts';
import { findPlugin } from '../../shared/cli/find.ts';
import { groupOf } from '../../shared/cli/suite.ts';
import type { KubeFlags } from '../../shared/kube/kube.ts';
import type { Found } from '../../shared/registry/entry.ts';
import { findSubcommand } from '../../shared/registry/find.ts';
import { builtins, namePattern, reserved } from '../../shared/registry/names.ts';

/** Runs the verb that someone added, the nearest, with the words after it. Throws KfError where there is none. */
export async function runAdded(verb: string, words: readonly string[], context: Context): Promise<number> {
  const flags = kubeFlagsIn(words);
  // What can be no name is asked of nobody.
  if (!new RegExp(namePattern).test(verb) || reserved.has(verb)) throw await unknown(verb, flags, context);
  // A personal one costs no request, and needs no cluster.
  const own = await findSubcommand(verb, { context, kube: undefined });
  if (own && mayStand(verb, own)) return run(own, words, context);
  const asking = await clusterFor(flags, context);
  const found = asking && (await search(verb, flags, asking));
  if (found && mayStand(verb, found)) return run(found, words, asking);
  if (builtins.has(verb)) return runBuiltin(verb, words, flags, context);
  throw await unknown(verb, flags, context);
}

async function run(found: Found, words: readonly string[], context: Context): Promise<number> {
  const where = givenFor('--where', words) ?? found.subcommand.spec.runs[0];
  const there = where === 'cluster' && !asksForHelp(words);
  // The pod is set going before what reads the words is even loaded.
  const ahead = there
    ? await (await import('../../shared/added/ahead.ts')).bootAheadOf(found, words, context)
    : undefined;
  try {
    const { runFound } = await import('../../shared/added/run.ts');
    return await runFound(found, words, ahead?.context ?? context);
  } finally {
    ahead?.end();
  }
}

/** Where the cluster can't be asked, whether there is such a verb is not known either; it may be no more than a slip. */
async function search(verb: string, flags: KubeFlags, context: Context): Promise<Found | undefined> {
  try {
    return await findSubcommand(verb, { context, kube: await context.kube(flags) });
  } catch (error) {
    if (!(error instanceof KfError) || error.exit !== Exit.unreachable) throw error;
    const hint = builtins.has(verb)
      ? `${verb} was replaced in this project; the original runs with ${builtinFlag}`
      : `${(await unknown(verb, flags, context)).message}; what was added there can't be asked for`;
    throw new KfError(error.exit, error.message, { hint, cause: error });
  }
}

/** What is remembered was behind: nothing replaces the verb any more. */
async function runBuiltin(verb: string, words: readonly string[], flags: KubeFlags, context: Context): Promise<number> {
  const { renew } = await import('../../shared/registry/renew.ts');
  await renew(context, flags);
  const group = groupOf(verb);
  const file = findPlugin(group?.plugin ?? 'kf', context);
  if (!file) throw await unknown(verb, flags, context);
  const typed = group?.verbs.length === 1 ? [] : [verb];
  return context.handOver(file, [...typed, builtinFlag, ...words], basename(file));
}

/** None takes a built-in's place unasked, whoever wrote it and by whatever means. */
const mayStand = (verb: string, { subcommand: { spec } }: Found): boolean =>
  !builtins.has(verb) || spec.replaces === verb;

/** The context, with the cluster open that the words choose; undefined where no cluster is set up. */
async function clusterFor(flags: KubeFlags, context: Context): Promise<Context | undefined> {
  try {
    return withKube(context, flags, await context.kube(flags));
  } catch (error) {
    if (error instanceof KfError && error.exit === Exit.usage && Object.keys(flags).length === 0) return undefined;
    throw error;
  }
}

async function unknown(verb: string, flags: KubeFlags, context: Context): Promise<KfError> {
  const { missing } = await import('../../shared/cli/missing.ts');
  const { placeId, remembered } = await import('../../shared/registry/remembered.ts');
  const known = remembered(await placeId(flags, context), context).map(({ name }) => name);
  return missing(
    verb,
    context,
    known.filter((name) => name !== verb),
  );
}
