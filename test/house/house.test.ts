import { Command, type CommandClass, Option } from 'clipanion';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeGroup, findGroups } from '../../scripts/build/groups.ts';
import type { Context } from '../../shared/cli/context.ts';
import { entries, type Group } from '../../shared/cli/group.ts';
import { oneOf } from '../../shared/view/print.ts';
import { agreement, examples, fileOf, memberOrder, shellWords, unlisted } from './commands.ts';
import { rules } from './rules.ts';
import { importsOf, readTree, type Tree } from './tree.ts';

const tree = readTree();

for (const [name, rule] of Object.entries(rules)) {
  test(`the project keeps the rule of ${name}`, () => assert.equal(rule(tree), []));
}

test('every command is where its words say, listed, in order, and its examples parse', async () => {
  const wrong: string[] = [];
  for (const name of findGroups()) {
    const group = await describeGroup(name);
    assert.is(group.name, name);
    wrong.push(...unlisted(group, tree));
    for (const [key, load] of Object.entries(group.commands)) {
      const Class = await load();
      const file = fileOf(group, entries({ ...group, commands: { [key]: load } })[0]!.words);
      wrong.push(...agreement(group, key, Class, tree), ...memberOrder(file, tree.get(file) ?? ''));
      wrong.push(...(await examples(group, Class)));
    }
  }
  assert.equal(wrong, []);
});

/** What a rule says of a small tree. */
const of = (name: string, files: Record<string, string>) => rules[name]!(new Map(Object.entries(files)) as Tree);

const breaches: Record<string, [Record<string, string>, RegExp][]> = {
  places: [
    [{ 'notes.txt': '' }, /not a file for the top level/],
    [{ 'src/x.ts': '' }, /not a folder for the top level/],
    [{ '.ci/other': '' }, /only \.ci\/run/],
    [{ 'shared/kube/x.js': '' }, /only TypeScript/],
    [{ 'shared/x.ts': '' }, /folder of its own/],
    [{ 'shared/kube/deep/x.ts': '' }, /one level/],
    [{ 'plugins/kf/lib/x.ts': '' }, /one folder, commands/],
    [{ 'shared/kube/openKube.ts': '' }, /in-lower-case/],
  ],
  groups: [[{ 'plugins/kf-x/main.ts': '' }, /plugins\/kf-x\/index\.ts: is missing/]],
  sizes: [
    [{ 'shared/kube/x.ts': '\n'.repeat(251) }, /251 lines; at most 250/],
    [{ 'plugins/kf/commands/x.ts': '\n'.repeat(121) }, /121 lines; at most 120/],
  ],
  imports: [
    [{ 'plugins/kf/x.ts': "import { y } from '../kf-train/y.ts';\n" }, /not shared/],
    [{ 'plugins/kf/x.ts': "import type { y } from '../kf-train/y.ts';\n" }, /not shared/],
    [{ 'plugins/kf/x.ts': "import { z } from '../../scripts/z.ts';\n" }, /not shared/],
    [{ 'plugins/kf/x.ts': "import { execa } from 'execa';\n" }, /only shared\/process/],
    [{ 'shared/view/x.ts': "const k = await import('openid-client');\n" }, /only shared\/kube/],
    [{ 'shared/kube/x.ts': "import { a } from '../resources/a.ts';\n" }, /the other way/],
    [{ 'shared/resources/x.ts': "import { a } from '../view/table.ts';\n" }, /the other way/],
    [{ 'shared/kube/x.ts': "export { a } from '../cli/command.ts';\n" }, /the other way/],
    [{ 'shared/kube/x.ts': "import { a } from '../../plugins/kf/a.ts';\n" }, /stands by itself/],
    [{ 'shared/new/x.ts': "import { a } from '../kube/a.ts';\n" }, /without a rule/],
    [{ 'shared/kube/x.ts': "import { a } from './a';\n" }, /without \.ts/],
    [{ 'plugins/kf/commands/x.ts': "import { get } from 'node:http';\n" }, /imports no node:http/],
  ],
  worldly: [
    [{ 'shared/kube/x.ts': 'const a = process.env.HOME;\n' }, /touches process\.env/],
    [{ 'plugins/kf/x.ts': "console.log('a');\n" }, /touches console\.log/],
    [{ 'shared/view/x.ts': "import { env } from 'node:process';\n" }, /touches node:process/],
  ],
  mirror: [[{ 'test/shared/kube/x.test.ts': '' }, /tests nothing that is there/]],
  wholeTests: [
    [{ 'test/x.test.ts': "test('a', () => {});\n" }, /does not call test\.run/],
    [{ 'test/x.test.ts': "test.only('a', () => {});\ntest.run();\n" }, /only some/],
  ],
  lockFile: [
    [{}, /is missing/],
    [{ 'package-lock.json': '{"packages":{"node_modules/a":{"optionalDependencies":{"b":"1"}}}}' }, /has no b/],
  ],
};

for (const name of Object.keys(rules)) {
  test(`the rule of ${name} can fail`, () => {
    const bad = breaches[name] ?? [];
    assert.ok(bad.length > 0);
    for (const [files, says] of bad) assert.match(of(name, files).join('\n'), says);
  });
}

test('what looks like a breach and is none passes', () => {
  const files = {
    'shared/kube/x.ts':
      "import type { A } from '../resources/a.ts';\n// process.env is not touched\nconst a = 'console.log';\ncli.process(a);\n",
    'test/shared/kube/x-part.test.ts': 'test.run();\n',
    'plugins/kf/commands/y.ts': "import { type A, b } from '../../../shared/kube/x.ts';\n",
  };
  for (const name of ['places', 'imports', 'worldly', 'mirror', 'wholeTests']) assert.equal(of(name, files), []);
});

test('imports of all forms are seen', () => {
  const text =
    "import a, {\n  b,\n} from 'a';\nimport 'b';\nexport * from './c.ts';\nimport { type D } from 'd';\nconst e = await import('e');\n";
  const found = importsOf('x/y.ts', text).map(({ what, path, typeOnly }) => [what, path, typeOnly]);
  assert.equal(found.sort(), [
    ['./c.ts', 'x/c.ts', false],
    ['a', undefined, false],
    ['b', undefined, false],
    ['d', undefined, true],
    ['e', undefined, false],
  ]);
});

class TrainGrow extends Command<Context> {
  static override paths = [['train', 'grow']];
  static override usage = {
    description: 'grow a job',
    examples: [
      ['good', 'kubectl kf train grow a --by 2'],
      ['no such flag', 'kubectl kf train grow a --bye 2'],
      ['no such value', 'kubectl kf train grow a --how fats'],
      ['another command', 'kubectl kf train shrink a'],
      ['not ours', 'kubectl get pods'],
    ] as [string, string][],
  };
  name = Option.String();
  by = Option.String('--by');
  how = Option.String('--how', { validator: oneOf(['fast', 'slow']) });
  async execute(): Promise<number> {
    throw new Error('an example is parsed, not run');
  }
}

const load = async () => TrainGrow as CommandClass<Context>;
const group: Group = {
  name: 'kf-train',
  summary: '',
  description: '',
  verbs: ['train'],
  commands: { 'train grow': load },
};

test('a command in the wrong place, with another name or other words is found', () => {
  const there = new Map([['plugins/kf-train/commands/train/grow.ts', '']]);
  assert.equal(agreement(group, 'train grow', TrainGrow, there), []);
  assert.match(agreement(group, 'train grow', TrainGrow, new Map()).join(), 'has no file');
  assert.match(agreement(group, 'train shrink', TrainGrow, there).join(), 'its class is TrainGrow, not TrainShrink');
  assert.match(agreement(group, 'train grow|gr', TrainGrow, there).join(), 'the index has train grow, train gr');
  assert.match(agreement({ ...group, verbs: ['serve'] }, 'train grow', TrainGrow, there).join(), 'no verb of kf-train');
  assert.match(
    unlisted(group, new Map([['plugins/kf-train/commands/train/odd.ts', '']])).join(),
    'is not in the index',
  );
});

test('an example that does not parse, or runs another command, is found', async () => {
  const wrong = await examples(group, TrainGrow);
  assert.is(wrong.length, 5, wrong.join('\n'));
  assert.match(wrong[0]!, /Unsupported option name \("--bye"\)|--bye/);
  assert.match(wrong[1]!, 'fats');
  assert.match(wrong[2]!, 'runs nothing');
});

test('members out of order are found', () => {
  const good = `export class A extends B {\n  static override paths = [];\n  static override usage = {};\n  x = Option.String();\n  async execute() {}\n}\n`;
  assert.equal(memberOrder('a.ts', good), []);
  const swapped = good
    .replace('  static override paths = [];\n', '')
    .replace('  x =', '  static override paths = [];\n  x =');
  assert.match(memberOrder('a.ts', swapped).join(), 'usage comes too early');
  assert.match(memberOrder('a.ts', good.replace('  async execute() {}\n', '')).join(), 'has no execute');
  assert.match(
    memberOrder('a.ts', good.replace(/}\n$/, '  y = Option.String();\n}\n')).join(),
    'options come before execute',
  );
});

test("words of an example are a shell's", () => {
  assert.equal(shellWords(`kubectl kf x 'a b' "c d" | head`), ['kubectl', 'kf', 'x', 'a b', 'c d']);
});

test.run();
