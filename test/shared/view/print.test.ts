import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import type { KubeObject } from '../../../shared/kube/kube.ts';
import { isFormat, ListPrinter, nameOf, oneOf, printObject } from '../../../shared/view/print.ts';
import { context } from '../../support/command.ts';

const job = (name: string, more: object = {}): KubeObject => ({
  apiVersion: 'trainer.kubeflow.org/v1alpha1',
  kind: 'TrainJob',
  metadata: { name, managedFields: [{ manager: 'x' }] },
  ...more,
});

const readers = [
  ['json', (text: string) => JSON.parse(text)],
  ['yaml', (text: string) => parse(text)],
] as const;

test('names as kubectl writes them', () => {
  assert.is(nameOf(job('digits')), 'trainjob.trainer.kubeflow.org/digits');
  assert.is(nameOf({ ...job('p'), apiVersion: 'v1', kind: 'Pod' }), 'pod/p');
});

test('one object, without its managedFields', async () => {
  for (const [format, read] of readers) {
    const { context: to, stdout } = context();
    await printObject(to, format, job('digits', { spec: { text: 'a: b\n- c' } }));
    assert.equal(read(stdout()), {
      apiVersion: 'trainer.kubeflow.org/v1alpha1',
      kind: 'TrainJob',
      metadata: { name: 'digits' },
      spec: { text: 'a: b\n- c' },
    });
  }
});

test('a list is one document, however its pages come', async () => {
  for (const [format, read] of readers) {
    for (const pages of [[], [['a']], [['a', 'b'], [], ['c']]]) {
      const { context: to, stdout } = context();
      const printer = new ListPrinter(to, format);
      for (const page of pages) await printer.add(page.map((name) => job(name)));
      await printer.end();
      const list = read(stdout());
      assert.is(list.kind, 'List');
      assert.equal(
        list.items.map((item: KubeObject) => item.metadata.name),
        pages.flat(),
        stdout(),
      );
    }
  }
});

test('any text survives both ways of writing', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('json' as const, 'yaml' as const),
      async (text, format) => {
        const { context: to, stdout } = context();
        await printObject(to, format, job('x', { data: { text } }));
        assert.is((format === 'json' ? JSON.parse(stdout()) : parse(stdout())).data.text, text);
      },
    ),
  );
});

test('objects on a terminal lose their control characters', async () => {
  const { context: to, stdout } = context({ terminal: 80 });
  await printObject(to, 'yaml', job('x', { data: '\u009b2Jboo' }));
  assert.not.match(stdout(), /\u009b/);
});

test('words of an option are taken in any case, others are named', () => {
  const errors: string[] = [];
  assert.not(isFormat('jsn', { errors }));
  assert.equal(errors, ['.: "jsn" is none of table, wide, json, yaml, name']);
  const coercions: [string, () => unknown][] = [];
  let value = '';
  const coercion = ((word: string) => {
    value = word;
  }) as never;
  assert.ok(oneOf(['Failed'])('failed', { coercions: coercions as never, coercion }));
  coercions[0]![1]();
  assert.is(value, 'Failed');
});

test.run();
