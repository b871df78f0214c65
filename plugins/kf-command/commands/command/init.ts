import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import type { KubeObject } from '../../../../shared/kube/kube.ts';
import { installRegistry } from '../../../../shared/registry/install.ts';
import { manifest } from '../../../../shared/registry/manifest.ts';
import { ListPrinter, nameOf, oneOf } from '../../../../shared/view/print.ts';

export class CommandInit extends KubeCommand {
  static override paths = [['command', 'init']];

  static override usage = {
    description: 'give the cluster a registry of subcommands (for its admin)',
    details: `
      Applies one manifest: the definition of subcommands with the rules that hold for them, roles that are part of Kubernetes' and
      Kubeflow's own (view, edit, admin), and the namespace kf-system for those of the whole cluster. It can be applied again at any
      time. Nobody sees a subcommand of the cluster until they are granted it:

      kubectl create role tune-user -n kf-system --verb=get --resource=subcommands.kf.kubeflow.org --resource-name=tune

      kubectl create rolebinding tune-alice -n kf-system --role=tune-user --user=alice
    `,
    examples: [
      ['install it, or bring it up to date', 'kubectl kf command init'],
      [
        'with the image that runs in the cluster use',
        'kubectl kf command init --image registry.example.com/kf-command:1',
      ],
      ['see what it would apply', 'kubectl kf command init --dry-run=client -o yaml'],
    ] as [string, string][],
  };

  static override completes: Completes = {
    image: 'none',
    dryRun: ['client', 'server'],
    output: ['json', 'yaml', 'name'],
  };

  image = Option.String('--image', { description: 'the image in which subcommands run in the cluster' });
  dryRun = Option.String('--dry-run', {
    validator: oneOf(['client', 'server']),
    description: 'client: only show what would be applied; server: have the server check it too',
  });
  output = Option.String('-o,--output', {
    validator: oneOf(['json', 'yaml', 'name'] as const),
    description: 'what is applied, as json, yaml or name',
  });

  async execute(): Promise<number> {
    const objects = manifest(this.image);
    if (this.dryRun !== 'client') {
      const kube = await this.kube();
      await installRegistry(kube, this.context, objects, {
        dryRun: this.dryRun === 'server',
        before: () => this.checkInterrupt(),
        note: (line) => this.say(line),
      });
    }
    await this.#print(objects);
    if (this.dryRun === 'server') this.say('the server would take it; nothing was changed');
    if (!this.dryRun) this.say('the registry is there; the first subcommand: kubectl kf command new tune --python');
    return Exit.ok;
  }

  async #print(objects: readonly KubeObject[]): Promise<void> {
    if (this.output) {
      const printer = new ListPrinter(this.context, this.output);
      await printer.add(objects);
      return printer.end();
    }
    const done = this.dryRun ? 'would be applied' : 'applied';
    for (const object of objects) this.context.stdout.write(`${nameOf(object)} ${done}\n`);
  }
}
