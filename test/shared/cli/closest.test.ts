import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { closest } from '../../../shared/cli/closest.ts';

const verbs = ['train', 'list', 'logs', 'suspend', 'rm'];

test('a slip of the keys finds its word', () => {
  assert.is(closest('trian', verbs), 'train');
  assert.is(closest('Lgos', verbs), 'logs');
  assert.is(closest('suspned', verbs), 'suspend');
});

test('what is nothing like any of them finds none', () => {
  for (const word of ['kubernetes', '', 'xxxxx', 'zz']) assert.is(closest(word, verbs), undefined, word);
  assert.is(closest('x', []), undefined);
});

test.run();
