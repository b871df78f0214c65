import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { listPersonal } from '../../../../shared/registry/personal.ts';
import { formats, isFormat } from '../../../../shared/view/print.ts';
import { Table } from '../../../../shared/view/table.ts';

export class CommandList extends KubeCommand {
  static override paths = [
    ['command', 'list'],
    ['command', 'ls'],
  ];

  static override usage = {
    description: 'list the subcommands that were added, by you or for you',
    details: 'Those of your own, of this project and of the whole cluster, as far as you may see them.',
    examples: [['what was added', 'kubectl kf command list']] as [string, string][],
  };

  static override completes: Completes = { output: formats };

  output = Option.String('-o,--output', { validator: isFormat, description: 'table, wide, json, yaml or name' });

  async execute(): Promise<number> {
    const { subcommands, notes } = await listPersonal(this.context);
    for (const note of notes) this.say(note);
    await new Table(this.context, [{ title: 'NAME', value: (name: string) => name }]).add(
      subcommands.map(({ metadata }) => metadata.name),
    );
    return Exit.ok;
  }
}
