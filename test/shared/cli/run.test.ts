import { Option } from 'clipanion';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfCommand, KubeCommand } from '../../../shared/cli/command.ts';
import { Exit, Interrupted, KfError } from '../../../shared/cli/errors.ts';
import type { Group } from '../../../shared/cli/group.ts';
import { isFormat } from '../../../shared/view/print.ts';
import { runCommand } from '../../support/command.ts';

class Make extends KfCommand {
  static override paths = [['make']];
  static override usage = {
    description: 'make a thing',
    examples: [['one', 'kubectl kf make a']] as [string, string][],
  };
  name = Option.String();
  hard = Option.Boolean('--hard', false, { description: 'with force' });
  output = Option.String('-o,--output', { validator: isFormat });
  rest = Option.Proxy();
  async execute(): Promise<number> {
    if (this.name === 'broken') throw new TypeError('boom');
    if (this.name === 'missing') throw new KfError(Exit.notFound, 'no thing missing', { hint: 'there is: a' });
    if (this.name === 'stopped') throw new Interrupted();
    this.context.stdout.write(`${this.name} ${this.hard} ${this.output} ${this.rest.join('+')}\n`);
    return this.name === 'bad' ? Exit.failed : Exit.ok;
  }
}

class MakeList extends KubeCommand {
  static override paths = [
    ['make', 'list'],
    ['make', 'ls'],
  ];
  static override usage = {
    description: 'list things',
    details: `
      A line of words that is longer than eighty characters is broken before it comes to its end.

      kubectl create role a-long-name -n here --verb=get --resource=things.example.com --resource-name=one

      kubectl get things

      More.
    `,
  };
  async execute(): Promise<number> {
    this.context.stdout.write(`${JSON.stringify(this.flags())}\n`);
    return 0;
  }
}

const group: Group = {
  name: 'kf-make',
  summary: 'Make things',
  description: 'Makes things of all kinds.',
  verbs: ['make'],
  commands: { make: async () => Make, 'make list|ls': async () => MakeList },
};
const run = (...argv: string[]) => runCommand(group, argv);

test('a command gets its words, its result goes to stdout, its code is the exit code', async () => {
  assert.equal(await run('make', 'a'), { code: 0, stdout: 'a false undefined \n', stderr: '' });
  assert.is((await run('make', 'bad')).code, 1);
});

test('each error goes to stderr with the exit code of its kind', async () => {
  assert.equal(await run('make', 'missing'), { code: 3, stdout: '', stderr: 'no thing missing\nthere is: a\n' });
  assert.equal(await run('make', 'stopped'), { code: 130, stdout: '', stderr: '' });
  const broken = await run('make', 'broken');
  assert.is(broken.code, 1);
  assert.match(broken.stderr, /^a fault in kubectl kf itself: TypeError: boom/);
});

test('wrong use is 2: an unknown flag, a value that is none, too few words', async () => {
  const unknown = await run('make', 'list', '--wide');
  assert.equal([unknown.code, unknown.stdout], [2, '']);
  assert.is(unknown.stderr, 'unknown flag --wide\nsee kubectl kf make list --help\n');
  const value = await run('make', '-o', 'xml', 'a');
  assert.is(value.code, 2);
  assert.match(value.stderr, /table, wide, json, yaml, name/);
  const few = await run('make');
  assert.equal([few.code, few.stdout], [2, '']);
  assert.match(few.stderr, /^too few words: kubectl kf make <name>.*\nsee kubectl kf make --help\n$/);
});

test('an unknown verb gives the closest one', async () => {
  assert.equal(await run('maek', 'x'), { code: 2, stdout: '', stderr: 'no verb "maek"; did you mean make?\n' });
  const far = await run('zzz');
  assert.is(far.stderr, 'no verb "zzz"\nthere are: make\n');
});

test('a verb that does nothing by itself tells what follows it, where the next word is none of it', async () => {
  const below = {
    ...group,
    verbs: ['shape'],
    commands: { 'shape list|ls': group.commands['make list|ls']!, 'shape get': group.commands['make list|ls']! },
  };
  const said = async (...words: string[]) => {
    const { code, stdout, stderr } = await runCommand(below, words);
    assert.equal([code, stdout], [2, '']);
    return stderr;
  };
  const see = '\nsee kubectl kf shape --help\n';
  assert.is(await said('shape', 'lst'), `no verb "shape lst"; did you mean shape list?${see}`);
  assert.is(await said('shape', 'quite-another'), `no verb "shape quite-another"${see}`);
  assert.is(await said('shape', 'shape', 'ls'), `no verb "shape shape"; did you mean shape ls?${see}`);
  assert.is(await said('shape', 'shape'), `no verb "shape shape"${see}`);
  assert.is(await said('shape', '-n', 'x'), `shape takes a word more: list, ls, get${see}`);
});

test("kubectl's flags are taken, in kubectl's spellings", async () => {
  const { stdout, code } = await run(
    'make',
    'ls',
    '-nteam-a',
    '--context=c',
    '-v=6',
    '--as',
    'bob',
    '--as-group',
    'x',
    '--as-group=y',
  );
  assert.is(code, 0);
  const flags = JSON.parse(stdout);
  assert.equal(
    [flags.namespace, flags.context, flags.verbosity, flags.as, flags.asGroup],
    ['team-a', 'c', 6, 'bob', ['x', 'y']],
  );
});

test('-v wants a whole number', async () => {
  const { code, stderr } = await run('make', 'list', '-v', 'loud');
  assert.equal([code, stderr], [2, '-v takes a whole number, not "loud"\n']);
});

test('help goes to stdout: the overview for the group, the page for a command, with what stands below it', async () => {
  for (const argv of [[], ['--help'], ['make', '--help'], ['make', 'help'], ['make', 'a', '-h']]) {
    const { code, stdout, stderr } = await run(...argv);
    assert.equal([code, stderr], [0, '']);
    assert.match(stdout, /make list, ls +list things/);
    if (argv[0] === 'make') assert.match(stdout, /^make a thing\n[\s\S]*\n {2}--hard +with force\n/);
    else assert.match(stdout, /^Make things\n/);
  }
  const { code, stdout } = await run('make', 'list', '--help');
  assert.is(code, 0);
  assert.match(stdout, /^list things/);
  assert.match(stdout, /--context CONTEXT/);
  assert.match(
    stdout,
    /\n\nA line of words .*\n.*its end\.\n\n {2}kubectl create .* --resource-name=one\n {2}kubectl get things\n\nMore\.\n\n/,
  );
});

test.run();
