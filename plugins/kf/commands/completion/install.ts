import { Option } from 'clipanion';
import { KfCommand } from '../../../../shared/cli/command.ts';
import { Exit, KfError } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { oneOf } from '../../../../shared/view/print.ts';

export class CompletionInstall extends KfCommand {
  static override paths = [['completion', 'install']];

  static override usage = {
    description: 'put beside the plugins what kubectl needs to complete their words',
    details: `
      Writes kubectl_complete-kf… and dash-spelled links (kubectl-kf-train) into the folder where krew has linked the plugins. It may be
      done again at any time, and is worth it when a group was installed. What others have put there is never touched.
    `,
    examples: [
      ['set it up', 'kubectl kf completion install'],
      ['see what it would write', 'kubectl kf completion install --dry-run'],
    ] as [string, string][],
  };

  static override completes: Completes = { dryRun: ['client'] };

  dryRun = Option.String('--dry-run', {
    validator: oneOf(['client']),
    description: 'client: only show what would be written',
  });

  async execute(): Promise<number> {
    const [{ put, standing }, { onPath, piecesFor, pluginFolder }] = await Promise.all([
      import('../../../../shared/completion/install.ts'),
      import('../../pieces.ts'),
    ]);
    const folder = pluginFolder(this.context);
    const foreign: string[] = [];
    let changed = 0;
    for (const piece of piecesFor(folder, this.context)) {
      const stands = standing(folder, piece);
      if (stands === 'foreign') foreign.push(piece.name);
      if (stands === 'foreign' || stands === 'there') continue;
      if (!this.dryRun) put(folder, piece, stands === 'ours');
      changed++;
      const done = this.dryRun ? 'would write' : stands === 'ours' ? 'renewed' : 'wrote';
      this.context.stdout.write(`${done} ${folder}/${piece.name}${'link' in piece ? ` -> ${piece.link}` : ''}\n`);
    }
    if (changed === 0 && foreign.length === 0) this.say(`all is there already, in ${folder}`);
    if (foreign.length > 0) {
      throw new KfError(
        Exit.failed,
        `not ours, and left as it is: ${foreign.map((name) => `${folder}/${name}`).join(', ')}`,
        {
          hint: 'move it away and run this again, if kubectl kf should be completed in its place',
        },
      );
    }
    if (!onPath(folder, this.context)) this.say(`kubectl looks on PATH only: put ${folder} there`);
    if (changed > 0 && !this.dryRun) this.say('what your shell needs beside this: kubectl kf completion');
    return Exit.ok;
  }
}
