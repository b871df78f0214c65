import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import type { Kube } from '../../../../shared/kube/kube.ts';
import { listJobs } from '../../../../shared/resources/list.ts';
import { type JobKind, phases } from '../../../../shared/resources/resource.ts';
import { trainJob } from '../../../../shared/resources/train-job.ts';
import { jobColumns } from '../../../../shared/view/jobs.ts';
import { formats, isFormat, isRaw, oneOf } from '../../../../shared/view/print.ts';
import { Table } from '../../../../shared/view/table.ts';

export class TrainList extends KubeCommand {
  static override paths = [
    ['train', 'list'],
    ['train', 'ls'],
  ];

  static override usage = {
    description: 'list training jobs, their state and why',
    details: `
      TrainJobs, and the older training kinds (PyTorchJob and so on) where the cluster serves them, each with its state, how
      many of its nodes are ready, how long it took and why it waits or failed. Rows are printed as the server sends them.
    `,
    examples: [
      ['the jobs of this project', 'kubectl kf train list'],
      ['of all projects', 'kubectl kf train list -A'],
      ['only those that failed, with a label', 'kubectl kf train list --state Failed -l team=vision'],
      ['for a script', 'kubectl kf train list -o name'],
    ] as [string, string][],
  };

  static override completes: Completes = { selector: 'none', state: phases, output: formats };

  all = Option.Boolean('-A,--all-namespaces', false, { description: 'of all projects' });
  selector = Option.String('-l,--selector', { description: 'only with these labels: key=value,…' });
  state = Option.String('--state', { validator: oneOf(phases), description: 'only in this state: Running, Failed, …' });
  output = Option.String('-o,--output', { validator: isFormat, description: 'table, wide, json, yaml or name' });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const query = {
      namespace: this.all ? undefined : kube.namespace,
      selector: this.selector,
      state: this.state,
      objects: isRaw(this.output),
    };
    const table = new Table(this.context, jobColumns(this.context.now(), this.all), this.output === 'wide');
    const raw = isRaw(this.output) ? await this.#printer(this.output) : undefined;
    const older = this.#olderKinds();
    // Whoever awaits it gets to know; an earlier error ends the command before that.
    older.catch(() => {});
    let found = 0;
    const show = async (kind: JobKind) => {
      for await (const rows of listJobs(kube, kind, query)) {
        this.checkInterrupt();
        found += rows.length;
        if (raw) await raw.add(rows.map((row) => row.object!));
        else await table.add(rows);
      }
    };
    let missing: unknown;
    try {
      await show(trainJob);
    } catch (error) {
      const { noTrainer } = await import('../../../../shared/resources/trainer.ts');
      missing = noTrainer(error);
    }
    const kinds = await older;
    if (missing && kinds.length === 0) throw missing;
    for (const kind of kinds) await show(kind);
    if (found === 0 && !this.all) await this.#checkProject(kube);
    await raw?.end();
    if (found === 0) await this.#empty(kube.namespace);
    return Exit.ok;
  }

  /** A project that is not there has no jobs either, and says so. */
  async #checkProject(kube: Kube): Promise<void> {
    await (await import('../../../../shared/resources/namespace.ts')).checkNamespace(kube, kube.namespace);
  }

  /** The Training Operator's kinds that this cluster serves: from the discovery that is remembered. */
  async #olderKinds(): Promise<JobKind[]> {
    const { servedTrainingKinds } = await import('../../../../shared/resources/served.ts');
    return servedTrainingKinds(await this.kube(), this.context);
  }

  async #printer(format: 'json' | 'yaml' | 'name') {
    const { ListPrinter } = await import('../../../../shared/view/print.ts');
    return new ListPrinter(this.context, format);
  }

  async #empty(namespace: string): Promise<void> {
    const which = [this.state, this.selector && `with ${this.selector}`].filter(Boolean).join(' ');
    const where = this.all ? 'in any project' : `in ${namespace}`;
    this.say(`no training jobs ${where}${which ? ` (${which})` : ''}`);
    if (!which)
      this.say('start one: kubectl kf train <name> train.py --runtime <runtime>   runtimes: kubectl kf train runtimes');
  }
}
