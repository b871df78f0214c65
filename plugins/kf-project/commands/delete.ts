import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import { Exit, KfError, usageError } from '../../../shared/cli/errors.ts';
import { isDuration, timeoutMs } from '../../../shared/cli/timeout.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import type { Kube, KubeFlags } from '../../../shared/kube/kube.ts';
import { beginDeletion, findGoing, type Going } from '../../../shared/projects/delete.ts';
import { insideLines, whatIsInside } from '../../../shared/projects/inside.ts';
import { forgetProject } from '../../../shared/projects/recent.ts';
import { checkName, nameFrom } from '../../../shared/projects/wish.ts';
import { oneOf, printObject } from '../../../shared/view/print.ts';
import { ask, canAsk } from '../../../shared/view/prompt.ts';
import { oneLine } from '../../../shared/view/text.ts';
import { waitForProject } from '../wait-for-project.ts';

export class Delete extends KubeCommand {
  static override paths = [['delete']];

  static override usage = {
    description: 'delete a project and all that is in it',
    details: `
      Shows what is in it and who uses it, asks for its name to be typed, deletes, and waits until all of it is gone. Where no one can
      be asked, --yes is needed. What holds it is said. One that is being deleted already is waited for.
    `,
    examples: [
      ['a project of yours', 'kubectl kf delete team-a'],
      ['see what would go', 'kubectl kf delete team-a --dry-run=client'],
      ['in a script', 'kubectl kf delete team-a --yes --timeout 5m'],
    ] as [string, string][],
  };

  static override completes: Completes = {
    dryRun: ['client', 'server'],
    timeout: 'none',
    output: ['json', 'yaml', 'name'],
    words: 'namespace',
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
    description: 'what was deleted, as json, yaml or name',
  });
  words = Option.Rest({ name: 'namespace' });

  /** The project is a word here: what is asked of the cluster is asked about it. */
  protected override flags(): KubeFlags {
    return { ...super.flags(), namespace: nameFrom('delete', this.words) };
  }

  async execute(): Promise<number> {
    const name = nameFrom('delete', this.words);
    checkName(name);
    if (this.namespace !== undefined) throw usageError('delete takes the project as a word, without -n');
    const { context, dryRun } = this;
    const kube = await this.kube();
    if (!this.yes && !dryRun && !canAsk(context)) {
      throw usageError(`would delete project ${name}, and there is no terminal to ask on`, 'say so with --yes');
    }
    const going = await findGoing(kube, context);
    if (going.begun) this.say(`project ${name} is being deleted already`);
    else if (!(await this.#begin(kube, going))) return Exit.failed;
    if (!dryRun) await this.#finish(kube, going);
    const object = going.profile ?? going.space;
    if (this.output && object) await printObject(context, this.output, object);
    return Exit.ok;
  }

  /** False where the answer is no. */
  async #begin(kube: Kube, going: Going): Promise<boolean> {
    const { context, dryRun, output } = this;
    const { name, owner } = going;
    const inside = insideLines(await whatIsInside(kube, context, owner));
    const head = `project ${name}${owner ? `, owned by ${oneLine(owner)}` : ''}`;
    const lines = [head, ...inside.map((line) => `  ${oneLine(line)}`)];
    // The result of a dry run is what would go; else it is said before anything is done.
    if (dryRun && !output) context.stdout.write(`${lines.join('\n')}\n`);
    else for (const line of lines) this.say(line);
    this.checkInterrupt();
    if (!this.yes && !dryRun && (await ask(context, `type ${name} to delete it:`)) !== name) {
      this.say('nothing was deleted');
      return false;
    }
    if (dryRun !== 'client') await beginDeletion(kube, going, dryRun === 'server');
    if (dryRun === 'server') this.say('the server would take it; nothing was deleted');
    return true;
  }

  async #finish(kube: Kube, going: Going): Promise<void> {
    const { name } = going;
    const end = this.wait ? await waitForProject(kube, this.context, going, timeoutMs(this.timeout)) : 'begun';
    forgetProject(this.context, kube, name);
    if (end === 'gone') this.say(`project ${name} deleted`);
    else if (end === 'begun') this.say(`project ${name} is being deleted`);
    else this.say(`project ${name} is being deleted; your right to look at it went first`);
    const { namespace } = await this.context.kube(super.flags()).catch((error: unknown) => {
      if (error instanceof KfError) return { namespace: '' };
      throw error;
    });
    if (namespace === name) this.say(`context ${kube.contextName} still names it: kubectl kf use <another>`);
  }
}
