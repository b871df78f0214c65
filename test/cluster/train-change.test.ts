// waits
/** wait, suspend, resume and delete on the real cluster. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kf, startKf } from '../support/suite.ts';
import { kubectl, namespace, skipReason, teardown } from './index.ts';
import { areUp, forever, makeJob } from './train-jobs.ts';

const skip = skipReason();
if (skip) console.log(`skipped: test/cluster/train-change.test.ts: ${skip}`);

/** Pods that still hold something. One that has ended may be listed a moment longer. */
const podsOf = async (ns: string): Promise<string[]> =>
  (
    await kubectl([
      '-n',
      ns,
      'get',
      'pods',
      '--field-selector=status.phase!=Succeeded,status.phase!=Failed',
      '-o',
      'name',
    ])
  ).stdout
    .split('\n')
    .filter((line) => line !== '');

if (!skip) {
  test('suspend frees the nodes, resume runs the job again, and the state follows', async () => {
    const { name: ns, delete: done } = await namespace('suspend');
    await makeJob(ns, 'digits', { nodes: 2, code: forever });
    const runs = await kf(['train', 'wait', 'digits', '--for', 'running', '--timeout', '90s', '-n', ns]);
    assert.is(runs.code, 0, runs.stderr);
    await areUp(ns, 'digits', 2);
    const suspended = await kf(['train', 'suspend', 'digits', '--wait', '--timeout', '90s', '-n', ns]);
    assert.is(suspended.code, 0, suspended.stderr);
    assert.match(suspended.stderr, /^trainjob\/digits suspended\n/);
    assert.match(suspended.stderr, /digits has stopped\n$/);
    assert.equal(await podsOf(ns), []);
    const again = await kf(['train', 'suspend', 'digits', '-n', ns]);
    assert.equal([again.code, again.stderr], [0, 'trainjob/digits already suspended\n']);
    const resumed = await kf(['train', 'resume', 'digits', '--wait', '--timeout', '90s', '-n', ns]);
    assert.is(resumed.code, 0, resumed.stderr);
    assert.match((await kf(['train', 'list', '-n', ns])).stdout, /\ndigits {2,}Running {2,}2\/2 /);
    assert.match((await kf(['train', 'history', 'digits', '-n', ns])).stdout, / resumed /);
    await done();
  });

  test('wait ends as the jobs do', async () => {
    const { name: ns, delete: done } = await namespace('wait');
    await makeJob(ns, 'good', { code: 'import time; time.sleep(2)' });
    const good = await kf(['train', 'wait', 'good', '-n', ns, '--timeout', '90s']);
    assert.is(good.code, 0, good.stderr);
    assert.match(good.stderr, /good succeeded after \d+s\n$/);
    const over = await kf(['train', 'suspend', 'good', '-n', ns]);
    assert.equal(
      [over.code, over.stderr.split('\n')[0]],
      [1, 'trainjob/good has succeeded already: there is nothing to suspend'],
    );
    const spec = {
      backoffLimit: 0,
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [
            { name: 'main', image: 'local.test/python:1', command: ['python3', '-c', 'raise ValueError("shapes")'] },
          ],
        },
      },
    };
    const bad = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'bad' }, spec };
    await kubectl(['-n', ns, 'create', '-f', '-'], { input: JSON.stringify(bad) });
    const failed = await kf(['train', 'wait', 'bad', 'good', '-n', ns, '--timeout', '90s']);
    assert.is(failed.code, 1);
    assert.match(failed.stderr, /bad failed after \d+s: \S+ exited 1\n {2}File .*\n {2}ValueError: shapes\n/);
    await makeJob(ns, 'large', { memory: '900Gi' });
    const late = await kf(['train', 'wait', 'large', '-n', ns, '--timeout', '8s']);
    assert.is(late.code, 5);
    assert.match(
      late.stderr,
      /large has not finished after 8s: it is Pending \(not enough memory \(asks 900Gi, \S+ has \S+ free\)\)/,
    );
    const stopped = await kf(['train', 'wait', 'large', '-n', ns], { signalAfter: /waiting/ });
    assert.is(stopped.code, 130);
    assert.is((await kubectl(['-n', ns, 'get', 'trainjob', 'large'])).code, 0);
    await done();
  });

  test('delete shows what goes, asks for --yes, waits, and names the finalizer that holds it', async () => {
    const { name: ns, delete: done } = await namespace('delete');
    await makeJob(ns, 'digits', { code: forever });
    await makeJob(ns, 'held', { suspend: true, metadata: { finalizers: ['example.com/hold'] } });
    await areUp(ns, 'digits', 1);
    const refused = await kf(['train', 'delete', 'digits', '-n', ns]);
    assert.is(refused.code, 2);
    const dry = await kf(['train', 'rm', 'digits', '--dry-run=server', '-n', ns]);
    assert.is(dry.code, 0, dry.stderr);
    assert.is((await kubectl(['-n', ns, 'get', 'trainjob', 'digits'])).code, 0);
    const gone = await kf(['train', 'rm', 'digits', '--yes', '-n', ns, '--timeout', '90s']);
    assert.is(gone.code, 0, gone.stderr);
    assert.match(gone.stderr, /^deletes trainjob\/digits \(\w+\), 1 pod\n/);
    assert.match(gone.stderr, /trainjob\/digits deleted\n$/);
    assert.equal(await podsOf(ns), []);
    const held = await kf(['train', 'rm', 'held', '--yes', '-n', ns, '--timeout', '4s']);
    assert.is(held.code, 5);
    assert.match(held.stderr, /held by the finalizer example.com\/hold/);
    const waiting = await startKf(['train', 'wait', 'held', '--for', 'deleted', '-n', ns]);
    await waiting.saw(/held by the finalizer/);
    await kubectl(['-n', ns, 'patch', 'trainjob', 'held', '--type=merge', '-p', '{"metadata":{"finalizers":null}}']);
    assert.is((await waiting.ended).code, 0);
    await done();
  });

  test.after(teardown);
  test.run();
}
