import { kubeFlagsIn } from '../cli/argv.ts';
import type { Context } from '../cli/context.ts';
import { Exit } from '../cli/errors.ts';
import type { Group } from '../cli/group.ts';
import { run as runWords } from '../cli/run.ts';
import type { Kube } from '../kube/kube.ts';
import type { Found, Outcome, Requirement } from '../registry/entry.ts';
import { commandFor, type Ready } from './command.ts';
import type { Runner as PodRunner } from './runner.ts';
import { asksForHelp, marked } from './typed.ts';

/** How a subcommand is run once its words fit. */
export type Runner = (ready: Ready) => Promise<Outcome>;

/** Runs a subcommand by what was typed after its verb: help, usage errors and results are as a built-in's. */
export async function runWith(
  found: Found,
  words: readonly string[],
  context: Context,
  runner: Runner,
): Promise<number> {
  const { metadata, spec } = found.subcommand;
  const run = async (ready: Ready): Promise<number> => {
    const { code, result } = await runner(ready);
    if (result) {
      const { printResult } = await import('./result.ts');
      await printResult(ready.context, ready.output, result.value);
    }
    return code;
  };
  const Class = commandFor(found, run);
  const argv = marked(words, spec.parameters);
  if (asksForHelp(argv)) {
    const { addedHelp } = await import('./help.ts');
    context.stdout.write(addedHelp(found, Class, await lacks(context, words, spec.requires)));
    return Exit.ok;
  }
  const group: Group = {
    ...{ name: metadata.name, summary: '', description: '', verbs: [metadata.name] },
    commands: { [metadata.name]: async () => Class },
  };
  return runWords(group, [metadata.name, ...argv], context);
}

/** Runs one that was found: what it needs is there, it is trusted, and it runs where it is to. */
export const runFound = (found: Found, words: readonly string[], context: Context): Promise<number> =>
  runWith(found, words, context, async (ready) => {
    // What has come from the server is dealt with before more is loaded.
    if (ready.where === 'cluster') await new Promise((resolve) => setImmediate(resolve));
    const { subcommand } = found;
    const { requires, image } = subcommand.spec;
    const runner =
      ready.where === 'cluster' ? await askForRunner(await ready.kube(), context, ready.image ?? image) : undefined;
    if (requires.length > 0) {
      const { checkRequirements } = await import('./requirements.ts');
      await checkRequirements(subcommand.metadata.name, await ready.kube(), requires);
    }
    const { checkTrust } = await import('./trust-check.ts');
    await checkTrust(context, found, ready.where, ready.trust);
    if (ready.where === 'cluster') {
      const { runInCluster } = await import('./in-cluster.ts');
      return runInCluster(await ready.kube(), context, found, ready.call, { image: ready.image, runner });
    }
    const { runLocal } = await import('./local.ts');
    return runLocal(context, subcommand, ready.call, ready.flags);
  });

/** Asked while rights and trust are looked at. */
async function askForRunner(
  kube: Kube,
  context: Context,
  image: string | undefined,
): Promise<{ found: Promise<PodRunner | undefined> }> {
  const { runnerFor } = await import('./runner.ts');
  const found = runnerFor(kube, context, image);
  found.catch(() => {});
  return { found };
}

/** What the person may not do of it; undefined where nobody could be asked. */
async function lacks(
  context: Context,
  words: readonly string[],
  requires: readonly Requirement[],
): Promise<Requirement[] | undefined> {
  if (requires.length === 0) return [];
  try {
    const { lacking } = await import('./requirements.ts');
    const kube = await context.kube(kubeFlagsIn(words));
    try {
      return await lacking(kube, requires);
    } finally {
      kube.close();
    }
  } catch {
    return undefined;
  }
}
