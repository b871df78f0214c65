import { Option } from 'clipanion';
import type { Completes } from '../../../../shared/completion/table.ts';
import { add } from '../../../../shared/registry/add.ts';
import { checkName, replaceable } from '../../../../shared/registry/names.ts';
import { WritingCommand } from '../../writing-command.ts';

export class CommandReplace extends WritingCommand {
  static override paths = [['command', 'replace']];

  static override usage = {
    description: 'put a subcommand of your own in the place of a built-in verb',
    details: `
      As add, for a verb that kubectl kf has itself. It is replaced for you, or for everyone in the project or cluster that it is added
      to; --builtin runs the original, and remove brings it back. login, logout, whoami, use, validate, command and configure can't be
      replaced.
    `,
    examples: [
      ['for the project', 'kubectl kf command replace train our_train.py'],
      ['for yourself', 'kubectl kf command replace train our_train.py --personal'],
    ] as [string, string][],
  };

  static override completes: Completes = { verb: replaceable, source: 'file', ref: 'none' };

  ref = Option.String('--ref', { description: 'of a git repository: the branch, tag or commit' });
  verb = Option.String({ name: 'verb' });
  source = Option.String({ name: 'source' });

  async execute(): Promise<number> {
    checkName(this.verb, true);
    const adding = { target: this.source, replaces: this.verb, ref: this.ref, level: this.level() };
    return this.done(
      await add(this.acting(), { ...adding, pluginOf: () => undefined, remembered: () => this.remembered() }),
    );
  }
}
