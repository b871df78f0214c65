import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { entries, type Group, matching } from '../../../shared/cli/group.ts';

const load = async () => assert.unreachable('nothing is loaded to find a command') as never;
const group: Group = {
  name: 'kf-train',
  summary: '',
  description: '',
  verbs: ['train'],
  commands: { train: load, 'train list|ls': load, 'train delete|rm': load },
};
const found = (...argv: string[]) => matching(group, argv)?.words.join(' ');

test('keys are words, and aliases of the last', () => {
  assert.equal(entries(group)[1], { words: ['train', 'list'], aliases: ['ls'], load });
});

test('the longest words that fit are meant, without loading any', () => {
  assert.is(found('train', 'list', '-A'), 'train list');
  assert.is(found('train', 'ls'), 'train list');
  assert.is(found('train', 'rm', 'x'), 'train delete');
  assert.is(found('train', 'digits', 'train.py'), 'train');
  assert.is(found('serve'), undefined);
  assert.is(found(), undefined);
});

test.run();
