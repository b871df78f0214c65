import { resolve } from 'node:path';
import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import type { Acting } from '../../../../shared/registry/acting.ts';
import { lockName, readLock } from '../../../../shared/registry/lock-file.ts';
import { renewPersonal } from '../../../../shared/registry/renew.ts';
import { oneOf } from '../../../../shared/view/print.ts';

export class CommandSync extends KubeCommand {
  static override paths = [['command', 'sync']];

  static override usage = {
    description: 'install the subcommands of a lock file, by digest',
    details: `
      A team commits ${lockName} with its code. sync makes each of them your own, from the registry or its git repository, checks
      that it is to the byte what was locked, and asks once whether you trust them. All are installed or none; yours that the file does not
      name stay.

      --write writes the file: of what you see here, all that others can have too.
    `,
    examples: [
      ['install what the team has agreed on', 'kubectl kf command sync'],
      ['in a script', 'kubectl kf command sync --yes'],
      ['write the file', 'kubectl kf command sync --write'],
    ] as [string, string][],
  };

  static override completes: Completes = { file: 'file', dryRun: ['client'] };

  write = Option.Boolean('--write', false, { description: 'write the lock file' });
  file = Option.String('-f,--file', lockName, { description: `the lock file; ${lockName} unless given` });
  yes = Option.Boolean('-y,--yes', false, { description: 'do not ask' });
  dryRun = Option.String('--dry-run', {
    validator: oneOf(['client'] as const),
    description: 'only show what would be done',
  });

  async execute(): Promise<number> {
    const { context, yes, dryRun } = this;
    const acting: Acting = {
      ...{ context, yes, dryRun },
      kube: () => this.kube(),
      say: (line) => this.say(line),
      checkInterrupt: () => this.checkInterrupt(),
    };
    const file = resolve(context.cwd, this.file);
    if (this.write) {
      const { writeVisible } = await import('../../../../shared/registry/sync-write.ts');
      return (await writeVisible(acting, file)).code;
    }
    const { sync } = await import('../../../../shared/registry/sync.ts');
    const { code } = await sync(acting, await readLock(file), this.file);
    if (!dryRun) await renewPersonal(context);
    return code;
  }
}
