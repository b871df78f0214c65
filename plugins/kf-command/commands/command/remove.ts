import { Option } from 'clipanion';
import { Exit } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { removeSubcommand } from '../../../../shared/registry/remove.ts';
import { noteRemoved } from '../../../../shared/registry/renew.ts';
import { oneOf } from '../../../../shared/view/print.ts';
import { LevelCommand } from '../../level-command.ts';

export class CommandRemove extends LevelCommand {
  static override paths = [
    ['command', 'remove'],
    ['command', 'rm'],
  ];

  static override usage = {
    description: "take a subcommand away: your own, the project's or the cluster's",
    details: `
      The nearest of that name, unless a level is said. What it replaced is the built-in again. Where no one can be asked, --yes is
      needed.
    `,
    examples: [
      ['the nearest', 'kubectl kf command remove tune'],
      ["the project's, in a script", 'kubectl kf command remove tune --project --yes'],
    ] as [string, string][],
  };

  static override completes: Completes = { dryRun: ['client', 'server'], name: 'subcommand' };

  yes = Option.Boolean('-y,--yes', false, { description: 'do not ask' });
  dryRun = Option.String('--dry-run', {
    validator: oneOf(['client', 'server'] as const),
    description: 'client: only show what would go; server: have the server check it too',
  });
  name = Option.String({ name: 'name' });

  async execute(): Promise<number> {
    const { context, yes, dryRun } = this;
    const acting = { context, yes, dryRun, kube: () => this.kube(), say: (line: string) => this.say(line) };
    const checkInterrupt = () => this.checkInterrupt();
    const { code, level } = await removeSubcommand({ ...acting, checkInterrupt }, this.name, this.level());
    if (code === Exit.ok && !dryRun) await noteRemoved(context, this.flags(), { name: this.name, level });
    return code;
  }
}
