import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import { isDuration, timeoutMs } from '../../../shared/cli/timeout.ts';
import type { Completes } from '../../../shared/completion/table.ts';

export class Shell extends KubeCommand {
  static override paths = [['shell']];

  static override usage = {
    description: 'open a shell in a container of a component',
    details: `
      The best shell that its image has: bash, zsh, ash or sh. Where it has none, a debug container is added to the pod, which sees the processes of
      the one without a shell, and its files under /proc/1/root; it stays in the pod's list when you leave, as all such containers do. The exit code is the shell's.
    `,
    examples: [
      ['into a job, a notebook, a deployment', 'kubectl kf shell digits'],
      ['into its second node', 'kubectl kf shell digits --rank 1'],
      ['with tools of your own beside it', 'kubectl kf shell digits --image nicolaka/netshoot'],
    ] as [string, string][],
  };

  static override completes: Completes = {
    component: 'component',
    words: 'container',
    container: 'container',
    pod: 'pod',
    rank: 'rank',
    image: 'none',
    timeout: 'none',
  };

  component = Option.String({ name: 'component' });
  words = Option.Rest({ name: '[container]' });
  container = Option.String('-c,--container', { description: 'this container; it may also stand after the component' });
  pod = Option.String('--pod', { description: 'this pod of the component' });
  rank = Option.String('--rank', { description: 'this node: its number, or a name such as worker-0' });
  image = Option.String('--image', {
    description: 'a debug container of this image, even where there is a shell (KF_DEBUG_IMAGE names the usual one)',
  });
  timeout = Option.String('--timeout', {
    validator: isDuration,
    description: 'how long the debug container may take to start: 5m',
  });

  async execute(): Promise<number> {
    const { wordsOf } = await import('../../../shared/remote/words.ts');
    const { wanted } = wordsOf('shell', this.typed, this);
    const [{ findTargets }, { shell }, kube] = await Promise.all([
      import('../../../shared/resources/target.ts'),
      import('../../../shared/remote/shell.ts'),
      this.kube(),
    ]);
    const { targets } = await findTargets(kube, this.context, wanted, false);
    const target = targets[0]!;
    if (target.of > 1 && this.context.stderr.isTTY)
      this.say(`in ${target.rank} (pod ${target.pod}), of ${target.of} pods`);
    this.checkInterrupt();
    return shell(kube, this.context, target, {
      image: this.image,
      pullTimeoutMs: timeoutMs(this.timeout) || 300_000,
    });
  }
}
