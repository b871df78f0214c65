import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import { wordsOf } from '../../../shared/remote/words.ts';

/** As the parser gives them: all words in order, `--` forgotten. */
const of = (verb: 'exec' | 'run' | 'shell', line: string, flags: { container?: string } = {}) => {
  const typed = line.split(' ');
  const [component = '', ...words] = typed.filter((_, i) => i !== typed.indexOf('--'));
  try {
    return wordsOf(verb, [verb, ...typed], { component, words, ...flags });
  } catch (error) {
    if (error instanceof KfError) return [error.exit, error.message, error.hint];
    throw error;
  }
};

test('what is before -- says where, what is after it is the command', () => {
  const wanted = (container?: string) => ({ word: 'digits', container, pod: undefined, rank: undefined });
  assert.equal(of('exec', 'digits -- ls -l'), { wanted: wanted(), command: ['ls', '-l'] });
  assert.equal(of('run', 'digits main -- ls'), { wanted: wanted('main'), command: ['ls'] });
  assert.equal(of('exec', 'digits -- ls', { container: 'main' }), { wanted: wanted('main'), command: ['ls'] });
  assert.equal(of('exec', 'digits main -- ls', { container: 'main' }), { wanted: wanted('main'), command: ['ls'] });
  assert.equal(of('shell', 'digits main'), { wanted: wanted('main'), command: [] });
});

test('words that are missing or too many: exit 2 and what to type', () => {
  assert.equal(of('exec', 'digits ls'), [2, 'exec needs a command, after --', 'kubectl kf exec digits -- ls']);
  assert.equal(of('run', 'digits'), [2, 'run needs a command, after --', 'kubectl kf run digits -- ls -l']);
  assert.equal(of('exec', '-- ls'), [2, 'exec needs a component before --', 'kubectl kf exec COMPONENT -- ls']);
  assert.is((of('exec', 'digits a b -- ls') as string[])[1], 'a word too many: b');
  assert.is((of('exec', 'digits a -- ls', { container: 'b' }) as string[])[1], 'two containers: a and b');
  assert.equal(of('shell', 'digits -- ls'), [2, 'shell takes no command', 'to run one: kubectl kf run digits -- ls']);
});

test.run();
