import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sha256 } from '../../../shared/registry/sha256.ts';

const openssl = (text: string) => createHash('sha256').update(text).digest('hex');

test('the hash of any text is OpenSSL’s', () => {
  const text = fc.string({ unit: 'binary', maxLength: 400 });
  fc.assert(
    fc.property(text, (each) => sha256(each) === openssl(each)),
    { numRuns: 300 },
  );
});

test('every length around a block’s, and much', () => {
  const lengths = [...Array(200).keys(), 100_000, 600_000];
  for (const length of lengths) {
    const text = 'x€'.repeat(length).slice(0, length);
    assert.is(sha256(text), openssl(text), `${length}`);
  }
});

test('halves of a surrogate pair are hashed as Node writes them', () => {
  assert.is(sha256('a\ud800b'), openssl('a\ud800b'));
});

test.run();
