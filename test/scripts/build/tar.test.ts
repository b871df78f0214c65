import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tar, untar } from '../../../scripts/build/tar.ts';

test('what is packed comes out again, whatever its bytes', () => {
  const name = fc.stringMatching(/^[a-zA-Z0-9_.-]{1,99}$/);
  const entry = fc.record({ name, mode: fc.constantFrom(0o644, 0o755), data: fc.uint8Array({ maxLength: 2000 }) });
  fc.assert(
    fc.property(fc.array(entry, { maxLength: 5 }), (entries) => {
      const out = [...untar(tar(entries))].map(({ data, ...rest }) => ({ ...rest, data: [...data] }));
      assert.equal(
        out,
        entries.map(({ name, mode, data }) => ({ name, mode, data: [...data] })),
      );
    }),
  );
});

test('the same entries give the same bytes, with no time in them', () => {
  const entries = [{ name: 'a', mode: 0o755, data: Buffer.from('x') }];
  assert.equal(tar(entries), tar(entries));
});

test('the tar program reads it, mode and all', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kf-tar-'));
  try {
    writeFileSync(join(dir, 'a.tar'), tar([{ name: 'program', mode: 0o755, data: Buffer.from('hello') }]));
    execFileSync('tar', ['xf', 'a.tar'], { cwd: dir });
    assert.is(readFileSync(join(dir, 'program'), 'utf8'), 'hello');
    assert.is(statSync(join(dir, 'program')).mode & 0o777, 0o755);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('a large file begins with a window of deflate, whatever is before it, and the tar program sees the files only', () => {
  const dir = mkdtempSync(join(tmpdir(), 'kf-tar-'));
  try {
    const data = Buffer.alloc(1 << 20, 'x');
    data.write('its first bytes');
    for (const size of [0, 11_357, 31_232, 31_744, 32_256, 40_000]) {
      const archive = tar([
        { name: 'small', mode: 0o644, data: Buffer.alloc(size, 's') },
        { name: 'large', mode: 0o755, data },
        { name: 'again', mode: 0o755, data },
      ]);
      const first = archive.indexOf('its first bytes');
      assert.is(first % 32_768, 0, `after ${size} bytes`);
      assert.is(archive.indexOf('its first bytes', first + 1) % 32_768, 0, `again, after ${size} bytes`);
      writeFileSync(join(dir, 'a.tar'), archive);
      const listed = execFileSync('tar', ['tf', 'a.tar'], { cwd: dir, encoding: 'utf8' });
      assert.is(listed, 'small\nlarge\nagain\n');
      execFileSync('tar', ['xf', 'a.tar'], { cwd: dir });
      assert.ok(readFileSync(join(dir, 'again')).equals(data));
      assert.equal(
        [...untar(archive)].map(({ name, data }) => [name, data.length]),
        [
          ['small', size],
          ['large', data.length],
          ['again', data.length],
        ],
      );
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test('a name that does not fit is refused', () => {
  assert.throws(() => tar([{ name: 'n'.repeat(101), mode: 0o644, data: Buffer.alloc(0) }]), /too long/);
});

test.run();
