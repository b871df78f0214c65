import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import type { Kube } from '../../../shared/kube/kube.ts';
import { type LogInstance, type LogLink, podLog } from '../../../shared/kube/logs.ts';
import { FakeLog, lines, textOf } from './logs-support.ts';

const target = { namespace: 'team-a', pod: 'digits-node-0-0-x', container: 'node' };
/** Time passes as fast as it is waited for. */
function clock() {
  let now = 1_795_000_100_000;
  return {
    now: () => now,
    sleep: async (ms: number, signal?: AbortSignal) => {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      now += ms;
    },
  };
}

async function readAll(log: AsyncGenerator<Buffer, string>): Promise<[string, string]> {
  const chunks: Buffer[] = [];
  for (;;) {
    const next = await log.next();
    if (next.done) return [Buffer.concat(chunks).toString(), next.value];
    chunks.push(next.value);
  }
}

const weather = fc.record({
  grow: fc.integer({ min: 0, max: 20 }),
  breakAfter: fc.option(fc.integer({ min: 0, max: 1500 }), { nil: undefined }),
  down: fc.boolean(),
  chunk: fc.integer({ min: 1, max: 300 }),
});

test('whatever breaks wherever it breaks: every line once and in order, and no gap is told', async () => {
  await fc.assert(
    fc.asyncProperty(lines, fc.array(weather, { maxLength: 25 }), async (all, storms) => {
      const fake = new FakeLog(all, storms);
      const signal = new AbortController().signal;
      const options = { follow: true, clock: clock(), link: fake.link, signal };
      const [text, end] = await readAll(podLog(fake.kube, target, fake.instance, options));
      assert.equal([text, end, fake.gaps], [textOf(all).toString(), 'done', 0]);
    }),
    { numRuns: 150 },
  );
});

test('a log whose first lines go back in time is followed without asking again and again', async () => {
  const stamps = ['40.989999999', '40.989999998', '40.989999997'];
  const all = stamps.map((seconds) => ({ stamp: `2026-11-18T11:06:${seconds}Z`, text: '' }));
  const calm = { grow: 2, breakAfter: undefined, down: false, chunk: 1 };
  const fake = new FakeLog(all, [calm, { ...calm, grow: 0, down: true }]);
  const options = { follow: true, clock: clock(), link: fake.link, signal: new AbortController().signal };
  const [text] = await readAll(podLog(fake.kube, target, fake.instance, options));
  assert.is(text, textOf(all).toString());
  assert.ok(fake.asked.length < 20, `${fake.asked.length} requests`);
});

const link: LogLink = { lost() {}, restored() {}, gap() {}, doubt() {}, doubts: 0 };
const ended: LogInstance = {
  place: () => 'current',
  over: () => true,
  changed: async () => {},
  refresh: async () => {},
};
const answers = (...texts: (string | KfError)[]): Kube =>
  ({
    stream: async () => {
      const next = texts.shift();
      if (next === undefined) throw new Error('one request too many');
      if (typeof next !== 'string') throw next;
      return {
        status: 200,
        headers: {},
        destroy() {},
        async *[Symbol.asyncIterator]() {
          yield Buffer.from(next);
        },
      };
    },
  }) as unknown as Kube;
const read = (kube: Kube, follow = true) =>
  readAll(podLog(kube, target, ended, { follow, clock: clock(), link, signal: new AbortController().signal }));
const refusal = (code: number, message: string) => new KfError(3, message, { status: { code, message } });

test('a last line without its end is a line', async () => {
  const text = '2026-11-22T16:50:00.000000001Z a\n2026-11-22T16:50:00.000000002Z no end';
  assert.equal(await read(answers(text)), [`${text}\n`, 'done']);
});

test("the kubelet's own message in place of lines is no line: asked again", async () => {
  const text = '2026-11-22T16:50:00.000000001Z a\n';
  const message = 'failed to try resolving symlinks in path "/var/log/pods/x/node/0.log": no such file or directory';
  assert.equal(await read(answers(message, text)), [text, 'done']);
  assert.equal(await read(answers(...Array.from({ length: 9 }, () => message))), ['', 'gone']);
});

test('a pod that is gone is told from one that printed nothing, and from one that never started', async () => {
  assert.equal(await read(answers(refusal(404, 'pods "digits-node-0-0-x" not found'))), ['', 'gone']);
  assert.equal(await read(answers('')), ['', 'done']);
  const waiting = 'container "node" in pod "x" is waiting to start: ContainerCreating';
  assert.equal(await read(answers(refusal(400, waiting))), ['', 'never']);
});

test('what is not allowed is thrown', async () => {
  try {
    await read(answers(refusal(403, 'pods "x" is forbidden')));
    assert.unreachable();
  } catch (error) {
    assert.instance(error, KfError);
  }
});

test.run();
