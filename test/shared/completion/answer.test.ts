import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { answerLines, narrowed } from '../../../shared/completion/answer.ts';

const nothing: Parameters<typeof answerLines>[0] = { by: 'none', not: [], prefix: '' };

test('a line each, with what it is, and the directive at the end', () => {
  const names = [
    { value: 'digits', what: 'TrainJob' },
    { value: 'web', what: '' },
  ];
  assert.equal(answerLines(nothing, names), ['digits\tTrainJob', 'web', ':4']);
  assert.equal(answerLines({ ...nothing, not: ['web'] }, names), ['digits\tTrainJob', ':4']);
  assert.equal(answerLines({ ...nothing, by: 'file' }, []), [':0'], 'the shell offers files');
  assert.equal(answerLines({ ...nothing, prefix: '-o' }, [{ value: 'json', what: '' }]), ['-ojson', ':4']);
});

test('only what begins with the typed part is told', () => {
  assert.equal(narrowed(['digits', 'dog\tx', 'web', ':4'], 'd'), ['digits', 'dog\tx', ':4']);
  assert.equal(narrowed([':4'], ':'), [':4']);
});

test('what could mean something to a shell, or to kubectl, is not offered', () => {
  const hostile = [
    '$(reboot)',
    '`id`',
    'a;b',
    'a b',
    'a\nb',
    'a\tb',
    ':4',
    '-',
    '',
    '~',
    '*',
    "'",
    'a|b',
    '\u001b[2J',
    'é',
    '_activeHelp_ x',
  ];
  assert.equal(
    answerLines(
      nothing,
      hostile.map((value) => ({ value, what: '' })),
    ),
    [':4'],
  );
});

test('no text from the cluster gets anything but plain letters into a line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (value, what) => {
      for (const each of answerLines(nothing, [{ value, what }])) {
        assert.match(each, /^(:4|-{0,2}[\w.:@/+=,-]+(\t[\w .,:;()/+=…'-]*)?)$/);
      }
    }),
  );
});

test('a description is one line, and not long', () => {
  const [line] = answerLines(nothing, [{ value: 'a', what: `x\n$(id)\u001b[31m\u202e${'y'.repeat(10_000)}` }]);
  assert.match(line!, /^a\tx \(id\)y+$/);
  assert.ok(line!.length < 130);
});

test('bash takes each value as it is', () => {
  const values = ['trainjob/digits', 'team-a', 'user@host', 'arn:aws:eks:eu-1:1:cluster/x', '--output', 'a=b,c+d'];
  const lines = answerLines(
    nothing,
    values.map((value) => ({ value, what: '' })),
  ).slice(0, -1);
  assert.equal(lines, values);
  for (const line of lines) assert.is(execFileSync('bash', ['-c', `printf %s ${line}`], { encoding: 'utf8' }), line);
});

test.run();
