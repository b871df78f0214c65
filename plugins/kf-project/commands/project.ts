import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import { Exit } from '../../../shared/cli/errors.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import { selfSubjectReview } from '../../../shared/kube/reviews.ts';
import { roleIn } from '../../../shared/projects/my-role.ts';
import { roleText } from '../../../shared/projects/rows.ts';
import { checkNamespace } from '../../../shared/resources/namespace.ts';
import { printFacts } from '../../../shared/view/facts.ts';
import { formats, isFormat } from '../../../shared/view/print.ts';

export class Project extends KubeCommand {
  static override paths = [['project']];

  static override usage = {
    description: 'the project that you are in, and your role in it',
    details: `
      The project is the namespace of the kubeconfig's current context, or what -n names. The role is what its role bindings give
      you, or your groups; where they may not be read, what the API server says that you may do.
    `,
    examples: [
      ['where am I, and what am I there', 'kubectl kf project'],
      ['what am I in another', 'kubectl kf project -n team-b'],
      ['my role, for a script', 'kubectl kf project -o json'],
    ] as [string, string][],
  };

  static override completes: Completes = { output: formats };

  output = Option.String('-o,--output', { validator: isFormat, description: 'table, json, yaml or name' });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const { namespace: project, contextName: context } = kube;
    await checkNamespace(kube, project);
    const me = await selfSubjectReview(kube);
    const mine = await roleIn(kube, me, project);
    const { owner = '', description = '', deleting = false } = mine ?? {};
    await printFacts(this.context, this.output, {
      rows: [
        ['project', `${project}${deleting ? ' (being deleted)' : ''}`],
        ['role', mine ? roleText(mine) : `none as ${me.username}`],
        ['owner', owner || 'not said, or not shown to you'],
        ...(description ? [['description', description] as [string, string]] : []),
        ['context', context || 'none'],
      ],
      data: { project, role: mine?.role ?? null, by: mine?.by ?? null, owner, description, context, user: me.username },
      name: project,
    });
    return Exit.ok;
  }
}
