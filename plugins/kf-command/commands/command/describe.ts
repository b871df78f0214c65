import { Option } from 'clipanion';
import { describeFacts, sourceText } from '../../../../shared/added/describe.ts';
import { lacking } from '../../../../shared/added/requirements.ts';
import { Exit, Interrupted } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import type { Found, Requirement } from '../../../../shared/registry/entry.ts';
import { findEverywhere } from '../../../../shared/registry/find.ts';
import { foundNone } from '../../../../shared/registry/none.ts';
import { printFacts } from '../../../../shared/view/facts.ts';
import { oneOf } from '../../../../shared/view/print.ts';
import { emit } from '../../../../shared/view/table.ts';
import { LevelCommand } from '../../level-command.ts';

export class CommandDescribe extends LevelCommand {
  static override paths = [['command', 'describe']];

  static override usage = {
    description: 'all there is to know of a subcommand: what it takes, needs, where it is from',
    details: `
      Its parameters as its own help has them, where it is kept and runs, who added it, its digest and where its source came from, and
      what it needs in the cluster, with whether you may do that in this project. Nothing of it is run.
    `,
    examples: [
      ['before it is run for the first time', 'kubectl kf command describe tune'],
      ['read its source', 'kubectl kf command describe tune --source'],
      ["the cluster's, though there is a nearer one", 'kubectl kf command describe tune --cluster'],
    ] as [string, string][],
  };

  static override completes: Completes = { output: ['table', 'json', 'yaml', 'name'], name: 'subcommand' };

  source = Option.Boolean('--source', false, { description: 'print its source' });
  output = Option.String('-o,--output', {
    validator: oneOf(['table', 'json', 'yaml', 'name'] as const),
    description: 'table, json, yaml or name',
  });
  name = Option.String({ name: 'name' });

  async execute(): Promise<number> {
    const level = this.level();
    const [found, ...behind] = await this.#found();
    if (!found) throw foundNone(this.name, level, level === 'personal' ? '' : (await this.kube()).namespace);
    const { spec } = found.subcommand;
    if (this.source) {
      await emit(this.context.stdout, sourceText(spec.files));
      return Exit.ok;
    }
    const facts = describeFacts({ found, behind, lacks: await this.#lacks(spec.requires) }, this.context);
    await printFacts(this.context, this.output, facts);
    return Exit.ok;
  }

  /** Where the cluster can't be asked, one's own can be described all the same. */
  async #found(): Promise<Found[]> {
    const [context, level] = [this.context, this.level()];
    const own = await findEverywhere(this.name, { context, kube: undefined, level });
    if (level === 'personal') return own;
    try {
      return await findEverywhere(this.name, { context, kube: await this.kube(), level });
    } catch (error) {
      if (own.length === 0 || error instanceof Interrupted) throw error;
      return own;
    }
  }

  async #lacks(requires: readonly Requirement[]): Promise<Requirement[] | undefined> {
    if (requires.length === 0) return [];
    try {
      return await lacking(await this.kube(), requires);
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      return undefined;
    }
  }
}
