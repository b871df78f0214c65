import { Option } from 'clipanion';
import { KfCommand } from '../../../../shared/cli/command.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import type { Runtime } from '../../../../shared/registry/entry.ts';
import { oneOf } from '../../../../shared/view/print.ts';

export class CommandTest extends KfCommand {
  static override paths = [['command', 'test']];

  static override usage = {
    description: 'run a source on this machine as the verb that it would be, without adding it',
    details: `
      Its options, words, help and results are those that the verb will have; what comes after -- is typed after it. It runs
      as it will run: in a clean environment, with the packages that its header names, and just the files that would be added.
    `,
    examples: [
      ['a Python function', 'kubectl kf command test tune.py -- bert --trials 3'],
      ['the help that people will see', 'kubectl kf command test tune.py -- --help'],
      ['one of several functions', 'kubectl kf command test tools.py:clean -- ./data -o json'],
    ] as [string, string][],
  };

  static override completes: Completes = { source: 'file', runtime: ['python', 'bash', 'go'], words: 'file' };

  source = Option.String({ name: 'file|folder' });
  runtime = Option.String('--runtime', {
    validator: oneOf<Runtime>(['python', 'bash', 'go']),
    description: 'the language, where the file does not tell',
  });
  words = Option.Rest({ name: '-- words' });

  async execute(): Promise<number> {
    const { readSource } = await import('../../../../shared/registry/source.ts');
    const { testSource } = await import('../../../../shared/added/try-out.ts');
    const understood = await readSource(this.source, this.context, this.runtime ? { runtime: this.runtime } : {});
    return testSource(understood, this.words, this.context);
  }
}
