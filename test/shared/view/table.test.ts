import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Column, Table } from '../../../shared/view/table.ts';
import { context } from '../../support/command.ts';

interface Row {
  name: string;
  why: string;
}
const columns: Column<Row>[] = [
  { title: 'NAME', value: (row) => row.name },
  { title: 'MORE', value: () => 'more', wide: true },
  { title: 'WHY', value: (row) => row.why, style: () => 'red' },
];

test('the first page sets the widths, a later one widens them; nothing is cut where no one looks', async () => {
  const { context: to, stdout } = context();
  const table = new Table(to, columns);
  assert.ok(table.empty);
  await table.add([]);
  assert.is(stdout(), '');
  await table.add([{ name: 'digits', why: 'x'.repeat(300) }]);
  await table.add([
    { name: 'a', why: '' },
    { name: 'longer-than-digits', why: 'y' },
  ]);
  await table.add([{ name: 'b', why: 'z' }]);
  assert.equal(stdout().split('\n'), [
    'NAME     WHY',
    `digits   ${'x'.repeat(300)}`,
    'a                    -',
    'longer-than-digits   y',
    'b                    z',
    '',
  ]);
});

test('a terminal gets colour, and the last column cut to its width', async () => {
  const { context: to, stdout } = context({ terminal: 30 });
  await new Table(to, columns).add([{ name: 'digits', why: 'not enough memory (asks 900Gi)' }]);
  assert.is(stdout().split('\n')[1], 'digits   \u001b[31mnot enough memory (a…\u001b[39m');
});

test('wide has more columns', async () => {
  const { context: to, stdout } = context();
  await new Table(to, columns, true).add([{ name: 'a', why: 'b' }]);
  assert.is(stdout(), 'NAME   MORE   WHY\na      more   b\n');
});

test("text from the cluster can't write to the terminal", async () => {
  const { context: to, stdout } = context({ terminal: 80, colorDepth: 1 });
  await new Table(to, columns).add([{ name: 'a', why: 'x\u001b[2J\u001b]0;title\u0007y\nz\u202e' }]);
  assert.is(stdout(), 'NAME   WHY\na      xy z\ufffd\n');
});

test.run();
