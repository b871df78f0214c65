import { Option } from 'clipanion';
import { usageError } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { MemberCommand } from '../../member-command.ts';

export class UserModify extends MemberCommand {
  static override paths = [['user', 'modify']];

  static override usage = {
    description: "change a member's role",
    examples: [['alice owns the project too', 'kubectl kf user modify alice@x.org admin']] as [string, string][],
  };

  static override completes: Completes = {
    role: ['admin', 'edit', 'view'],
    name: 'none',
    template: ['admin', 'edit', 'view'],
  };

  role = Option.String('--role', { description: 'the template: admin, edit, view or another' });
  name = Option.String({ name: 'user' });
  template = Option.String({ name: 'template', required: false });

  async execute(): Promise<number> {
    const role = this.template ?? this.role;
    if (role === undefined) throw usageError('modify takes the new role', `kubectl kf user modify ${this.name} view`);
    return this.one('modify', this.name, role);
  }
}
