import { Option } from 'clipanion';
import { KubeCommand } from '../../shared/cli/command.ts';
import { Exit, usageError } from '../../shared/cli/errors.ts';
import { timeoutMs } from '../../shared/cli/timeout.ts';
import type { Completes } from '../../shared/completion/table.ts';
import { waitBound } from '../../shared/datasets/bound.ts';
import { classOf } from '../../shared/datasets/objects.ts';
import type { Plan } from '../../shared/datasets/provision.ts';
import { run, type Step, stepName } from '../../shared/datasets/steps.ts';
import type { Withdrawal } from '../../shared/datasets/withdraw.ts';
import type { Kube } from '../../shared/kube/kube.ts';
import { oneOf } from '../../shared/view/print.ts';
import { canAsk, confirm } from '../../shared/view/prompt.ts';
import { oneLine } from '../../shared/view/text.ts';

const outputs = ['name', 'json', 'yaml'] as const;

/** A command that changes a dataset. */
export abstract class DatasetCommand extends KubeCommand {
  static override completes: Completes = { output: outputs, dryRun: ['client', 'server'] };

  dryRun = Option.String('--dry-run', {
    validator: oneOf(['client', 'server'] as const),
    description: 'client: only show what would be done; server: have the server check it too',
  });
  output = Option.String('-o,--output', {
    validator: oneOf(outputs),
    description: 'print what is made, changed or deleted: name, json or yaml',
  });

  protected carryOut(kube: Kube, steps: readonly Step[]): Promise<void> {
    return run(kube, this.context, steps, { dryRun: this.dryRun, output: this.output });
  }

  /** Waits for the claims; says how to get at the data. */
  protected async settle(kube: Kube, { dataset, claims }: Plan, timeout: string): Promise<void> {
    if (this.dryRun) return;
    await waitBound(kube, this.context, claims, timeoutMs(timeout), (line) => this.say(line));
    if (claims.length > 0) this.say(`pods use it as the claim ${dataset.name}`);
    else this.say(`a claim gets it with storageClassName: ${classOf(dataset)} (or make claims with --claim)`);
  }

  /** Shows what goes and who uses it, and asks. False: it is not wanted. */
  protected async agreed({ steps, uses, hidden }: Withdrawal, question: string, yes: boolean): Promise<boolean> {
    for (const line of uses) this.say(oneLine(line));
    for (const each of hidden)
      this.say(oneLine(`claims in ${each} may not be looked at: what is bound there stays so`));
    if (yes || this.dryRun) return true;
    if (!canAsk(this.context))
      throw usageError(`would ${question}, and there is no terminal to ask on`, 'say so with --yes');
    for (const step of steps) this.say(`${stepName(step)} would be ${step.done}`);
    return confirm(this.context, `${question}?`);
  }

  protected async withdraw(kube: Kube, plan: Withdrawal, question: string, yes: boolean): Promise<number> {
    if (!(await this.agreed(plan, question, yes))) {
      this.say('nothing was changed');
      return Exit.failed;
    }
    this.checkInterrupt();
    await this.carryOut(kube, plan.steps);
    return Exit.ok;
  }
}
