import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import { Exit, usageError } from '../../../shared/cli/errors.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import { printFacts } from '../../../shared/view/facts.ts';
import { formats, isFormat } from '../../../shared/view/print.ts';
import { canAsk } from '../../../shared/view/prompt.ts';

export class Use extends KubeCommand {
  static override paths = [['use']];

  static override usage = {
    description: 'show the project that commands act on, or change it',
    details: `
      The project is the namespace of the kubeconfig's current context (or of the one that --context names): kubectl acts on
      it too. It is changed in the same file that kubectl reads; comments and order stay as they are. Nothing is changed where
      there is no such project, or where you have no rights in it. On a terminal, use alone lets you choose among your projects.
    `,
    examples: [
      ['which project am I in', 'kubectl kf use'],
      ['work in team-b from now on', 'kubectl kf use team-b'],
      ['back to the one before', 'kubectl kf use -'],
      ['for another context than the current one', 'kubectl kf use team-b --context gpu-cluster'],
      ['only its name, for a script', 'kubectl kf use -o name'],
    ] as [string, string][],
  };

  static override completes: Completes = { project: 'namespace', output: formats };

  project = Option.String({ required: false, name: 'namespace' });
  output = Option.String('-o,--output', { validator: isFormat, description: 'table, json, yaml or name' });

  async execute(): Promise<number> {
    const kube = await this.kube();
    if (this.project === '-') return this.#change(await this.#before());
    if (this.project !== undefined) return this.#change(this.project);
    if (
      this.output === undefined &&
      this.namespace === undefined &&
      canAsk(this.context) &&
      this.context.stdout.isTTY
    ) {
      const { chooseProject } = await import('../choose-project.ts');
      const chosen = await chooseProject(kube, this.context, this.kubeconfig);
      return chosen === undefined ? Exit.ok : this.#change(chosen);
    }
    const { namespace, contextName, clusterName, server } = kube;
    await printFacts(this.context, this.output, {
      rows: [
        ['project', namespace],
        ['context', contextName || 'none'],
        ['cluster', clusterName ? `${clusterName} (${server})` : server],
      ],
      data: { project: namespace, context: contextName, cluster: clusterName, server },
      name: namespace,
    });
    return Exit.ok;
  }

  async #before(): Promise<string> {
    const [kube, { recentProjects }] = await Promise.all([this.kube(), import('../../../shared/projects/recent.ts')]);
    const before = recentProjects(this.context, kube).find((name) => name !== kube.namespace);
    if (before !== undefined) return before;
    throw usageError('no project before this one is remembered', 'name one: kubectl kf use <namespace>');
  }

  async #change(project: string): Promise<number> {
    const kube = await this.kube();
    if (this.namespace !== undefined)
      throw usageError('use takes the project as a word, without -n', `kubectl kf use ${project}`);
    if (project === '') throw usageError('a project has a name', 'which one am I in: kubectl kf use');
    if (!kube.contextName) throw usageError('there is no kubeconfig context whose project could be changed');
    const [{ checkNamespace }, { setContextNamespace }, { rememberProjects }] = await Promise.all([
      import('../../../shared/resources/namespace.ts'),
      import('../../../shared/kube/edit.ts'),
      import('../../../shared/projects/recent.ts'),
    ]);
    if (project !== kube.namespace) {
      await checkNamespace(kube, project);
      this.checkInterrupt();
      await setContextNamespace(this.flags(), this.context, project);
      rememberProjects(this.context, kube, [project, kube.namespace]);
      this.say(`now in ${project} (was ${kube.namespace}), context ${kube.contextName}`);
    } else this.say(`already in ${project}, context ${kube.contextName}`);
    return Exit.ok;
  }
}
