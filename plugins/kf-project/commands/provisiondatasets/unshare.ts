import { Option } from 'clipanion';
import type { Completes } from '../../../../shared/completion/table.ts';
import { findDataset } from '../../../../shared/datasets/find.ts';
import { readNamespaces } from '../../../../shared/datasets/wish.ts';
import { planUnshare } from '../../../../shared/datasets/withdraw.ts';
import { DatasetCommand } from '../../dataset-command.ts';

export class ProvisiondatasetsUnshare extends DatasetCommand {
  static override paths = [['provisiondatasets', 'unshare']];

  static override usage = {
    description: 'take a dataset away from projects',
    details: `
      They can't bind it any more, and their claims on it are deleted, each once no pod uses it. The project that it belongs to stays.
    `,
    examples: [
      ['from one', 'kubectl kf provisiondatasets unshare imagenet team-c'],
      ['see what would be done', 'kubectl kf provisiondatasets unshare imagenet team-b team-c --dry-run=server'],
    ] as [string, string][],
  };

  static override completes: Completes = { dataset: 'none', projects: 'namespace' };

  yes = Option.Boolean('-y,--yes', false, { description: 'do not ask' });
  dataset = Option.String({ name: 'dataset' });
  projects = Option.Rest({ name: 'project', required: 1 });

  async execute(): Promise<number> {
    const fewer = readNamespaces(this.projects.join(','));
    const kube = await this.kube();
    const plan = await planUnshare(kube, await findDataset(kube, this.dataset), fewer);
    return this.withdraw(kube, plan, `take dataset ${this.dataset} away from ${fewer.join(', ')}`, this.yes);
  }
}
