import { builtinFlag, kubeFlagsIn } from '../../shared/cli/argv.ts';
import type { Context } from '../../shared/cli/context.ts';
import { Exit } from '../../shared/cli/errors.ts';
import type { TableCommand } from '../../shared/completion/table.ts';
import type { Found } from '../../shared/registry/entry.ts';
import { findSubcommand } from '../../shared/registry/find.ts';
import { personal, placeId, readTable, remembered, writeTable } from '../../shared/registry/remembered.ts';
import { renew } from '../../shared/registry/renew.ts';

/** Longer than the registry takes to answer, and a credential plugin that does not ask. */
const limit = 15_000;

/**
 * `__remember [VERB] flags…`: asks the registry for what there is, and learns the words of the verb. Nobody waits for it and
 * nothing is told: what can't be had now is asked for another time.
 */
export async function remember(words: readonly string[], context: Context): Promise<number> {
  const verb = words.find((word) => !word.startsWith('-'));
  const work = learn(verb, kubeFlagsIn(words), context).catch(() => {});
  await Promise.race([work, context.sleep(limit)]);
  return Exit.ok;
}

async function learn(verb: string | undefined, flags: ReturnType<typeof kubeFlagsIn>, context: Context): Promise<void> {
  const opened = context.kube({ requestTimeout: '5s', ...flags });
  const kube = await opened.catch(() => undefined);
  await renew(context, flags, kube);
  const id = await placeId(flags, context);
  const entry = remembered(id, context).find(({ name }) => name === verb);
  const place = entry?.level === 'personal' ? personal : id;
  if (!verb || !entry || place === undefined || readTable(place, verb, context)?.digest === entry.digest) return;
  const found = await findSubcommand(verb, { context, kube, level: entry.level });
  if (!found) return;
  writeTable(place, verb, { digest: entry.digest, command: await tableOf(found) }, context);
}

/** The words after an added verb, as completion has those of a built-in. */
export async function tableOf(found: Found): Promise<TableCommand> {
  const { commandFor } = await import('../../shared/added/command.ts');
  const { describeCommand } = await import('../../shared/completion/describe.ts');
  const { metadata, spec } = found.subcommand;
  const Class = commandFor(found, async () => Exit.ok);
  const command = describeCommand({ words: [metadata.name], aliases: [] }, Class);
  if (!spec.replaces) return command;
  const what = `run the ${metadata.name} that this replaces`;
  const original = { key: 'builtin', names: [builtinFlag], takesValue: false, repeats: false, hidden: false, what };
  return { ...command, flags: [...command.flags, { ...original, by: 'none' }] };
}
