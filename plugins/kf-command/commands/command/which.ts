import { Option } from 'clipanion';
import { type Answering, whichOf } from '../../../../shared/added/which.ts';
import { closest } from '../../../../shared/cli/closest.ts';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit, KfError } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { apiVersion, type Found } from '../../../../shared/registry/entry.ts';
import { findEverywhere } from '../../../../shared/registry/find.ts';
import { builtins } from '../../../../shared/registry/names.ts';
import { personalNames } from '../../../../shared/registry/personal.ts';
import { printFacts } from '../../../../shared/view/facts.ts';
import { oneOf } from '../../../../shared/view/print.ts';
import { Table } from '../../../../shared/view/table.ts';
import { oneLine } from '../../../../shared/view/text.ts';

const outputs = ['table', 'json', 'yaml', 'name'] as const;

export class CommandWhich extends KubeCommand {
  static override paths = [['command', 'which']];

  static override usage = {
    description: 'what a verb of kubectl kf runs, and all that it stands before',
    details: `
      In the order in which a verb is looked for: a subcommand that replaces a built-in verb, the verb of a group, a plugin on PATH,
      then your own subcommand, the project's, the cluster's. --builtin, typed with a verb, skips what replaces it.
    `,
    examples: [
      ['is train still the one that came with it?', 'kubectl kf command which train'],
      ['in another project', 'kubectl kf command which tune -n team-b'],
      ['only the first, for a script', 'kubectl kf command which tune -o name'],
    ] as [string, string][],
  };

  static override completes: Completes = { output: outputs, verb: 'subcommand' };

  output = Option.String('-o,--output', { validator: oneOf(outputs), description: 'table, json, yaml or name' });
  verb = Option.String({ name: 'verb' });

  async execute(): Promise<number> {
    const { found, error } = await this.#found();
    const answering = whichOf(this.verb, found, this.context);
    const [first] = answering;
    if (first) await this.#print(first, answering);
    if (error) throw error;
    if (!first) throw this.#nothing();
    return Exit.ok;
  }

  /** What the cluster has is left out where it does not answer, and why is told at the end. */
  async #found(): Promise<{ found: Found[]; error?: unknown }> {
    const { context } = this;
    try {
      return { found: await findEverywhere(this.verb, { context, kube: await this.kube() }) };
    } catch (error) {
      return { found: await findEverywhere(this.verb, { context, kube: undefined }), error };
    }
  }

  async #print(first: Answering, answering: readonly Answering[]): Promise<void> {
    if (this.output === undefined || this.output === 'table') {
      const order = (each: Answering) => (each.installed === false ? 'missing' : each === first ? 'runs' : 'then');
      await new Table<Answering>(this.context, [
        { title: 'ORDER', value: order },
        { title: 'WHAT', value: ({ what }) => what },
        { title: 'FROM', value: ({ from }) => from },
      ]).add(answering);
      return;
    }
    const name = first.subcommand
      ? `subcommand.kf.kubeflow.org/${first.subcommand.name}`
      : (first.path ?? first.plugin!);
    const data = { apiVersion, kind: 'SubcommandOrder', verb: this.verb, items: answering };
    await printFacts(this.context, this.output, { rows: [], data, name });
  }

  #nothing(): KfError {
    const near = closest(this.verb, [...builtins, ...personalNames(this.context)]);
    const verb = oneLine(this.verb);
    return new KfError(Exit.notFound, `nothing runs as "${verb}"${near ? `; did you mean ${near}?` : ''}`, {
      hint: 'see what there is: kubectl kf, and kubectl kf command list',
    });
  }
}
