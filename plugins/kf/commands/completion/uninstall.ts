import { Option } from 'clipanion';
import { KfCommand } from '../../../../shared/cli/command.ts';
import { Exit } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { oneOf } from '../../../../shared/view/print.ts';

export class CompletionUninstall extends KfCommand {
  static override paths = [['completion', 'uninstall']];

  static override usage = {
    description: 'take away what completion install has written, and what completion remembers',
    details: `
      Only what completion install made goes; the plugins stay as they are.
    `,
    examples: [
      ['take it away', 'kubectl kf completion uninstall'],
      ['see what would go', 'kubectl kf completion uninstall --dry-run'],
    ] as [string, string][],
  };

  static override completes: Completes = { dryRun: ['client'] };

  dryRun = Option.String('--dry-run', { validator: oneOf(['client']), description: 'client: only show what would go' });

  async execute(): Promise<number> {
    const [{ piecesIn, take }, { pluginFolder }, { forget, root }] = await Promise.all([
      import('../../../../shared/completion/install.ts'),
      import('../../pieces.ts'),
      import('../../../../shared/completion/store.ts'),
    ]);
    const folder = pluginFolder(this.context);
    const names = piecesIn(folder);
    for (const name of names) {
      if (!this.dryRun) take(folder, name);
      this.context.stdout.write(`${this.dryRun ? 'would remove' : 'removed'} ${folder}/${name}\n`);
    }
    if (!this.dryRun) forget(this.context);
    if (names.length === 0) this.say(`nothing of it is in ${folder}`);
    else this.say(`${this.dryRun ? 'would forget' : 'forgot'} the names in ${root(this.context)}`);
    return Exit.ok;
  }
}
