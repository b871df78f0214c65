import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { createTemplate } from '../../../../shared/projects/template-create.ts';
import { checkNamespace } from '../../../../shared/resources/namespace.ts';
import { isRaw, oneOf, printObject } from '../../../../shared/view/print.ts';

const outputs = ['name', 'json', 'yaml'] as const;

export class GroupCreate extends KubeCommand {
  static override paths = [['group', 'create']];

  static override usage = {
    description: 'make a template of rights for members of the project',
    details: `
      It is a Role of the project, with the rights of the roles in --from and of each --rule, which is verbs, a colon and what they are
      on: get,list:pods,pods/log. Kinds are found by their name; .group after it says which is meant. Nobody makes a template
      with rights that they do not have.
    `,
    examples: [
      [
        'who looks at logs',
        "kubectl kf group create log-readers --rule get,list:pods,pods/log --describe 'reads logs'",
      ],
      ['who looks, and suspends jobs', 'kubectl kf group create operators --from view --rule patch:trainjobs'],
    ] as [string, string][],
  };

  static override completes: Completes = {
    from: ['admin', 'edit', 'view'],
    rule: 'none',
    describe: 'none',
    output: outputs,
    dryRun: ['client', 'server'],
    name: 'none',
  };

  from = Option.Array('--from', { description: 'take over the rights of this template' });
  rule = Option.Array('--rule', { description: 'rights: verbs:kinds, such as get,list:pods,pods/log' });
  describe = Option.String('--describe', { description: 'what it is for, in one line' });
  dryRun = Option.String('--dry-run', {
    validator: oneOf(['client', 'server'] as const),
    description: 'client: only show what would be made; server: have the server check it too',
  });
  output = Option.String('-o,--output', {
    validator: oneOf(outputs),
    description: 'print the role: name, json or yaml',
  });
  name = Option.String({ name: 'template' });

  async execute(): Promise<number> {
    const kube = await this.kube();
    await checkNamespace(kube, kube.namespace);
    const { from = [], rule: rules = [], describe = '', dryRun } = this;
    const { role, made } = await createTemplate(kube, this.context, { name: this.name, from, rules, describe, dryRun });
    const what = dryRun ? ' (dry run)' : '';
    this.say(`template ${this.name} ${made ? 'made' : 'is'} in ${kube.namespace}${made ? what : ': unchanged'}`);
    if (made && !dryRun) this.say(`give it: kubectl kf group ${this.name} --add <user>`);
    if (isRaw(this.output)) await printObject(this.context, this.output, role);
    return Exit.ok;
  }
}
