import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import { usageError } from '../../../shared/cli/errors.ts';
import type { Completes } from '../../../shared/completion/table.ts';

export class Run extends KubeCommand {
  static override paths = [['run']];

  static override usage = {
    description: "run a command in a component's container from a script, or in all its pods at once",
    details: `
      For scripts: no terminal, standard input is passed on, bytes go through as they are, and the exit code is the command's. With --all in every pod
      that runs, at once: each line comes after its pod's name, standard input goes to each, and the exit code is the worst.
    `,
    examples: [
      ['what it has written so far', 'kubectl kf run digits -- cat /workspace/metrics.json'],
      ['a file from here to there', "kubectl kf run digits -- sh -c 'cat > /tmp/config.yaml' < config.yaml"],
      ['in all nodes', 'kubectl kf run digits --all -- nvidia-smi -L'],
    ] as [string, string][],
  };

  static override completes: Completes = {
    component: 'component',
    words: 'container',
    container: 'container',
    pod: 'pod',
    rank: 'rank',
  };

  component = Option.String({ name: 'component' });
  words = Option.Rest({ name: '[container] -- command' });
  container = Option.String('-c,--container', { description: 'this container; it may also stand after the component' });
  pod = Option.String('--pod', { description: 'this pod of the component' });
  rank = Option.String('--rank', { description: 'this node: its number, or a name such as worker-0' });
  all = Option.Boolean('--all', false, { description: 'in all pods that run' });

  async execute(): Promise<number> {
    const { wordsOf } = await import('../../../shared/remote/words.ts');
    const { wanted, command } = wordsOf('run', this.typed, this);
    if (this.all && (wanted.pod ?? wanted.rank) !== undefined)
      throw usageError('--all takes every pod: leave out --pod and --rank');
    const [{ findTargets }, kube] = await Promise.all([import('../../../shared/resources/target.ts'), this.kube()]);
    const { targets, absent } = await findTargets(kube, this.context, wanted, this.all);
    this.checkInterrupt();
    if (!this.all) {
      const { runIn } = await import('../../../shared/remote/session.ts');
      return runIn(kube, this.context, targets[0]!, { command, stdin: true, tty: false });
    }
    const { runInAll } = await import('../../../shared/remote/all.ts');
    const code = await runInAll(kube, this.context, targets, command);
    for (const each of absent) this.say(`left out: ${each}`);
    return Math.max(code, absent.length > 0 ? 1 : 0);
  }
}
