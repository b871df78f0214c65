import { resolve } from 'node:path';
import { Option } from 'clipanion';
import { usageError } from '../../../shared/cli/errors.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import { MemberCommand } from '../member-command.ts';

export class User extends MemberCommand {
  static override paths = [['user']];

  static override usage = {
    description: 'add, change and remove members of a project',
    details: `
      A member has a role: admin (who owns the project too), edit, view, or another template that kubectl kf group ls shows. What is made
      is what Kubeflow's own access management makes, so that its dashboard shows it, and its members show here. Nobody gives rights
      that they do not have, and the last owner stays. --modify makes the role the only one that the member has.

      With -f the members become those of a file, after the plan is shown: user (or group) and role of each, as kubectl kf user ls -o yaml
      prints them. The owner of the project stays, whether the file has them or not.
    `,
    examples: [
      ['alice may train and serve', 'kubectl kf user --add alice@x.org'],
      ['and now owns the project too', 'kubectl kf user --modify alice@x.org --role admin'],
      ['she leaves', 'kubectl kf user --delete alice@x.org'],
      ['a group of people may look', 'kubectl kf user --add ml-team --kind group --role view'],
      ['the members that a file has, and only they', 'kubectl kf user -f members.yaml'],
      ['what that would change', 'kubectl kf user -f members.yaml --dry-run=server'],
    ] as [string, string][],
  };

  static override completes: Completes = {
    add: 'none',
    modify: 'none',
    remove: 'none',
    role: ['admin', 'edit', 'view'],
    file: 'file',
    template: ['admin', 'edit', 'view'],
  };

  add = Option.String('--add', { description: 'make this user a member' });
  modify = Option.String('--modify', { description: "change this member's role" });
  remove = Option.String('--delete', { description: 'remove this member' });
  role = Option.String('--role', { description: 'the template: admin, edit, view or another; edit for --add' });
  file = Option.String('-f,--filename', { description: 'make the members those of this file; - is stdin' });
  yes = Option.Boolean('-y,--yes', false, { description: 'with -f: do not ask' });
  template = Option.String({ name: 'template', required: false });

  async execute(): Promise<number> {
    const given = [this.add, this.modify, this.remove, this.file].filter((each) => each !== undefined);
    if (given.length !== 1) {
      throw usageError(
        `user takes one of --add, --modify, --delete and -f${given.length > 1 ? ', and not two of them' : ''}`,
        'kubectl kf user --add <user> [--role <template>]   who is a member: kubectl kf user ls',
      );
    }
    const role = this.template ?? this.role;
    if (this.template !== undefined && this.role !== undefined)
      throw usageError('the template is said twice', `--role ${this.role}, or ${this.template} after the user`);
    if (this.file !== undefined) return this.#file(this.file, role);
    if (this.add !== undefined) return this.one('add', this.add, role ?? 'edit');
    if (this.remove !== undefined) return this.one('delete', this.remove, role);
    if (role === undefined) throw usageError('--modify takes the new role', `--modify ${this.modify} --role view`);
    return this.one('modify', this.modify!, role);
  }

  async #file(file: string, role: string | undefined): Promise<number> {
    if (role !== undefined) throw usageError('-f takes no role', 'each member in the file has its own');
    const { membersFrom } = await import('../../../shared/projects/members-from.ts');
    const acting = await this.acting(this.yes);
    const path = file === '-' ? file : resolve(this.context.cwd, file);
    return this.done(await membersFrom(acting, { path, name: file }, () => this.members()));
  }
}
