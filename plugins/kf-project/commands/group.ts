import { Option } from 'clipanion';
import { usageError } from '../../../shared/cli/errors.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import { MemberCommand } from '../member-command.ts';

export class Group extends MemberCommand {
  static override paths = [['group']];

  static override usage = {
    description: 'add members to a group, and remove them: those who have one role',
    details: `
      A group is a template of rights and the members who have it: admin, edit, view, and those that kubectl kf group ls shows. Of
      admin, edit and view a member has one; other templates come beside them.
    `,
    examples: [
      ['alice may train and serve', 'kubectl kf group edit --add alice@x.org'],
      ['and no more', 'kubectl kf group edit --delete alice@x.org'],
    ] as [string, string][],
  };

  static override completes: Completes = { add: 'none', remove: 'none', template: ['admin', 'edit', 'view'] };

  add = Option.String('--add', { description: 'give this user the role' });
  remove = Option.String('--delete', { description: 'take the role away from this user' });
  template = Option.String({ name: 'template' });

  async execute(): Promise<number> {
    if ((this.add === undefined) === (this.remove === undefined)) {
      throw usageError('group takes --add or --delete', `kubectl kf group ${this.template} --add <user>`);
    }
    return this.add === undefined
      ? this.one('delete', this.remove!, this.template)
      : this.one('add', this.add, this.template);
  }
}
