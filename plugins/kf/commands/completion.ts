import { KfCommand } from '../../../shared/cli/command.ts';
import { Exit } from '../../../shared/cli/errors.ts';

export class Completion extends KfCommand {
  static override paths = [['completion']];

  static override usage = {
    description: 'how words are completed with Tab, and whether that is set up',
    details: `
      Words are completed through kubectl's own completion, in every shell that it knows: verbs, the names of what runs in the
      project, their containers, options and their values. What is needed for that, and what of it is there, is said here; it is set up
      with kubectl kf completion install.
    `,
    examples: [['what is there, and what is missing', 'kubectl kf completion']] as [string, string][],
  };

  async execute(): Promise<number> {
    const [{ explain }, { onPath, piecesFor, pluginFolder }, { standing }, { root }] = await Promise.all([
      import('../../../shared/completion/explain.ts'),
      import('../pieces.ts'),
      import('../../../shared/completion/install.ts'),
      import('../../../shared/completion/store.ts'),
    ]);
    const folder = pluginFolder(this.context);
    const pieces = piecesFor(folder, this.context);
    const missing = pieces.filter((piece) => standing(folder, piece) !== 'there').map(({ name }) => name);
    const shell = this.context.env.SHELL;
    const state = { folder, onPath: onPath(folder, this.context), count: pieces.length, missing };
    this.context.stdout.write(explain({ ...state, shell, cache: root(this.context) }));
    return Exit.ok;
  }
}
