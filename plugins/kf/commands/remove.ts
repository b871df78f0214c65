import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import { Exit, KfError, usageError } from '../../../shared/cli/errors.ts';
import { isDuration, timeoutMs } from '../../../shared/cli/timeout.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import type { Kube } from '../../../shared/kube/kube.ts';
import { planRemoval, type Removal, remove } from '../../../shared/resources/removal.ts';
import { componentLabel, resolveComponent } from '../../../shared/resources/resolve.ts';
import { oneOf } from '../../../shared/view/print.ts';
import { canAsk, confirm } from '../../../shared/view/prompt.ts';
import { removalLines, removalText, waitRemoved } from '../../../shared/view/removal.ts';
import { oneLine } from '../../../shared/view/text.ts';

export class Remove extends KubeCommand {
  static override paths = [['remove']];

  static override usage = {
    description: 'delete components and all that they own',
    details: `
      Shows the tree that goes, asks, deletes, and waits until all of it is gone, pods too. Where no one can be asked, --yes is
      needed. What holds an object that does not go is said, and so is what comes back because another controller makes it anew.
    `,
    examples: [
      ['a notebook', 'kubectl kf remove notebook/mine'],
      ['see what would go', 'kubectl kf remove digits --dry-run=client'],
      ['an installed package, in a script', 'kubectl kf remove package/mlflow --yes --timeout 5m'],
    ] as [string, string][],
  };

  static override completes: Completes = {
    dryRun: ['client', 'server'],
    timeout: 'none',
    output: ['json', 'yaml', 'name'],
    components: 'component',
  };

  yes = Option.Boolean('-y,--yes', false, { description: 'do not ask' });
  dryRun = Option.String('--dry-run', {
    validator: oneOf(['client', 'server']),
    description: 'client: only show what would go; server: have the server check it too',
  });
  wait = Option.Boolean('--wait', true, { description: 'wait until all is gone (--no-wait: do not)' });
  timeout = Option.String('--timeout', { validator: isDuration, description: 'give up waiting after this long' });
  output = Option.String('-o,--output', {
    validator: oneOf(['json', 'yaml', 'name'] as const),
    description: 'what was removed, as json, yaml or name',
  });
  components = Option.Rest({ name: 'component', required: 1 });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const found = await Promise.all(this.components.map((word) => resolveComponent(kube, this.context, word)));
    const each = found.filter(
      (one, i) => found.findIndex((other) => componentLabel(other) === componentLabel(one)) === i,
    );
    const labels = each.map(componentLabel).join(', ');
    if (!this.yes && !this.dryRun && !canAsk(this.context)) {
      const message = `would remove ${labels} from ${kube.namespace}, and there is no terminal to ask on`;
      throw usageError(message, 'say so with --yes');
    }
    const plans = await Promise.all(each.map((component) => planRemoval(kube, this.context, component)));
    this.checkInterrupt();
    await this.#show(kube, plans);
    if (!this.yes && !this.dryRun) {
      const all = plans.map(removalText).join('; ');
      if (!(await confirm(this.context, `remove ${all} from ${kube.namespace}?`))) {
        this.say('nothing was removed');
        return Exit.failed;
      }
    }
    const options = { dryRun: this.dryRun === 'server', before: () => this.checkInterrupt() };
    if (this.dryRun !== 'client') for (const plan of plans) await remove(kube, plan, options);
    if (this.dryRun === 'server') this.say('the server would take it; nothing was removed');
    if (this.wait && !this.dryRun) await this.#wait(kube, plans, labels);
    for (const label of this.dryRun ? [] : each.map(componentLabel))
      this.say(`${label} ${this.wait ? 'removed' : 'is being deleted'}`);
    await this.#print(plans);
    return Exit.ok;
  }

  /** The result of a dry run is the tree; else it is said before anything is done. */
  async #show(kube: Kube, plans: Removal[]): Promise<void> {
    const { dryRun, output, context } = this;
    const { whyProjectGoes } = await import('../../../shared/resources/namespace.ts');
    const why = await whyProjectGoes(kube);
    if (why !== undefined)
      this.say(`project ${kube.namespace} is being deleted, and all in it${why && `: ${oneLine(why)}`}`);
    const lines = plans.flatMap((plan) => removalLines(plan, context.now()));
    if (dryRun && !output) context.stdout.write(`${lines.join('\n')}\n`);
    else for (const line of lines) this.say(line);
  }

  /** Ctrl-C stops the wait, not the deletion: says so. */
  async #wait(kube: Kube, plans: Removal[], labels: string): Promise<void> {
    try {
      await waitRemoved(kube, this.context, plans, timeoutMs(this.timeout));
    } catch (error) {
      if (!(error instanceof KfError) || error.exit !== Exit.interrupted) throw error;
      throw new KfError(Exit.interrupted, `stopped waiting; ${labels} is being deleted all the same`, {
        hint: 'what is left: kubectl kf status',
      });
    }
  }

  async #print(plans: Removal[]): Promise<void> {
    if (!this.output) return;
    const { printRemovals } = await import('../../../shared/view/removal-print.ts');
    await printRemovals(this.context, this.output, plans, this.dryRun ? 'would' : this.wait ? 'gone' : 'begun');
  }
}
