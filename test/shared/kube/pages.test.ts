import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Kube } from '../../../shared/kube/kube.ts';
import { listAll, pages } from '../../../shared/kube/pages.ts';
import { closeServers, connect, failure, reply, serve } from './support.ts';

test.after(closeServers);

const total = 23;
const all = Array.from({ length: total }, (_, i) => ({ metadata: { name: `p${i}`, uid: `u${i}` } }));

/** Lists as the API server does; `expire` answers 410 in place of the nth page. */
async function lister(expire?: { page: number; token: string | undefined }) {
  const asked: string[] = [];
  let waiting = 0;
  const server = await serve((request, response) => {
    const query = new URL(request.url!, 'http://x').searchParams;
    asked.push(`${query.get('limit')}/${query.get('continue') ?? ''}`);
    waiting++;
    if (expire && asked.length === expire.page) {
      const metadata = expire.token ? { continue: expire.token } : {};
      return reply(response, 410, { kind: 'Status', code: 410, reason: 'Expired', message: 'too old', metadata });
    }
    const from = Number(query.get('continue') ?? 0);
    const to = from + Number(query.get('limit'));
    const metadata = {
      resourceVersion: '7',
      ...(to < total ? { continue: String(to), remainingItemCount: total - to } : {}),
    };
    reply(response, 200, { kind: 'PodList', apiVersion: 'v1', metadata, items: all.slice(from, to) });
  });
  return { kube: await connect(server.url), asked, waiting: () => waiting };
}

const names = async (kube: Kube, options: object) => {
  const seen: string[] = [];
  for await (const page of pages(kube, '/pods', {}, options))
    seen.push(...page.items.map((item) => item.metadata.name));
  return seen;
};
const everything = all.map((item) => item.metadata.name);

test('a small first page, then large ones; each item once; kind and apiVersion filled in', async () => {
  const { kube, asked } = await lister();
  const sizes: number[] = [];
  for await (const { items, resourceVersion, remaining } of pages(kube, '/pods', {}, { first: 3, size: 8 })) {
    sizes.push(items.length);
    assert.equal([items[0]!.kind, items[0]!.apiVersion, resourceVersion], ['Pod', 'v1', '7']);
    if (sizes.length === 1) assert.is(remaining, 20);
  }
  assert.equal(sizes, [3, 8, 8, 4]);
  assert.equal(asked, ['3/', '8/3', '8/11', '8/19']);
});

test('the next page is asked for while this one is worked on', async () => {
  const { kube, asked } = await lister();
  const stream = pages(kube, '/pods', {}, { size: 10 });
  await stream.next();
  for (let i = 0; asked.length < 2 && i < 100; i++) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(asked, ['10/', '10/10']);
  await stream.return(undefined);
});

test('a list that expired goes on with the rest as it is now', async () => {
  const { kube, asked } = await lister({ page: 3, token: '16' });
  assert.equal(await names(kube, { size: 8 }), everything);
  assert.equal(asked, ['8/', '8/8', '8/16', '8/16']);
});

test('one that expired and can only start over repeats nothing', async () => {
  const { kube, asked } = await lister({ page: 2, token: undefined });
  assert.equal(await names(kube, { size: 8 }), everything);
  assert.equal(asked, ['8/', '8/8', '8/', '8/8', '8/16']);
});

test('where it must be one state, 410 is thrown', async () => {
  const { kube } = await lister({ page: 2, token: '8' });
  assert.is((await failure(listAll(kube, '/pods', {}, { size: 8, consistent: true }))).status?.code, 410);
});

test('tables give rows, and their columns in the list', async () => {
  const server = await serve((request, response) => {
    assert.is(request.headers.accept, 'application/json;as=Table;v=v1;g=meta.k8s.io');
    reply(response, 200, {
      kind: 'Table',
      metadata: {},
      columnDefinitions: [{ name: 'Name' }],
      rows: [{ cells: ['a'] }],
    });
  });
  const kube = await connect(server.url);
  const seen: unknown[] = [];
  for await (const { items, list } of pages(
    kube,
    '/pods',
    {},
    { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
  ))
    seen.push(items, list.columnDefinitions);
  assert.equal(seen, [[{ cells: ['a'] }], [{ name: 'Name' }]]);
});

test.run();
