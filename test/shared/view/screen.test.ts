import { EventEmitter } from 'node:events';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Output } from '../../../shared/cli/context.ts';
import { clipStyled, Screen } from '../../../shared/view/screen.ts';

/** A terminal that keeps each write. */
function terminal(columns: number, rows: number) {
  const writes: string[] = [];
  const out = Object.assign(new EventEmitter(), {
    columns,
    rows,
    isTTY: true,
    write: (text: string) => writes.push(text) > 0,
  });
  return { stdout: out as unknown as Output, out, writes };
}

test('a frame is one write that clears nothing before it draws', () => {
  const { stdout, writes } = terminal(20, 5);
  const screen = new Screen({ stdout });
  screen.show(() => ['one', 'two']);
  screen.show(() => ['uno']);
  assert.is(writes.length, 2);
  assert.is(writes[0], '\u001b[?1049h\u001b[?25l\u001b[?2026h\u001b[Hone\u001b[K\r\ntwo\u001b[K\u001b[J\u001b[?2026l');
  assert.is(writes[1], '\u001b[?2026h\u001b[Huno\u001b[K\u001b[J\u001b[?2026l');
  assert.not.match(writes.join(''), /\u001b\[[23]?J\u001b\[H|\u001b\[2J/);
  screen.close();
  assert.is(writes[2], '\u001b[?25h\u001b[?1049luno\n');
  screen.close();
  assert.is(writes.length, 3);
});

test('what does not fit is cut, and a changed size is drawn at once', () => {
  const { stdout, out, writes } = terminal(10, 3);
  const screen = new Screen({ stdout });
  screen.show((columns) => [`${columns} columns wide`, 'b', 'c', 'd']);
  assert.match(writes[0]!, /\u001b\[H10 column…\u001b\[K\r\nb\u001b\[K\r\n… 2 more …\u001b\[K\u001b\[J/);
  Object.assign(out, { columns: 40, rows: 10 });
  out.emit('resize');
  assert.match(writes[1]!, /\u001b\[H40 columns wide\u001b\[K\r\nb\u001b\[K\r\nc\u001b\[K\r\nd\u001b\[K\u001b\[J/);
  screen.close();
  assert.is(out.listenerCount('resize'), 0);
});

test('colours take no width, and end where a line is cut', () => {
  assert.is(clipStyled('\u001b[31mFailed\u001b[39m', 6), '\u001b[31mFailed\u001b[39m');
  assert.is(clipStyled('\u001b[31mFailed again\u001b[39m', 7), '\u001b[31mFailed…\u001b[0m');
  assert.is(clipStyled('plain text', 6), 'plain…');
});

test.run();
