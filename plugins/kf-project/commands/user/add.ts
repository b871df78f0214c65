import { Option } from 'clipanion';
import type { Completes } from '../../../../shared/completion/table.ts';
import { MemberCommand } from '../../member-command.ts';

export class UserAdd extends MemberCommand {
  static override paths = [['user', 'add']];

  static override usage = {
    description: 'make someone a member of the project',
    examples: [
      ['alice may train and serve', 'kubectl kf user add alice@x.org'],
      ['bob may look', 'kubectl kf user add bob@x.org view'],
    ] as [string, string][],
  };

  static override completes: Completes = {
    role: ['admin', 'edit', 'view'],
    name: 'none',
    template: ['admin', 'edit', 'view'],
  };

  role = Option.String('--role', { description: 'the template: admin, edit, view or another; edit' });
  name = Option.String({ name: 'user' });
  template = Option.String({ name: 'template', required: false });

  async execute(): Promise<number> {
    return this.one('add', this.name, this.template ?? this.role ?? 'edit');
  }
}
