import { Option } from 'clipanion';
import { Exit } from '../../../shared/cli/errors.ts';
import { isDuration } from '../../../shared/cli/timeout.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import { planProvision } from '../../../shared/datasets/provision.ts';
import { typeNames } from '../../../shared/datasets/types.ts';
import { readWish, readWords } from '../../../shared/datasets/wish.ts';
import { DatasetCommand } from '../dataset-command.ts';

export class Provisiondatasets extends DatasetCommand {
  static override paths = [['provisiondatasets']];

  static override usage = {
    description: 'share storage that there is with projects, as a dataset',
    details: `
      Makes PersistentVolumes over the storage, one an instance, that can be bound only from the projects that are named, which must be
      yours; the first is the one that the dataset belongs to. A claim takes an instance. Claims get one by the storage class
      NAME.PROJECT, or are made with --claim. The same command again makes what is missing. Which types are for everyone, the admin says;
      those of a node (local) are the admin's, who can allow a directory.

      The words of Kubeflow's proposal are taken too: provisiondatasets --type NFS ID nas:/data mode ROX namespaces team-a,team-b
    `,
    examples: [
      [
        'a directory on an NFS server for two projects, with a claim in each',
        'kubectl kf provisiondatasets --type NFS --id nas.example.com:/imagenet --mode ROX --namespaces team-a,team-b --claim',
      ],
      [
        "as the proposal has it: a disk at Google's, two instances",
        'kubectl kf provisiondatasets --type GCEPersistentDisk ID projects/p/zones/z/disks/imagenet mode ROX instances 2 namespaces team-a,team-b typeparams fsType=ext4',
      ],
      [
        'by any CSI driver; see what would be made',
        'kubectl kf provisiondatasets --type CSI --id fs-0a1b --typeparams driver=efs.csi.aws.com --mode RWX --dry-run=client -o yaml',
      ],
    ] as [string, string][],
  };

  static override completes: Completes = {
    type: typeNames,
    id: 'none',
    mode: ['RWO', 'ROX', 'RWX'],
    instances: 'none',
    namespaces: 'namespace',
    typeparams: 'none',
    name: 'none',
    size: 'none',
    timeout: 'none',
    words: 'none',
  };

  type = Option.String('--type', { description: `${typeNames.join(', ')}` });
  id = Option.String('--id', { description: 'which storage: vol-…, SERVER:/path, as its type names it' });
  mode = Option.String('--mode', { description: 'RWO (one node), ROX (many read) or RWX (many write); ROX if it can' });
  instances = Option.String('--instances', { description: 'how many volumes; as many as projects' });
  namespaces = Option.String('--namespaces', { description: 'the projects: a,b; this one' });
  typeparams = Option.String('--typeparams', {
    description: 'more of the type: fsType=ext4,zone=…,readOnly=true,mountOptions=…',
  });
  name = Option.String('--name', { description: "the dataset's name; made of the ID" });
  size = Option.String('--size', { description: 'what claims see as its size; 1Gi' });
  claim = Option.Boolean('--claim', false, {
    description: 'make a claim in each of the projects, and wait until it is bound',
  });
  timeout = Option.String('--timeout', '30s', { validator: isDuration, description: 'wait so long for claims; 30s' });
  words = Option.Rest({ name: 'word' });

  async execute(): Promise<number> {
    const { type, id, mode, instances, namespaces, typeparams, name, size } = this;
    const options = { type, id, mode, instances, namespaces, typeparams, name, size };
    const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
    const kube = await this.kube();
    const wish = readWish(readWords(this.words, given), kube.namespace);
    const plan = await planProvision(kube, wish, this.claim);
    this.checkInterrupt();
    await this.carryOut(kube, plan.steps);
    if (wish.type.single && plan.dataset.volumes.length > 1)
      this.say(`${wish.type.name} is on one node at a time: pods that use it at the same time have to be on that one`);
    await this.settle(kube, plan, this.timeout);
    return Exit.ok;
  }
}
