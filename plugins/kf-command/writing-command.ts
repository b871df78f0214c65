import { Option } from 'clipanion';
import type { Completes } from '../../shared/completion/table.ts';
import type { Acted, Acting } from '../../shared/registry/acting.ts';
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

  /** Prints what -o asks for, and has what is remembered of the registry renewed. */
  protected async done({ code, subcommand }: Acted): Promise<number> {
    if (subcommand && isRaw(this.output)) await printObject(this.context, this.output, subcommand);
    return code;
  }
}
