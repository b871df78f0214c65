import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import type { Kube } from '../../../../shared/kube/kube.ts';
import { findJob } from '../../../../shared/resources/find.ts';
import { type JobRow, listJobs } from '../../../../shared/resources/list.ts';
import { servedTrainingKinds } from '../../../../shared/resources/served.ts';
import { trainJob } from '../../../../shared/resources/train-job.ts';
import { noTrainer } from '../../../../shared/resources/trainer.ts';
import { momentColumns, runColumns } from '../../../../shared/view/history.ts';
import { Table } from '../../../../shared/view/table.ts';

export class TrainHistory extends KubeCommand {
  static override paths = [['train', 'history']];

  static override usage = {
    description: 'show past runs, or what happened to one job',
    details: `
      Without a name: the runs of this project, newest first, with what they ran and how they ended. With a name: the job's life from
      its creation on, with restarts, suspends and resumes, and the events that the cluster still has.
    `,
    examples: [
      ['the runs of this project', 'kubectl kf train history'],
      ['of all projects', 'kubectl kf train history -A'],
      ['what happened to one', 'kubectl kf train history digits'],
    ] as [string, string][],
  };

  static override completes: Completes = { selector: 'none', name: 'job' };

  all = Option.Boolean('-A,--all-namespaces', false, { description: 'of all projects' });
  selector = Option.String('-l,--selector', { description: 'only with these labels: key=value,…' });
  name = Option.String({ name: 'name', required: false });

  async execute(): Promise<number> {
    const kube = await this.kube();
    return this.name === undefined ? this.#runs(kube) : this.#one(kube, this.name);
  }

  async #one(kube: Kube, name: string): Promise<number> {
    const job = await findJob(kube, this.context, name);
    const { jobDetail } = await import('../../../../shared/resources/detail.ts');
    const { timeline } = await import('../../../../shared/resources/history.ts');
    const moments = timeline(await jobDetail(kube, this.context, job));
    await new Table(this.context, momentColumns(this.context.now())).add(moments);
    return Exit.ok;
  }

  async #runs(kube: Kube): Promise<number> {
    const query = { namespace: this.all ? undefined : kube.namespace, selector: this.selector };
    const older = await servedTrainingKinds(kube, this.context);
    const rows: JobRow[] = [];
    for (const kind of [trainJob, ...older]) {
      try {
        for await (const page of listJobs(kube, kind, query)) rows.push(...page);
      } catch (error) {
        const missing = noTrainer(error);
        if (older.length === 0) throw missing;
      }
      this.checkInterrupt();
    }
    const began = (row: JobRow) => row.state.started ?? row.created ?? '';
    rows.sort((a, b) => Date.parse(began(b)) - Date.parse(began(a)) || (a.name < b.name ? -1 : 1));
    await new Table(this.context, runColumns(this.context.now(), this.all)).add(rows);
    // A project that is not there has no runs either, and says so.
    if (rows.length === 0 && !this.all)
      await (await import('../../../../shared/resources/namespace.ts')).checkNamespace(kube, kube.namespace);
    if (rows.length === 0) this.say(`no runs in ${this.all ? 'any project' : kube.namespace} yet`);
    return Exit.ok;
  }
}
