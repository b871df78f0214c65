import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit, KfError } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { listRuntimes, type Runtime } from '../../../../shared/resources/runtime.ts';
import { missingTrainer } from '../../../../shared/resources/trainer.ts';
import { age } from '../../../../shared/view/age.ts';
import { formats, isFormat, isRaw, ListPrinter } from '../../../../shared/view/print.ts';
import { type Column, Table } from '../../../../shared/view/table.ts';

export class TrainRuntimes extends KubeCommand {
  static override paths = [['train', 'runtimes']];

  static override usage = {
    description: 'list the runtimes that a job may use',
    details: `
      A runtime is what a training job runs in: its framework, its image, how many nodes. Those of this project come first,
      then the cluster's. One is named with --runtime when a job is started.
    `,
    examples: [
      ['the runtimes here', 'kubectl kf train runtimes'],
      ['with their resources', 'kubectl kf train runtimes -o wide'],
      ['as a script wants them', 'kubectl kf train runtimes -o json'],
    ] as [string, string][],
  };

  static override completes: Completes = { output: formats };

  output = Option.String('-o,--output', { validator: isFormat, description: 'table, wide, json, yaml or name' });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const { items, forbidden, served } = await listRuntimes(kube, kube.namespace);
    if (!served) throw missingTrainer();
    const kinds = forbidden.map((kind) => `${kind.toLowerCase()}s`).join(' and ');
    if (forbidden.length === 2) {
      throw new KfError(
        Exit.forbidden,
        `not allowed: ${kube.userName || 'you'} may not list ${kinds} in ${kube.namespace}`,
        {
          hint: 'a cluster admin grants it: ClusterRole kubeflow-trainer-view-cluster-runtimes',
        },
      );
    }
    if (forbidden.length > 0) this.say(`${kinds} may not be listed here: this is not all there may be`);
    if (isRaw(this.output)) {
      const printer = new ListPrinter(this.context, this.output);
      await printer.add(items.map((runtime) => runtime.object));
      await printer.end();
    } else {
      await new Table(this.context, columns(this.context.now()), this.output === 'wide').add(items);
    }
    if (items.length === 0)
      this.say(`no runtimes in ${kube.namespace} or the cluster; a cluster admin installs them with Kubeflow Trainer`);
    return Exit.ok;
  }
}

function columns(now: number): Column<Runtime>[] {
  const asks = (runtime: Runtime) =>
    Object.entries({ ...runtime.resources.limits, ...runtime.resources.requests })
      .map(([name, amount]) => `${name}=${amount}`)
      .join(',');
  return [
    { title: 'NAME', value: (r) => r.name },
    { title: 'SCOPE', value: (r) => (r.kind === 'TrainingRuntime' ? 'project' : 'cluster') },
    { title: 'FRAMEWORK', value: (r) => r.framework + (r.deprecated ? ' (deprecated)' : '') },
    { title: 'NODES', value: (r) => String(r.nodes) },
    { title: 'RESOURCES', value: asks, wide: true },
    { title: 'AGE', value: (r) => age(r.object.metadata.creationTimestamp, now), wide: true },
    { title: 'IMAGE', value: (r) => r.image },
  ];
}
