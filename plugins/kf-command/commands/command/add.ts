import { Option } from 'clipanion';
import type { Completes } from '../../../../shared/completion/table.ts';
import { add } from '../../../../shared/registry/add.ts';
import { pluginOf } from '../../plugin-of.ts';
import { WritingCommand } from '../../writing-command.ts';

export class CommandAdd extends WritingCommand {
  static override paths = [['command', 'add']];

  static override usage = {
    description: 'add a verb of your own: a Python function, a bash script, a Go program',
    details: `
      Takes a file, a folder, a Kubeless Function manifest, or a git repository at a branch, tag or commit. The source is read,
      never run: its parameters become options and words, its docstring the help. Shows what it understood, and asks.

      It goes to the project where you may add there, otherwise it is your own; --personal, --project and --cluster say where. It never
      takes the place of another of that name there: upgrade changes one, replace puts one in the place of a built-in verb.
    `,
    examples: [
      ['a function, for the project', 'kubectl kf command add tune.py'],
      ['one of several in a file, for yourself', 'kubectl kf command add jobs.py:tune --personal'],
      ['out of a git repository', 'kubectl kf command add https://github.com/org/jobs.git@v1.2#tune.py'],
      ['see what it would be', 'kubectl kf command add tune.py --dry-run=client -o yaml'],
    ] as [string, string][],
  };

  static override completes: Completes = { source: 'file', name: 'none', ref: 'none' };

  name = Option.String('--name', { description: "the verb; the function's or file's own name unless given" });
  ref = Option.String('--ref', { description: 'of a git repository: the branch, tag or commit' });
  source = Option.String({ name: 'source' });

  async execute(): Promise<number> {
    const { name, ref } = this;
    const where = { level: this.level(), pluginOf: pluginOf(this.context), remembered: () => this.remembered() };
    return this.done(await add(this.acting(), { target: this.source, name, ref, ...where }));
  }
}
