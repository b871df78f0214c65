import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { isHidden } from '../../../../shared/projects/member-rows.ts';
import { listMembers } from '../../../../shared/projects/members.ts';
import { listTemplates, templateLook } from '../../../../shared/projects/templates.ts';
import { checkNamespace } from '../../../../shared/resources/namespace.ts';
import { listPrinter } from '../../../../shared/view/list-printer.ts';
import { formats, isFormat } from '../../../../shared/view/print.ts';

export class GroupLs extends KubeCommand {
  static override paths = [
    ['group', 'ls'],
    ['group', 'list'],
  ];

  static override usage = {
    description: 'list the templates that members of the project may be given',
    details: `
      admin, edit and view are in every project; others are roles of the project or of the cluster that are labelled
      kf.kubeflow.org/template=true.
    `,
    examples: [['which there are', 'kubectl kf group ls']] as [string, string][],
  };

  static override completes: Completes = { output: formats };

  output = Option.String('-o,--output', { validator: isFormat, description: 'table, wide, json, yaml or name' });

  async execute(): Promise<number> {
    const kube = await this.kube();
    await checkNamespace(kube, kube.namespace);
    const members = await listMembers(kube, this.context).catch((error: unknown) => {
      if (!isHidden(error)) throw error;
      return undefined;
    });
    const { templates, notReadable } = await listTemplates(kube, this.context, kube.namespace, members);
    if (!members) notReadable.push(`rolebindings in ${kube.namespace}`);
    const printer = await listPrinter(this.context, this.output, templateLook);
    await printer.add(templates);
    await printer.end(notReadable);
    if (notReadable.length > 0) this.say(`not read, as you may not: ${notReadable.join(', ')}: there may be more`);
    return Exit.ok;
  }
}
