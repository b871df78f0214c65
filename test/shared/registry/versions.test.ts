import assert from 'node:assert/strict';
import fc from 'fast-check';
import { suite } from 'uvu';
import type { KfError } from '../../../shared/cli/errors.ts';
import type { SubcommandSpec } from '../../../shared/registry/entry.ts';
import { mostHistory } from '../../../shared/registry/schema.ts';
import {
  compareVersions,
  findVersion,
  mostSpecBytes,
  nextVersion,
  versionBefore,
  withVersion,
} from '../../../shared/registry/versions.ts';
import { version } from '../../support/registry.ts';

const test = suite('versions of a subcommand');

const spec = (running: string, ...history: string[]): SubcommandSpec => ({
  ...version(running),
  history: history.map((each) => version(each)),
});

test('are ordered as semantic versions are', () => {
  const sorted = [
    '0.1.0-alpha.1',
    '0.1.0-alpha.2',
    '0.1.0-alpha.10',
    '0.1.0-alpha.x',
    '0.1.0-beta',
    '0.1.0',
    '0.2.0',
    '0.10.0',
    '1.0.0',
  ];
  assert.deepEqual([...sorted].reverse().sort(compareVersions), sorted);
});

test('the order is one, whatever they are', () => {
  const part = fc.nat(20);
  const pre = fc.constantFrom('', '-a', '-a.1', '-a.b', '-1', '-rc.2');
  const any = fc.tuple(part, part, part, pre).map(([a, b, c, d]) => `${a}.${b}.${c}${d}`);
  fc.assert(
    fc.property(any, any, any, (a, b, c) => {
      assert.equal(Math.sign(compareVersions(a, b)), -Math.sign(compareVersions(b, a)) + 0);
      if (compareVersions(a, b) <= 0 && compareVersions(b, c) <= 0) assert.ok(compareVersions(a, c) <= 0);
      assert.equal(compareVersions(a, b) === 0, a === b);
    }),
  );
});

test("the next is the header's, or a minor one above all that are known, those rolled back from too", () => {
  assert.equal(nextVersion('tune', spec('0.1.0'), undefined), '0.2.0');
  assert.equal(nextVersion('tune', spec('0.1.0', '0.4.3', '0.2.0'), undefined), '0.5.0');
  assert.equal(nextVersion('tune', spec('0.9.0'), undefined), '0.10.0');
  assert.equal(nextVersion('tune', spec('0.1.0'), '2.0.0'), '2.0.0');
});

test('a header with a version that is known, or lower, or no version, is refused with the way out', () => {
  const refuse = (said: string, what: RegExp, hint: RegExp) =>
    assert.throws(
      () => nextVersion('tune', spec('0.2.0', '0.1.0'), said),
      (error: KfError) => error.exit === 2 && what.test(error.message) && hint.test(error.hint!),
    );
  refuse('0.2.0', /^tune 0\.2\.0 is known with another source$/, /version = "0\.3\.0"/);
  refuse('0.1.0', /^tune 0\.1\.0 is known/, /version = "0\.3\.0"/);
  refuse('0.1.5', /^tune 0\.1\.5 would come before 0\.2\.0$/, /version = "0\.3\.0"/);
  refuse('2', /^"2" is no version$/, /0\.2\.0/);
});

test('a new version puts the one before into the history; what it replaces and its pin stay', () => {
  const before: SubcommandSpec = { ...version('0.2.0'), replaces: 'train', history: [version('0.1.0')] };
  const { spec: after, dropped } = withVersion(before, version('0.3.0'));
  assert.deepEqual(after, { ...version('0.3.0'), replaces: 'train', history: [version('0.2.0'), version('0.1.0')] });
  assert.deepEqual(dropped, []);
});

test('rolling back keeps the later version, and does it again further back', () => {
  const start = spec('0.3.0', '0.2.0', '0.1.0');
  const once = withVersion(start, versionBefore('tune', start)).spec;
  assert.equal(once.version, '0.2.0');
  assert.deepEqual(
    once.history?.map((each) => each.version),
    ['0.3.0', '0.1.0'],
  );
  const twice = withVersion(once, versionBefore('tune', once)).spec;
  assert.equal(twice.version, '0.1.0');
  assert.throws(
    () => versionBefore('tune', twice),
    (error: KfError) => error.exit === 3 && /^tune 0\.1\.0 has no version before it$/.test(error.message),
  );
  assert.deepEqual(withVersion(twice, findVersion('tune', twice, '0.3.0')).spec, start);
  assert.throws(
    () => findVersion('tune', twice, '9.9.9'),
    (error: KfError) => error.exit === 3 && error.hint === 'there are: 0.1.0, 0.3.0, 0.2.0',
  );
});

test('the history is bounded in number and in bytes, whatever it holds; the oldest fall out', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 400_000 }), { maxLength: 16 }), (sizes) => {
      let now: SubcommandSpec = version('0.1.0');
      const known = ['0.1.0'];
      for (const [i, size] of sizes.entries()) {
        const number = `0.${i + 2}.0`;
        const { spec: next, dropped } = withVersion(now, version(number, { files: { 'a.py': '\n'.repeat(size) } }));
        known.unshift(number);
        const kept = [next.version, ...(next.history ?? []).map((each) => each.version)];
        assert.deepEqual([...kept, ...dropped], known);
        known.splice(kept.length);
        assert.ok((next.history ?? []).length <= mostHistory);
        assert.ok(Buffer.byteLength(JSON.stringify(next)) <= mostSpecBytes + 100);
        now = next;
      }
    }),
    { numRuns: 30 },
  );
});

test.run();
