import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { isHidden, memberLook, memberRows, ownRow } from '../../../../shared/projects/member-rows.ts';
import { listMembers } from '../../../../shared/projects/members.ts';
import { checkNamespace } from '../../../../shared/resources/namespace.ts';
import { listPrinter } from '../../../../shared/view/list-printer.ts';
import { formats, isFormat } from '../../../../shared/view/print.ts';

export class UserLs extends KubeCommand {
  static override paths = [
    ['user', 'ls'],
    ['user', 'list'],
  ];

  static override usage = {
    description: 'list who is a member of the project, and as what',
    details: `
      Members are those that Kubeflow's access management has, and others whom a RoleBinding of the project gives rights, which their
      note says. Its owners may see them all; anyone else sees what they are themselves. Who has rights in every project is no member
      of this one: kubectl kf validate shows them.
    `,
    examples: [
      ['of this project', 'kubectl kf user ls'],
      ['a file of them, to be changed and given back with user -f', 'kubectl kf user ls -o yaml > members.yaml'],
    ] as [string, string][],
  };

  static override completes: Completes = { output: formats };

  output = Option.String('-o,--output', { validator: isFormat, description: 'table, wide, json, yaml or name' });

  async execute(): Promise<number> {
    const kube = await this.kube();
    await checkNamespace(kube, kube.namespace);
    const printer = await listPrinter(this.context, this.output, memberLook(this.context.now()));
    try {
      const members = await listMembers(kube, this.context);
      const rows = memberRows(members);
      await printer.add(rows);
      await printer.end(members.notReadable);
      if (rows.length === 0) this.say(`no members in ${kube.namespace}; add one: kubectl kf user --add <user>`);
    } catch (error) {
      if (!isHidden(error)) throw error;
      await printer.add([await ownRow(kube, kube.namespace)]);
      await printer.end([`rolebindings in ${kube.namespace}`]);
      this.say(
        `not read, as you may not: rolebindings in ${kube.namespace}: this is you alone, its owners see all members`,
      );
    }
    return Exit.ok;
  }
}
