import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDocstring } from '../../../shared/python/docstring.ts';

const params = (text: string) => Object.fromEntries(parseDocstring(text).params);

test("Google's", () => {
  const {
    summary,
    description,
    params: own,
  } = parseDocstring(`Tune a model.

    Runs trials, one
    after another.

    Args:
        trials (int): How many trials
            to run, at most: 100.
        metric (Literal["a", "b"], optional): What to look at.
        data: Where it is.

            Another paragraph.
        *files (str): The files.
        **settings: More: of it.
        größe - how large
        empty:

    Returns:
        list[dict]: a row a trial.

    Raises:
        ValueError: if it can't.

    Example:
        >>> tune(3)
    `);
  assert.equal(
    [summary, description],
    ['Tune a model.', 'Runs trials, one\nafter another.\n\nExample:\n    >>> tune(3)'],
  );
  assert.equal(Object.fromEntries(own), {
    trials: 'How many trials to run, at most: 100.',
    metric: 'What to look at.',
    data: 'Where it is. Another paragraph.',
    files: 'The files.',
    settings: 'More: of it.',
    größe: 'how large',
  });
});

test("NumPy's", () => {
  const {
    summary,
    description,
    params: own,
  } = parseDocstring(`
    Tune a model
    that is large

    Parameters
    ----------
    trials : int, optional
        How many trials
        to run.
    x, y : float
        Both of them.
    data
        Where it is.

        More of it.
    *args
        The rest.
    Other Parameters
    ----------------
    verbose : bool
        Say more.

    Returns
    -------
    list
        Rows.

    Notes
    -----
    It takes long.
    `);
  assert.equal([summary, description], ['Tune a model that is large', 'Notes\n-----\nIt takes long.']);
  assert.equal(Object.fromEntries(own), {
    ...{ trials: 'How many trials to run.', x: 'Both of them.', y: 'Both of them.' },
    ...{ data: 'Where it is. More of it.', args: 'The rest.', verbose: 'Say more.' },
  });
});

test("reST's", () => {
  const {
    summary,
    description,
    params: own,
  } = parseDocstring(`Tune a model.

    Slowly.

    :param trials: How many trials
        to run.
    :param int size: How large: 3.
    :keyword str name: Called so.
    :param \\*files: The files.
    :type trials: int
    :returns: rows
    :raises ValueError: never
    `);
  assert.equal([summary, description], ['Tune a model.', 'Slowly.']);
  assert.equal(Object.fromEntries(own), {
    ...{ trials: 'How many trials to run.', size: 'How large: 3.', name: 'Called so.', files: 'The files.' },
  });
});

test('no section, no docstring, odd ones', () => {
  assert.equal(parseDocstring(''), { summary: '', description: '', params: new Map() });
  assert.equal(parseDocstring('\n  \n'), { summary: '', description: '', params: new Map() });
  assert.is(parseDocstring('One line').summary, 'One line');
  assert.equal(params('Args:\n    a: first\n\nParams:\n    a: second\n    b: third'), { a: 'first', b: 'third' });
  assert.equal(params('Note: this is no section\n\nArgs: nor this\n    a: x'), {});
  const tabs = parseDocstring('Do.\n\n\tArgs:\n\t\ta: one\n\t\t\ttwo\n');
  assert.equal([tabs.summary, Object.fromEntries(tabs.params)], ['Do.', { a: 'one two' }]);
  assert.is(parseDocstring('Do\r\n\r\nMore\r\n').description, 'More');
});

test('any text is read, and its summary is one line', () => {
  const bit = fc.constantFrom(
    'Args:',
    'Parameters',
    '----------',
    ':param x:',
    '    a: b',
    'x : int',
    '\n',
    '\n\n',
    '    ',
    'text',
    '(',
    ')',
    ':',
    '*',
    ', ',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.array(bit).map((bits) => bits.join('')),
        fc.string({ unit: 'binary' }),
      ),
      (text) => {
        const { summary, params: own } = parseDocstring(text);
        assert.not.match(summary, /\n/);
        for (const help of own.values()) assert.ok(help !== '' && !help.includes('\n'));
      },
    ),
  );
});

test('large ones do not take long', () => {
  const from = performance.now();
  for (const text of [
    `a${' '.repeat(200_000)}b`,
    `Args:\n  ${'a, '.repeat(60_000)}`,
    `Args:\n  a (${'('.repeat(100_000)}`,
    `:param ${'x '.repeat(90_000)}`,
    `P\n---\n${'a:'.repeat(90_000)}`,
    `Parameters\n---\n${'a'.repeat(50_000)}!`,
    `Args:\n${'  a: b\n'.repeat(150_000)}`,
    '\n'.repeat(200_000),
  ]) {
    parseDocstring(text);
  }
  assert.ok(performance.now() - from < 3000, `${performance.now() - from} ms`);
});

test.run();
