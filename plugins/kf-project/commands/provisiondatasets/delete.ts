import { Option } from 'clipanion';
import type { Completes } from '../../../../shared/completion/table.ts';
import { findDataset } from '../../../../shared/datasets/find.ts';
import { planDelete } from '../../../../shared/datasets/withdraw.ts';
import { DatasetCommand } from '../../dataset-command.ts';

export class ProvisiondatasetsDelete extends DatasetCommand {
  static override paths = [['provisiondatasets', 'delete']];

  static override usage = {
    description: 'delete a dataset: its volumes and claims, never its data',
    details: 'What pods use goes once they are gone. The storage stays as it is, and can be provisioned again.',
    examples: [
      ['after asking', 'kubectl kf provisiondatasets delete imagenet'],
      ['see what would go', 'kubectl kf provisiondatasets delete imagenet --dry-run=client'],
    ] as [string, string][],
  };

  static override completes: Completes = { dataset: 'none' };

  yes = Option.Boolean('-y,--yes', false, { description: 'do not ask' });
  dataset = Option.String({ name: 'dataset' });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const plan = await planDelete(kube, await findDataset(kube, this.dataset));
    return this.withdraw(kube, plan, `delete dataset ${this.dataset} (its data stays)`, this.yes);
  }
}
