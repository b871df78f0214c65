/** Many lines at once, and logs of all sorts of pods, on the real cluster. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { kf } from '../support/suite.ts';
import { assertWhole, followNamespace, linesOf, startJob } from './follow-jobs.ts';
import * as cluster from './index.ts';

const real = testUnless(cluster.skipReason());
let ns = '';
let remove = async () => {};
test.before(async () => {
  if (cluster.skipReason()) return;
  const made = await followNamespace('logs');
  [ns, remove] = [made.name, made.delete];
});
test.after(async () => {
  await remove();
  await cluster.teardown();
});

const lines = 200_000;

/*
 * The two seconds at the end are for the node: containerd 1.6 was seen to lose what a container had printed last where it ended at once
 * (the file on the node ended in the middle of a line). What is never in the node's log nobody can read.
 */
real(
  '200,000 lines from each of two pods, as fast as they can: followed, none lost, none doubled, in order',
  async () => {
    const code = `o = open(1, 'w', buffering=65536)
for i in range(${lines}): o.write('%d %d\\n' % (r, i))
o.flush(); time.sleep(2)`;
    await startJob(ns, 'fast', 2, code);
    const ran = await kf(['train', 'logs', '-f', 'fast', '-n', ns]);
    assert.is(ran.code, 0, ran.stderr);
    assert.not.match(ran.stderr, 'may be missing');
    assertWhole(ran.stdout, 2, lines);
    console.log(`  400,000 lines followed in ${(ran.ms / 1000).toFixed(1)} s, start of the pods included`);
  },
);

real('the same lines once more, all at once and merged by time', async () => {
  const ran = await kf(['train', 'logs', 'fast', '-n', ns, '--timestamps']);
  assert.is(ran.code, 0, ran.stderr);
  console.log(`  400,000 lines read in ${(ran.ms / 1000).toFixed(1)} s`);
  const all = ran.stdout.trimEnd().split('\n');
  assert.is(all.length, 2 * lines);
  const times = all.map((line) => line.slice(9, 39));
  assert.ok(
    times.every((time, i) => i === 0 || times[i - 1]! <= time),
    'in the order of their times',
  );
  const without = all.map((line) => line.slice(0, 9) + line.slice(40)).join('\n');
  assertWhole(`${without}\n`, 2, lines);
});

real(
  'bytes that are no text, a long line, CRLF, a last line without its end; nothing printed; no such rank',
  async () => {
    const code = `if r == 1: sys.exit(0)
w = sys.stdout.buffer.write
w(b'\\xff\\xfe raw\\n'); w(b'x' * 100000 + b'\\n'); w(b'crlf\\r\\n'); w(b'\\n'); w(b'no end'); sys.stdout.flush(); time.sleep(1)`;
    await startJob(ns, 'odd', 2, code);
    const followed = await kf(['train', 'logs', '-f', 'odd', '-n', ns]);
    assert.is(followed.code, 0, followed.stderr);
    const expected = ['\ufffd\ufffd raw', 'x'.repeat(100_000), 'crlf', '', 'no end'];
    // containerd takes the carriage return away, other runtimes keep it.
    const short = (all: string[]) =>
      all
        .map((line) => line.replace(/\r$/, ''))
        .map((line) => (line.length > 100 ? `${line.slice(0, 9)}… ${line.length}` : line));
    assert.equal(short(linesOf(followed.stdout, 'node-0')), short(expected));
    const read = await kf(['train', 'logs', 'odd', '-n', ns]);
    assert.equal(short(linesOf(read.stdout, 'node-0')), short(expected));
    assert.is(read.stderr, 'node-1 printed nothing\n');
    const none = await kf(['train', 'logs', 'odd', '-n', ns, '--rank', '5']);
    assert.equal([none.code, none.stderr], [3, 'odd has no rank 5\nthere are: node-0, node-1\n']);
  },
);

real('no pod that runs: why; pods that are gone: exit 3; no such job: the closest', async () => {
  await startJob(ns, 'waits', 1, 'pass');
  await cluster.kubectl(['-n', ns, 'delete', 'trainjob', 'waits', '--wait=true']);
  await cluster.kubectl(['-n', ns, 'delete', 'pods', '-l', 'jobset.sigs.k8s.io/jobset-name=odd', '--wait=true']);
  const gone = await kf(['train', 'logs', 'odd', '-n', ns]);
  assert.equal([gone.code, gone.stderr], [3, 'the logs of odd are gone: it succeeded and its pods were deleted\n']);
  const followed = await kf(['train', 'logs', '-f', 'odd', '-n', ns]);
  assert.is(followed.code, 0);
  assert.match(followed.stderr, /^the pods of odd are gone, and their logs with them\nodd succeeded/);
  const near = await kf(['train', 'logs', 'fsat', '-n', ns]);
  assert.is(near.code, 3);
  assert.match(near.stderr, 'did you mean fast?');
});

test.run();
