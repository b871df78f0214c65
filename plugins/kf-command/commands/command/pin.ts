import { Option } from 'clipanion';
import type { Completes } from '../../../../shared/completion/table.ts';
import { pin } from '../../../../shared/registry/upgrade.ts';
import { WritingCommand } from '../../writing-command.ts';

export class CommandPin extends WritingCommand {
  static override paths = [['command', 'pin']];

  static override usage = {
    description: 'keep a subcommand at the version that it is',
    details: 'upgrade leaves it alone until it is let go.',
    examples: [
      ['keep it', 'kubectl kf command pin tune'],
      ['let it go', 'kubectl kf command pin tune --undo'],
    ] as [string, string][],
  };

  static override completes: Completes = { name: 'subcommand' };

  undo = Option.Boolean('--undo', false, { description: 'let it be upgraded again' });
  name = Option.String({ name: 'name' });

  async execute(): Promise<number> {
    return this.done(await pin(this.acting(), this.name, this.level(), !this.undo));
  }
}
