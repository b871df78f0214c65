import { Option } from 'clipanion';
import type { Completes } from '../../../../shared/completion/table.ts';
import { MemberCommand } from '../../member-command.ts';

export class UserRm extends MemberCommand {
  static override paths = [
    ['user', 'rm'],
    ['user', 'delete'],
  ];

  static override usage = {
    description: 'remove a member of the project',
    examples: [['alice leaves', 'kubectl kf user rm alice@x.org']] as [string, string][],
  };

  static override completes: Completes = { name: 'none' };

  name = Option.String({ name: 'user' });

  async execute(): Promise<number> {
    return this.one('delete', this.name, undefined);
  }
}
