import { Writable } from 'node:stream';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { DataList } from '../../../shared/view/data-list.ts';

async function printed(format: 'json' | 'yaml', pages: object[][], rest?: Record<string, unknown>): Promise<string> {
  let text = '';
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      text += chunk;
      done();
    },
  });
  const list = new DataList({ stdout }, format, { apiVersion: 'x/v1', kind: 'XList' });
  for (const page of pages) await list.add(page);
  await list.end(rest);
  return text;
}

const anyPages = fc.array(
  fc.array(fc.record({ name: fc.string(), n: fc.integer(), deep: fc.array(fc.string()) }, { noNullPrototype: true })),
);

test('whatever the pages are, it is one list that can be read back', async () => {
  await fc.assert(
    fc.asyncProperty(anyPages, fc.array(fc.string()), async (pages, notReadable) => {
      const whole = { apiVersion: 'x/v1', kind: 'XList', items: pages.flat(), notReadable };
      assert.equal(JSON.parse(await printed('json', pages, { notReadable })), whole);
      assert.equal(parse(await printed('yaml', pages, { notReadable })), whole);
    }),
    { numRuns: 60 },
  );
});

test('nothing at all is a list too', async () => {
  assert.is(await printed('json', []), '{\n    "apiVersion": "x/v1",\n    "kind": "XList",\n    "items": []\n}\n');
  assert.is(await printed('yaml', [[]]), 'apiVersion: x/v1\nkind: XList\nitems: []\n');
});

test.run();
