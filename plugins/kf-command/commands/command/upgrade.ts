import { Option } from 'clipanion';
import type { Completes } from '../../../../shared/completion/table.ts';
import { upgrade } from '../../../../shared/registry/upgrade.ts';
import { WritingCommand } from '../../writing-command.ts';

export class CommandUpgrade extends WritingCommand {
  static override paths = [['command', 'upgrade']];

  static override usage = {
    description: 'bring a subcommand up to its source, or to a version that it was',
    details: `
      Reads where it came from again (a branch: its newest commit), or another source, and shows how its parameters and its source
      change before it asks. The version counts up by itself where the source says none. The versions before are kept, the last ten of
      them: rollback goes back, --to chooses one.
    `,
    examples: [
      ['from where it came', 'kubectl kf command upgrade tune'],
      ['from this file', 'kubectl kf command upgrade tune ./tune.py'],
      ['see what would change', 'kubectl kf command upgrade tune --dry-run=client'],
      ['to a version that it was', 'kubectl kf command upgrade tune --to 0.3.0'],
    ] as [string, string][],
  };

  static override completes: Completes = { name: 'subcommand', source: 'file', ref: 'none', to: 'none' };

  to = Option.String('--to', { description: 'a version that is known' });
  ref = Option.String('--ref', { description: 'of a git repository: the branch, tag or commit' });
  name = Option.String({ name: 'name' });
  source = Option.String({ name: 'source', required: false });

  async execute(): Promise<number> {
    const { name, source, ref, to } = this;
    return this.done(await upgrade(this.acting(), { name, target: source, ref, to, level: this.level() }));
  }
}
