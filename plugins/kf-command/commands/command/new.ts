import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Option } from 'clipanion';
import { KfCommand } from '../../../../shared/cli/command.ts';
import { Exit, usageError } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { builtins, checkName } from '../../../../shared/registry/names.ts';
import { templateFor } from '../../../../shared/registry/templates.ts';

export class CommandNew extends KfCommand {
  static override paths = [['command', 'new']];

  static override usage = {
    description: 'write a starting point for a subcommand',
    details: `
      Writes one file here, which works as it is: a Python function, or a bash script or Go program whose comments say what it
      takes. Never writes over a file.
    `,
    examples: [
      ['a Python function', 'kubectl kf command new tune'],
      ['a bash script', 'kubectl kf command new upload --bash'],
    ] as [string, string][],
  };

  static override completes: Completes = { name: 'none' };

  python = Option.Boolean('--python', false, { description: 'a Python function (unless another is asked for)' });
  bash = Option.Boolean('--bash', false, { description: 'a bash script' });
  go = Option.Boolean('--go', false, { description: 'a Go program' });
  name = Option.String({ name: 'name' });

  async execute(): Promise<number> {
    const asked = (['python', 'bash', 'go'] as const).filter((each) => this[each]);
    if (asked.length > 1) throw usageError(`--${asked.join(' and --')} are two languages`, 'choose one');
    checkName(this.name, builtins.has(this.name));
    const { file, text } = templateFor(this.name, asked[0] ?? 'python');
    await writeFile(join(this.context.cwd, file), text, { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') throw usageError(`${file} is there already`, 'choose another name, or move it away');
      throw usageError(`cannot write ${file}: ${error.message}`, 'go to a folder that you may write to');
    });
    this.say(`wrote ${file}`);
    this.say(`try it:  kubectl kf command test ${file} -- World --count 2`);
    const add = builtins.has(this.name) ? `replace ${this.name} ${file}` : `add ${file}`;
    this.say(`add it:  kubectl kf command ${add}`);
    return Exit.ok;
  }
}
