import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stripElf, variableAt } from '../../../scripts/build/elf.ts';

const onLinux = process.platform === 'linux';

(onLinux ? test : test.skip)('the Node that runs this is smaller when stripped, and runs', () => {
  const node = readFileSync(process.execPath);
  const stripped = stripElf(node);
  assert.ok(stripped.length < node.length * 0.9, `${stripped.length} of ${node.length} bytes`);
  const dir = mkdtempSync(join(tmpdir(), 'kf-elf-'));
  try {
    const file = join(dir, 'node');
    writeFileSync(file, stripped);
    chmodSync(file, 0o755);
    assert.is(execFileSync(file, ['-p', '6 * 7'], { encoding: 'utf8' }), '42\n');
  } finally {
    rmSync(dir, { recursive: true });
  }
});

(onLinux ? test : test.skip)('stripping twice changes nothing more', () => {
  const once = stripElf(readFileSync(process.execPath));
  assert.throws(() => stripElf(Buffer.from(once.subarray(0, 100))));
  const twice = stripElf(once);
  assert.is(twice.length, once.length);
});

(onLinux ? test : test.skip)("a variable's first value is found by its symbol, where there are symbols", () => {
  const node = readFileSync(process.execPath);
  const mode = '_ZN4absl12_GLOBAL__N_124synch_deadlock_detectionE';
  // absl::OnDeadlockCycle::kAbort.
  assert.is(node.readUInt32LE(variableAt(node, mode)), 2);
  for (const [file, name] of [
    [node, `${mode}s`],
    [node, 'main'],
    [stripElf(node), mode],
  ] as const)
    assert.throws(() => variableAt(file, name), new RegExp(`no variable ${name}`));
});

test('what is not an ELF file is refused', () => {
  assert.throws(() => stripElf(Buffer.from('MZ not an ELF file, but long enough to look at')), /not a 64-bit LE ELF/);
});

test.run();
