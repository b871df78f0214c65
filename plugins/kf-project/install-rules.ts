import type { Context } from '../../shared/cli/context.ts';
import { installPolicies } from '../../shared/datasets/install.ts';
import { manifest } from '../../shared/datasets/policies.ts';
import type { Kube } from '../../shared/kube/kube.ts';
import { ListPrinter, nameOf } from '../../shared/view/print.ts';

export interface Install {
  dryRun: 'client' | 'server' | undefined;
  output: 'json' | 'yaml' | 'name' | undefined;
  before(): void;
}

/** The admission policies, and what everyone may do where they hold; -o prints them, for kubectl apply too. */
export async function installRules(
  context: Context,
  kube: () => Promise<Kube>,
  { dryRun, output, before }: Install,
): Promise<void> {
  const say = (line: string) => void context.stderr.write(`${line}\n`);
  if (dryRun !== 'client') await installPolicies(await kube(), context, { dryRun: dryRun === 'server', before });
  if (output || dryRun === 'client') {
    const printer = new ListPrinter(context, output ?? 'name');
    await printer.add(manifest);
    await printer.end();
  } else for (const object of manifest) say(`${nameOf(object)} ${dryRun ? 'would be applied' : 'applied'}`);
  if (dryRun) return say('nothing was changed');
  say('who makes a project owns it, and datasets bind where their owners allow it, whatever client is used');
}
