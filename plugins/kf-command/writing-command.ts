import { Option } from 'clipanion';
import { Exit } from '../../shared/cli/errors.ts';
import type { Completes } from '../../shared/completion/table.ts';
import type { Acted, Acting } from '../../shared/registry/acting.ts';
import { foundIn } from '../../shared/registry/entry.ts';
import type { Remembered } from '../../shared/registry/remembered.ts';
import { isRaw, oneOf, printObject } from '../../shared/view/print.ts';
import { LevelCommand } from './level-command.ts';

const outputs = ['name', 'json', 'yaml'] as const;

/** A command that changes the registry: shows what it will do, asks on a terminal, and prints what came of it where -o says how. */
export abstract class WritingCommand extends LevelCommand {
  static override completes: Completes = { output: outputs, dryRun: ['client', 'server'] };

  yes = Option.Boolean('-y,--yes', false, { description: 'do not ask' });
  dryRun = Option.String('--dry-run', {
    validator: oneOf(['client', 'server'] as const),
    description: 'client: only show what would be done; server: have the server check it too',
  });
  output = Option.String('-o,--output', {
    validator: oneOf(outputs),
    description: 'print the subcommand: name, json or yaml',
  });

  protected acting(): Acting {
    return {
      context: this.context,
      kube: () => this.kube(),
      say: (line) => this.say(line),
      checkInterrupt: () => this.checkInterrupt(),
      yes: this.yes,
      dryRun: this.dryRun,
    };
  }

  /** What is known of the project's and the cluster's without asking. */
  protected async remembered(): Promise<Remembered[]> {
    const { placeId, readIndex } = await import('../../shared/registry/remembered.ts');
    const id = await placeId(this.flags(), this.context);
    return id === undefined ? [] : (readIndex(id, this.context)?.entries ?? []);
  }

  /** Prints what -o asks for; what was done is remembered for the next words and Tabs. */
  protected async done({ code, subcommand }: Acted): Promise<number> {
    if (subcommand && code === Exit.ok && !this.dryRun) {
      const { noteAdded } = await import('../../shared/registry/renew.ts');
      await noteAdded(this.context, this.flags(), foundIn(subcommand));
    }
    if (subcommand && isRaw(this.output)) await printObject(this.context, this.output, subcommand);
    return code;
  }
}
