import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Records } from '../../../shared/logs/records.ts';

/** The lines, those of one record in one string. */
function recordsOf(text: string): string[] {
  const records = new Records();
  const found: string[] = [];
  for (const line of text.split('\n')) {
    const bytes = Buffer.from(line);
    if (records.joins(bytes, 0, bytes.length) && found.length > 0) found.push(`${found.pop()}\n${line}`);
    else found.push(line);
  }
  return found;
}

const traceback = `Traceback (most recent call last):
  File "/workspace/train.py", line 31, in step
    return a @ b
           ~~^~~
ValueError: shapes (64,) and (10,) not aligned`;
const chained = `${traceback.replace('ValueError', 'KeyError')}

During handling of the above exception, another exception occurred:

${traceback}`;
const java = `Exception in thread "main" java.lang.IllegalStateException: no
\tat a.B.c(B.java:1)
Caused by: java.io.IOException: gone
\t... 1 more`;
const go = `panic: runtime error: index out of range [3] with length 3

goroutine 1 [running]:
main.main()
\t/tmp/x.go:4 +0x1d
exit status 2`;

test('a traceback, the one it led to, causes and panics are one record each', () => {
  for (const record of [traceback, chained, java, go])
    assert.equal(recordsOf(`before 1\nbefore 2\n${record}\nepoch 2`), ['before 1', 'before 2', record, 'epoch 2']);
  assert.equal(recordsOf(`${traceback}\n${traceback}`), [traceback, traceback]);
});

test('what is indented belongs to what it is under; torchrun and CRLF do not hide it', () => {
  assert.equal(recordsOf('config:\n  a: 1\n\tb: 2\nnext'), ['config:\n  a: 1\n\tb: 2', 'next']);
  const ranked = traceback.replace(/^/gm, '[rank1]: ');
  assert.equal(recordsOf(`x\n${ranked}\ny`), ['x', ranked, 'y']);
  const crlf = traceback.replaceAll('\n', '\r\n');
  assert.equal(recordsOf(`${crlf}\r\nnext`), [`${crlf}\r`, 'next']);
});

test('plain lines are a record each, empty ones too', () => {
  const lines = ['epoch 1', '', '[1] x', 'Panic at the disco', 'error: no', 'Tracebacks', '{"a":1}', ''];
  assert.equal(recordsOf(lines.join('\n')), lines);
});

test('a record is open where more is likely', () => {
  const open = (text: string) => {
    const records = new Records();
    for (const line of text.split('\n')) records.joins(Buffer.from(line), 0, Buffer.byteLength(line));
    return records.open;
  };
  assert.equal(
    [
      'epoch 1',
      'Traceback (most recent call last):',
      'x\n  indented',
      'panic: no',
      'java.lang.Error: x',
      `${traceback}\nx`,
    ].map(open),
    [false, true, true, true, true, false],
  );
});

test.run();
