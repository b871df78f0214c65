import { Option } from 'clipanion';
import { KubeCommand } from '../../shared/cli/command.ts';
import type { Completes } from '../../shared/completion/table.ts';
import { type Acting, carryOut, type Outcome } from '../../shared/projects/change-members.ts';
import type { Person } from '../../shared/projects/member-name.ts';
import { listMembers, type Members } from '../../shared/projects/members.ts';
import { changeFor, changes, changeText } from '../../shared/projects/plan.ts';
import { memberRole } from '../../shared/projects/templates.ts';
import { personFor } from '../../shared/projects/whom.ts';
import { checkNamespace } from '../../shared/resources/namespace.ts';
import { isRaw, ListPrinter, oneOf, printObject } from '../../shared/view/print.ts';
import { oneLine } from '../../shared/view/text.ts';

const outputs = ['name', 'json', 'yaml'] as const;

/** A command that changes who is a member of the project. */
export abstract class MemberCommand extends KubeCommand {
  static override completes: Completes = { output: outputs, dryRun: ['client', 'server'], kind: ['user', 'group'] };

  kind = Option.String('--kind', 'user', {
    validator: oneOf(['user', 'group'] as const),
    description: 'what the name is of: a user, or a group of people as the login has it; user',
  });
  dryRun = Option.String('--dry-run', {
    validator: oneOf(['client', 'server'] as const),
    description: 'client: only show what would be done; server: have the server check it too',
  });
  output = Option.String('-o,--output', {
    validator: oneOf(outputs),
    description: 'print the bindings: name, json or yaml',
  });

  protected async acting(yes = false): Promise<Acting> {
    return {
      context: this.context,
      kube: await this.kube(),
      say: (line) => this.say(line),
      checkInterrupt: () => this.checkInterrupt(),
      yes,
      dryRun: this.dryRun,
    };
  }

  /** The members of the project, which must be there. */
  protected async members(): Promise<Members> {
    const kube = await this.kube();
    const [, members] = await Promise.all([
      checkNamespace(kube, kube.namespace),
      listMembers(kube, this.context).catch((error: unknown) => () => Promise.reject(error)),
    ]);
    this.checkInterrupt();
    // That there is no such project goes before that its members may not be read.
    return typeof members === 'function' ? members() : members;
  }

  /** Changes one member. @param word the template; none for all roles of who is removed */
  protected async one(what: 'add' | 'modify' | 'delete', name: string, word: string | undefined): Promise<number> {
    const kube = await this.kube();
    const person: Person = personFor(this.kind === 'group' ? 'Group' : 'User', name, kube.namespace);
    const members = await this.members();
    const role = word === undefined ? undefined : await memberRole(kube, this.context, word, members);
    const intent = what === 'delete' ? { do: what, ...(role ? { role } : {}) } : { do: what, role: role! };
    const change = changeFor(members, person, intent);
    const outcome = await carryOut(await this.acting(), members, [change]);
    if (this.dryRun === 'client') this.say(`${changeText(change)} (dry run)`);
    else if (!changes(change)) {
      const has = change.keep.map((each) => each.role).join(', ');
      const is = has ? `is ${has} of ${members.namespace}: unchanged` : `is out of ${members.namespace}'s gateway too`;
      this.say(oneLine(`${name} ${is}`));
    }
    return this.done(outcome);
  }

  /** Prints what -o asks for. */
  protected async done({ code, bindings }: Outcome): Promise<number> {
    if (!isRaw(this.output)) return code;
    if (bindings.length === 1) await printObject(this.context, this.output, bindings[0]!);
    else {
      const list = new ListPrinter(this.context, this.output);
      await list.add(bindings);
      await list.end();
    }
    return code;
  }
}
