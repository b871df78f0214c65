import { Option } from 'clipanion';
import { Exit } from '../../../../shared/cli/errors.ts';
import { isDuration } from '../../../../shared/cli/timeout.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { findDataset } from '../../../../shared/datasets/find.ts';
import { planShare } from '../../../../shared/datasets/provision.ts';
import { readNamespaces } from '../../../../shared/datasets/wish.ts';
import { DatasetCommand } from '../../dataset-command.ts';

export class ProvisiondatasetsShare extends DatasetCommand {
  static override paths = [['provisiondatasets', 'share']];

  static override usage = {
    description: 'let more projects bind a dataset',
    details: `
      All the projects that it is for must be yours, those that it is shared with already too; an admin can share any. There are as
      many instances as projects afterwards.
    `,
    examples: [
      ['with one more, and a claim there', 'kubectl kf provisiondatasets share imagenet team-c --claim'],
      ['of several of the name, that of team-a', 'kubectl kf provisiondatasets share imagenet.team-a team-c'],
    ] as [string, string][],
  };

  static override completes: Completes = { timeout: 'none', dataset: 'none', projects: 'namespace' };

  claim = Option.Boolean('--claim', false, { description: 'make a claim in each of them, and wait until it is bound' });
  timeout = Option.String('--timeout', '30s', { validator: isDuration, description: 'wait so long for claims; 30s' });
  dataset = Option.String({ name: 'dataset' });
  projects = Option.Rest({ name: 'project', required: 1 });

  async execute(): Promise<number> {
    const more = readNamespaces(this.projects.join(','));
    const kube = await this.kube();
    const plan = await planShare(kube, await findDataset(kube, this.dataset), more, this.claim);
    this.checkInterrupt();
    await this.carryOut(kube, plan.steps);
    await this.settle(kube, plan, this.timeout);
    return Exit.ok;
  }
}
