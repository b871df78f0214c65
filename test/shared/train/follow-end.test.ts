import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { errorText } from '../../../shared/cli/errors.ts';
import type { JobState } from '../../../shared/resources/resource.ts';
import { failed, rankFlag, reasonIn } from '../../../shared/train/follow-end.ts';

const traceback = (error: string) => [
  'Traceback (most recent call last):',
  '  File "/workspace/train.py", line 40, in <module>',
  '    step(batch)',
  '  File "/workspace/train.py", line 31, in step',
  '    return a @ b',
  '           ~~^~~',
  error,
];

test('of a traceback the last place and the error', () => {
  const expected = [
    '  File "/workspace/train.py", line 31, in step',
    '  ValueError: shapes (64,) and (10,) not aligned',
  ];
  const lines = traceback('ValueError: shapes (64,) and (10,) not aligned');
  assert.equal(reasonIn(['epoch 1', ...lines, 'bye']), expected);
  assert.equal(reasonIn(lines.map((line) => `[rank1]: ${line}`)), expected);
  const chained = [
    ...traceback('KeyError: 1'),
    '',
    'During handling of the above, another exception occurred:',
    '',
    ...lines,
  ];
  assert.equal(reasonIn(chained), expected);
});

test('lines of stdout that fall among those of a traceback are not taken for its error', () => {
  const [head, ...rest] = traceback('numpy.linalg.LinAlgError: Singular matrix');
  const expected = ['  File "/workspace/train.py", line 31, in step', '  numpy.linalg.LinAlgError: Singular matrix'];
  assert.equal(reasonIn([head!, 'loading', ...rest]), expected);
  assert.equal(reasonIn([head!, ...rest.slice(0, 3), 'loading', ...rest.slice(3)]), expected);
  assert.equal(reasonIn(traceback('Stop: as it says')), [expected[0]!, '  Stop: as it says']);
});

test('without one, the last lines; a traceback that was cut is no reason', () => {
  assert.equal(reasonIn(['1', '2', '', '3', '4', '5', '6']), ['  2', '  3', '  4', '  5', '  6']);
  assert.equal(reasonIn(['a', ...traceback('E: x').slice(0, 2)]).length, 3);
  assert.equal(reasonIn([]), []);
});

test('a failure names the rank, what it said, and the way to all of it', () => {
  const state = {
    phase: 'Failed',
    why: 'node-1 exited 1',
    failure: { rank: 'node-1', pod: 'p', container: 'node', exitCode: 1, reason: 'Error', text: 'exited 1' },
  } as JobState;
  assert.is(
    errorText(failed('digits', ' after 12s', state, traceback('ValueError: x'))),
    `digits failed after 12s: node-1 exited 1
  File "/workspace/train.py", line 31, in step
  ValueError: x
all of it: kubectl kf train logs digits --rank 1
`,
  );
  const late = { ...state, failure: undefined, why: 'took longer than its deadline of 5s' } as JobState;
  assert.is(
    errorText(failed('digits', '', late, [])),
    'digits failed: took longer than its deadline of 5s\nsee kubectl kf train get digits\n',
  );
  assert.equal(
    [rankFlag('node-3'), rankFlag('worker-0'), rankFlag('launcher')],
    ['--rank 3', '--rank worker-0', '--rank launcher'],
  );
});

test.run();
