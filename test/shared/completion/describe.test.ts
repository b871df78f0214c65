import { Command, Option } from 'clipanion';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeGroup, findGroups } from '../../../scripts/build/groups.ts';
import { entries, type Group } from '../../../shared/cli/group.ts';
import { describe, undeclared } from '../../../shared/completion/describe.ts';
import { type Completes, tableOf } from '../../../shared/completion/table.ts';

test('every word and every value of every command says what completes it', async () => {
  const silent: string[] = [];
  for (const name of findGroups()) {
    for (const { words, load } of entries(await describeGroup(name))) {
      silent.push(...undeclared(await load()).map((key) => `${words.join(' ')}: ${key}`));
    }
  }
  assert.equal(silent, [], 'add it to the command: static override completes');
});

test('what `completes` names is there', async () => {
  const wrong: string[] = [];
  for (const name of findGroups()) {
    for (const { words, load } of entries(await describeGroup(name))) {
      const Class = (await load()) as unknown as { new (): object; completes: Completes };
      const keys = Object.keys(new Class());
      wrong.push(
        ...Object.keys(Class.completes)
          .filter((key) => !keys.includes(key))
          .map((key) => `${words}: ${key}`),
      );
    }
  }
  assert.equal(wrong, []);
});

abstract class Base extends Command {
  static completes: Completes = { namespace: 'namespace' };
  namespace = Option.String('-n,--namespace', { description: 'the project' });
  hidden = Option.String('--as', { hidden: true });
}

class Grow extends Base {
  static override paths = [['grow']];
  static override usage = { description: ' grow it ' };
  static override completes: Completes = { size: ['small', 'large'], names: 'job' };
  size = Option.String('--size', { description: 'how far\nmore of it' });
  env = Option.Array('--env');
  wait = Option.Boolean('--wait', true);
  fast = Option.Boolean('-f,--fast', false);
  first = Option.String();
  names = Option.Rest();
  async execute() {}
}

const group = { name: 'kf', verbs: ['grow'], commands: { 'grow|gr': async () => Grow } } as unknown as Group;

test("a command's table is what clipanion is told, and what it and its parents say of completion", async () => {
  const [grow] = await describe(group);
  assert.equal([grow!.words, grow!.aliases, grow!.what], [['grow'], ['gr'], 'grow it']);
  assert.equal(grow!.args, [
    { by: 'none', rest: false },
    { by: 'job', rest: true },
  ]);
  const flags = Object.fromEntries(grow!.flags.map((flag) => [flag.key, flag]));
  assert.equal(flags.namespace!.by, 'namespace');
  assert.equal([flags.size!.by, flags.size!.what], [['small', 'large'], 'how far']);
  assert.equal([flags.env!.repeats, flags.size!.repeats], [true, false]);
  assert.equal([flags.wait!.names, flags.fast!.names], [['--no-wait'], ['-f', '--fast']]);
  assert.equal([flags.hidden!.hidden, flags.fast!.takesValue], [true, false]);
  assert.equal(undeclared(Grow as never), ['hidden', 'env', 'first']);
});

test('the table is plain data: the build puts it in as JSON', async () => {
  const table = await tableOf(group);
  assert.equal(JSON.parse(JSON.stringify(table)), table);
});

test.run();
