import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import type { Completes } from '../../../shared/completion/table.ts';

export class Exec extends KubeCommand {
  static override paths = [['exec']];

  static override usage = {
    description: 'run a command in a container of a component, with a terminal if wanted',
    details: `
      As kubectl exec, by the component's name: in its main container, of several pods in the first that is ready. A pod is named after a slash, or with
      --pod or --rank. Bytes go through as they are, and the exit code is the command's. For scripts see run, for a shell see shell.
    `,
    examples: [
      ['what its GPUs do', 'kubectl kf exec digits -- nvidia-smi'],
      ['Python at a terminal, in the second node', 'kubectl kf exec -it digits/node-1 -- python3'],
      ['another container', 'kubectl kf exec digits -c istio-proxy -- ls /etc/istio'],
      ['a folder there, packed, to a file here', 'kubectl kf exec digits -- tar cf - /workspace/out > out.tar'],
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
  stdin = Option.Boolean('-i,--stdin', false, { description: 'pass standard input on' });
  tty = Option.Boolean('-t,--tty', false, { description: 'give the command a terminal' });
  pod = Option.String('--pod', { description: 'this pod of the component' });
  rank = Option.String('--rank', { description: 'this node: its number, or a name such as worker-0' });
  quiet = Option.Boolean('-q,--quiet', false, { description: 'do not say which of several pods it is' });

  async execute(): Promise<number> {
    const { wordsOf } = await import('../../../shared/remote/words.ts');
    const { wanted, command } = wordsOf('exec', this.typed, this);
    const tty = this.tty && (!this.stdin || this.context.stdin.isTTY === true);
    if (tty !== this.tty) this.say('no terminal is given: standard input is none');
    const [{ findTargets }, { runIn }, kube] = await Promise.all([
      import('../../../shared/resources/target.ts'),
      import('../../../shared/remote/session.ts'),
      this.kube(),
    ]);
    const { targets } = await findTargets(kube, this.context, wanted, false);
    const target = targets[0]!;
    if (target.of > 1 && !this.quiet && this.context.stderr.isTTY)
      this.say(`in ${target.rank} (pod ${target.pod}), of ${target.of} pods`);
    this.checkInterrupt();
    return runIn(kube, this.context, target, { command, stdin: this.stdin, tty });
  }
}
