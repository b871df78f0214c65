import { Option } from 'clipanion';
import type { Completes } from '../../../../shared/completion/table.ts';
import { rollback } from '../../../../shared/registry/upgrade.ts';
import { WritingCommand } from '../../writing-command.ts';

export class CommandRollback extends WritingCommand {
  static override paths = [['command', 'rollback']];

  static override usage = {
    description: 'bring a subcommand back to the version before',
    details: 'Shows what changes, and asks. The later version is kept too: upgrade --to brings it back.',
    examples: [['undo an upgrade', 'kubectl kf command rollback tune']] as [string, string][],
  };

  static override completes: Completes = { name: 'subcommand' };

  name = Option.String({ name: 'name' });

  async execute(): Promise<number> {
    return this.done(await rollback(this.acting(), this.name, this.level()));
  }
}
