import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkDigest, digestOf } from '../../../shared/registry/digest.ts';
import type { Json } from '../../../shared/registry/entry.ts';
import { specOf } from '../../support/subcommands.ts';

/** The same value, its keys in the other order. */
const turned = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, each]) => [key, turned(each)])
      .reverse(),
  );
};

test('a digest is the same for the same content, whatever the order of its fields and through JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.string()), (value, files) => {
      const spec = specOf({ files, parameters: [{ ...specOf().parameters[0]!, default: value as Json }] });
      assert.is(digestOf(turned(spec) as typeof spec), spec.digest);
      assert.is(digestOf(JSON.parse(JSON.stringify(spec))), spec.digest);
    }),
  );
});

test('a changed field changes it; version, origin, pin and history do not', () => {
  const spec = specOf();
  const { digest } = spec;
  const changes = [
    { files: { 'tune.py': 'def tune(): pass\n' } },
    { files: { ...spec.files, 'other.py': '' } },
    { handler: 'tune.other' },
    { image: 'evil:1' },
    { summary: 'x' },
    { runs: ['cluster', 'local'] as const },
    { replaces: 'train' },
    { requires: [{ verbs: ['get'], group: '', resource: 'pods' }] },
    { novel: 'a field of a later version' },
  ];
  const digests = changes.map((change) => digestOf({ ...spec, ...change } as typeof spec));
  assert.is(new Set([digest, ...digests]).size, changes.length + 1);
  const beside = { version: '9.9.9', origin: { url: 'https://example.com/x' }, pinned: true, history: [spec] };
  assert.is(digestOf({ ...spec, ...beside }), digest);
  assert.match(digest, /^sha256:[0-9a-f]{64}$/);
});

test('a digest is checked; a version of the history has what its subcommand replaces in it', () => {
  const spec = specOf({ replaces: 'train' });
  assert.ok(checkDigest(spec));
  const { replaces: _, ...version } = spec;
  assert.not.ok(checkDigest(version));
  assert.ok(checkDigest(version, 'train'));
  assert.not.ok(checkDigest({ ...spec, handler: 'tune.evil' }));
});

test.run();
