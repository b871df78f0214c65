import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { findDatasets } from '../../../../shared/datasets/find.ts';
import { namespacesOf } from '../../../../shared/datasets/objects.ts';
import { datasetLook } from '../../../../shared/datasets/rows.ts';
import { listPrinter } from '../../../../shared/view/list-printer.ts';
import { formats, isFormat } from '../../../../shared/view/print.ts';
import { oneLine } from '../../../../shared/view/text.ts';

export class ProvisiondatasetsList extends KubeCommand {
  static override paths = [
    ['provisiondatasets', 'list'],
    ['provisiondatasets', 'ls'],
  ];

  static override usage = {
    description: 'list the datasets that a project may bind',
    examples: [
      ['those of this project', 'kubectl kf provisiondatasets ls'],
      ['all that there are', 'kubectl kf provisiondatasets ls -A'],
      ['which claim has which instance', 'kubectl kf provisiondatasets ls -o yaml'],
    ] as [string, string][],
  };

  static override completes: Completes = { output: formats };

  everywhere = Option.Boolean('-A,--all-namespaces', false, { description: 'of all projects' });
  output = Option.String('-o,--output', { validator: isFormat, description: 'table, wide, json, yaml or name' });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const all = await findDatasets(kube);
    this.checkInterrupt();
    const found = this.everywhere ? all : all.filter((each) => namespacesOf(each).includes(kube.namespace));
    const printer = await listPrinter(this.context, this.output, datasetLook(this.context.now()));
    await printer.add(found);
    await printer.end([]);
    if (found.length > 0) return Exit.ok;
    const { checkNamespace } = await import('../../../../shared/resources/namespace.ts');
    if (!this.everywhere) await checkNamespace(kube, kube.namespace);
    this.say(`there is no dataset${this.everywhere ? '' : ` for ${oneLine(kube.namespace)}`}`);
    return Exit.ok;
  }
}
