import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import { Exit, usageError } from '../../../shared/cli/errors.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import { everyContext } from '../../../shared/projects/contexts.ts';
import { myProjects } from '../../../shared/projects/mine.ts';
import { noteText, type Row, roleText } from '../../../shared/projects/rows.ts';
import { listPrinter } from '../../../shared/view/list-printer.ts';
import { formats, isFormat } from '../../../shared/view/print.ts';
import type { Column } from '../../../shared/view/table.ts';
import { oneLine } from '../../../shared/view/text.ts';

export class Projects extends KubeCommand {
  static override paths = [['projects']];

  static override usage = {
    description: 'the projects in which you have a role',
    details: `
      By role bindings, where you may list those of the cluster. Otherwise each project is asked for that your kubeconfig names or
      that you were in before; what could not be seen is said. Switch with kubectl kf use.
    `,
    examples: [
      ['all of them', 'kubectl kf projects'],
      ['those that you own', 'kubectl kf projects --owner'],
      ['those of others in which you are a member', 'kubectl kf projects --member'],
      ['in all clusters of your kubeconfig', 'kubectl kf projects --all-contexts'],
    ] as [string, string][],
  };

  static override completes: Completes = { output: formats };

  owner = Option.Boolean('--owner', false, { description: 'only those that you own' });
  member = Option.Boolean('--member', false, {
    description: 'only those that another owns, in which you were given a role',
  });
  allContexts = Option.Boolean('--all-contexts', false, { description: 'with every context of the kubeconfig' });
  output = Option.String('-o,--output', { validator: isFormat, description: 'table, wide, json, yaml or name' });

  async execute(): Promise<number> {
    if (this.namespace !== undefined) throw usageError('projects takes no -n: it lists all of them');
    if (this.allContexts && this.contextName !== undefined) {
      throw usageError('--all-contexts and --context: which is meant?', 'leave one of them out');
    }
    const { rows, notes } = await this.#rows();
    const printer = await listPrinter(this.context, this.output, {
      columns: columns(this.allContexts),
      head: { apiVersion: 'kf.kubeflow.org/v1alpha1', kind: 'ProjectList' },
      data: ({ name, role, by, owner, description, context, current }) => ({
        ...{ name, role, by, owner, description, context, current },
      }),
      object: ({ name }) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }),
    });
    const wanted = rows.filter((row) => this.#wants(row));
    await printer.add(wanted);
    await printer.end(notes.map(oneLine));
    for (const note of notes) this.say(oneLine(note));
    if (wanted.length === 0) {
      const what = this.owner && !this.member ? 'that you own' : 'in which you have a role';
      this.say(`no project ${what}${notes.length > 0 ? ', of those that could be looked at' : ''}`);
      this.say('make one: kubectl kf create <name>');
    }
    return Exit.ok;
  }

  #wants({ role, by }: Row): boolean {
    if (!this.owner && !this.member) return true;
    return (this.owner && role === 'owner') || (this.member && role !== 'owner' && by !== 'cluster');
  }

  async #rows(): Promise<{ rows: Row[]; notes: string[] }> {
    if (this.allContexts) return everyContext(this.context, this.flags());
    const kube = await this.kube();
    const { projects, notSeen } = await myProjects(kube, this.context, this.kubeconfig);
    const rows = projects.map((each) => ({
      ...each,
      context: kube.contextName,
      current: each.name === kube.namespace,
    }));
    return { rows, notes: notSeen };
  }
}

const columns = (contexts: boolean): Column<Row>[] => [
  { title: 'NAME', value: ({ name }) => name, style: ({ current }) => (current ? 'bold' : undefined) },
  { title: 'ROLE', value: roleText },
  { title: 'OWNER', value: ({ owner }) => owner },
  ...(contexts ? [{ title: 'CONTEXT', value: ({ context }: Row) => context }] : []),
  { title: 'NOTE', value: noteText },
  { title: 'DESCRIPTION', value: ({ description }) => description },
];
