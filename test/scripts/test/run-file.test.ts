import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { judge, runTestFile, totals } from '../../../scripts/test/run-file.ts';
import { startTime, until } from '../../cluster/system.ts';

const end = (total: number, passed: number, skipped = 0) =>
  `••  (${passed} / ${total})\n\n  Total:     ${total}\n  Passed:    ${passed}\n  Skipped:   ${skipped}\n  Duration:  1ms\n\n`;

/** A file in a folder of its own, run as the runner does. `uvu` is found from this checkout. */
function runText(text: string, timeoutMs = 20_000) {
  const folder = mkdtempSync(join(tmpdir(), 'kf-run-file-'));
  const file = join(folder, 'x.mjs');
  writeFileSync(file, text.replace("'uvu'", `'${import.meta.resolve('uvu')}'`));
  return runTestFile(file, { cwd: folder, env: { PATH: process.env.PATH }, timeoutMs });
}

test('totals are the last ones printed', () => {
  assert.equal(totals(`x\n${end(3, 1)}\nmore\n${end(4, 3, 1)}`), { total: 4, passed: 3, skipped: 1 });
  assert.is(totals('nothing here'), undefined);
});

test('a failure, a crash, an empty file and a wrong exit code count as failed', () => {
  assert.equal([judge(end(3, 3), 0).failed, judge(end(3, 3), 0).passed], [0, 3]);
  assert.is(judge(end(3, 1), 1).failed, 2);
  assert.is(judge('boom', 1).failed, 1);
  assert.is(judge(end(0, 0), 0).failed, 1);
  assert.is(judge(end(2, 2), 3).failed, 1);
  assert.is(judge(end(2, 2), 0, 'too long').failed, 1);
});

test('a file that leaves out all of its tests counts as skipped where it says why, and only then', () => {
  const why = 'skipped: x.test.ts: no root';
  assert.equal([judge(`${why}\n`, 0).skipped, judge(`${why}\n${end(0, 0)}`, 0).skipped], [1, 1]);
  assert.is(judge(`${why}\n`, 0).fault, 'x.test.ts: no root');
  assert.is(judge(`${why}\n`, 1).failed, 1);
  assert.is(judge(`${why}\n${end(2, 1)}`, 0).failed, 1);
});

test('a file that crashes is a failure', async () => {
  const result = await runText("throw new Error('boom')");
  assert.is(result.failed, 1);
  assert.match(result.fault, 'before its tests were done');
  assert.match(result.output, 'boom');
});

test('a file without a test is a failure', async () => {
  const result = await runText("import { test } from 'uvu'; test.run();");
  assert.equal([result.failed, result.fault], [1, 'ran no test']);
});

test('a file whose hook throws is a failure, though uvu exits 0', async () => {
  const result = await runText(
    "import { test } from 'uvu'; test.before(() => { throw 1 }); test('a', () => {}); test.run();",
  );
  assert.is(result.failed, 1);
});

test('a file that hangs is ended, and what it started with it', async () => {
  const result = await runText(
    `import { spawn } from 'node:child_process';
     const child = spawn('sleep', ['60'], { stdio: 'ignore' });
     console.log('pid', child.pid);
     setInterval(() => {}, 1000);`,
    5000,
  );
  assert.equal([result.failed, result.fault], [1, 'did not end within 5 s']);
  const pid = Number(/pid (\d+)/.exec(result.output)?.[1]);
  assert.ok(pid > 1);
  await until(`the end of process ${pid}`, 10, () => startTime(pid) === undefined);
});

test('tests that pass are counted, and skipped ones', async () => {
  const result = await runText(
    "import { test } from 'uvu'; test('a', () => {}); test.skip('b', () => {}); test.run();",
  );
  assert.equal([result.passed, result.failed, result.skipped, result.fault], [1, 0, 1, '']);
});

test.run();
