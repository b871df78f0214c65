import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorText, KfError } from '../../../shared/cli/errors.ts';
import { learnScript } from '../../../shared/registry/source-script.ts';

const script = (toml: string) => `#!/bin/bash\n# /// kf\n# ${toml.trim().replaceAll('\n', '\n# ')}\n# ///\necho\n`;
const learn = async (toml: string) => (await learnScript(script(toml), 'x.sh', './x.sh', '#')).parameters;
const one = async (toml: string) => (await learn(`[[parameters]]\nname = "x"\n${toml}`))[0]!;

test('words, options, switches, lists and maps', async () => {
  assert.equal(await one(''), { name: 'x', typed: 'word', type: 'text', required: true });
  assert.equal(await one('type = "integer"\ndefault = 3'), {
    ...{ name: 'x', typed: 'option', flag: '--x', type: 'integer', required: false, default: 3 },
  });
  assert.equal(await one('type = "boolean"'), {
    ...{ name: 'x', typed: 'option', flag: '--x', type: 'boolean', required: false, default: false },
  });
  assert.equal(await one('type = "boolean"\nrequired = true'), {
    name: 'x',
    typed: 'word',
    type: 'boolean',
    required: true,
  });
  assert.equal(await one('option = true'), { name: 'x', typed: 'option', flag: '--x', type: 'text', required: false });
  assert.equal(await one('option = true\nrequired = true'), {
    ...{ name: 'x', typed: 'option', flag: '--x', type: 'text', required: true },
  });
  assert.equal(await one('required = false'), {
    name: 'x',
    typed: 'option',
    flag: '--x',
    type: 'text',
    required: false,
  });
  assert.equal(await one('words = true\ntype = "path"\nhelp = "files"'), {
    ...{ name: 'x', typed: 'words', type: 'list', items: 'path', required: false, help: 'files' },
  });
  assert.equal(await one('type = "list"'), { name: 'x', typed: 'words', type: 'list', items: 'text', required: true });
  assert.equal(await one('type = "list"\nitems = "integer"\ndefault = [1]\nchoices = [1, 2]'), {
    ...{
      name: 'x',
      typed: 'option',
      flag: '--x',
      type: 'list',
      items: 'integer',
      required: false,
      default: [1],
      choices: [1, 2],
    },
  });
  assert.equal(await one('type = "map"\nitems = "number"'), {
    ...{ name: 'x', typed: 'option', flag: '--x', type: 'map', items: 'number', required: false },
  });
  assert.is((await one('type = "date"\ndefault = 2024-02-29')).default, '2024-02-29');
});

test('a flag that the command line has itself', async () => {
  const { parameters, notes } = await learnScript(
    script('[[parameters]]\nname = "output"\ndefault = "x"'),
    'x.sh',
    'x.sh',
    '#',
  );
  assert.is(parameters[0]!.flag, '--arg-output');
  assert.equal(notes, ['output is given with --arg-output: --output is taken by every subcommand']);
});

test('without a header it takes any words, which is said', async () => {
  const { parameters, notes, handler } = await learnScript('echo "$@"\n', 'bin/x.sh', './bin/x.sh', '#');
  assert.equal(parameters, [{ name: 'args', typed: 'words', type: 'list', items: 'text', required: false }]);
  assert.equal(
    [handler, notes],
    ['bin/x.sh', ['./bin/x.sh has no header (# /// kf), so it is given all words as they are']],
  );
});

test('what can be no parameter is said, with its place', async () => {
  const two = (a: string, b: string) => `[[parameters]]\nname = "${a}"\n[[parameters]]\nname = "${b}"`;
  for (const [toml, said] of [
    ['parameters = 1', 'parameters must be tables'],
    ['[[parameters]]\nhelp = "x"', 'a parameter needs a name of letters, digits, - and _'],
    ['[[parameters]]\nname = "a b"', 'a parameter needs a name of letters, digits, - and _'],
    ['[[parameters]]\nname = "x"\ntyp = "text"', 'x: unknown key typ'],
    ['[[parameters]]\nname = "x"\ntype = "file"', 'x: no type "file"'],
    ['[[parameters]]\nname = "x"\ntype = "list"\nitems = "list"', 'x: no type of items "list"'],
    ['[[parameters]]\nname = "x"\ntype = "integer"\ndefault = 1.5', 'x: 1.5 is no integer'],
    ['[[parameters]]\nname = "x"\nchoices = []', 'x: choices is a list of values'],
    ['[[parameters]]\nname = "x"\ntype = "integer"\nchoices = ["a"]', 'x: "a" is no integer'],
    ['[[parameters]]\nname = "x"\nwords = "yes"', 'x: words is true or false'],
    [two('a-b', 'a_b'), 'a-b and a_b would be one and the same to the program'],
    [two('a', 'A'), 'a and A would be one and the same to the program'],
    [`${two('a', 'b')}\n`.replace('"a"', '"a"\nwords = true'), 'b comes after a, which takes all words that are left'],
  ] as const) {
    const error = await learn(toml).catch((e) => e);
    assert.instance(error, KfError, toml);
    assert.is(error.exit, 2);
    assert.match(errorText(error), new RegExp(`^\\./x\\.sh:\\d+:\\d+: ${said.replace(/[.()[\]]/g, '\\$&')}\n`));
  }
});

test.run();
