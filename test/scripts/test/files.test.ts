import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describe, select } from '../../../scripts/test/files.ts';

const fast = describe('test/shared/cli/argv.test.ts', 'import x;\n');
const real = describe('test/cluster/follow.test.ts', '// timeout: 900\nimport x;\n');
const alone = describe('test/cluster/alone/restart.test.ts', '');
const files = [fast, real, alone];

test('place and first lines say how a file is run', () => {
  assert.equal([fast.kind, fast.alone, fast.timeoutMs], ['fast', false, 120_000]);
  assert.equal([real.kind, real.alone, real.timeoutMs], ['real', false, 900_000]);
  assert.equal([alone.kind, alone.alone], ['real', true]);
  assert.is(describe('test/binaries/x.test.ts', '// Why.\n// alone\n').alone, true);
  assert.equal(
    [fast.apart, real.apart, describe('test/binaries/x.test.ts', '// no cluster\n').apart],
    [true, false, true],
  );
  assert.is(describe('test/binaries/x.test.ts', 'code();\n// alone\n').alone, false);
  const part = describe('test/cluster/alone/x.test.ts', '// changes: Trainer, Profiles\n// waits\n');
  assert.equal([part.alone, part.changes, part.waits], [true, ['Trainer', 'Profiles'], true]);
  assert.equal([alone.changes, alone.waits], [[], false]);
});

test('nothing asked for is everything', () => {
  assert.equal(select(files, []), { checks: ['lint', 'types'], files, unknown: [] });
});

test('words select kinds, checks and paths; what fits nothing is named', () => {
  assert.equal(select(files, ['fast']), { checks: ['lint', 'types'], files: [fast], unknown: [] });
  assert.equal(select(files, ['real']).files, [real, alone]);
  assert.equal(select(files, ['types']), { checks: ['types'], files: [], unknown: [] });
  assert.equal(select(files, ['./test/cluster/follow.test.ts']), { checks: [], files: [real], unknown: [] });
  assert.equal(select(files, ['nowhere']).unknown, ['nowhere']);
});

test.run();
