// timeout: 900
/** A project of 5,000 pods: all of it is shown, the pods are read once, in no more memory than kubectl get pods takes. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ManyPods, manyPods } from '../support/many-pods.ts';
import { leanest } from '../support/measure.ts';
import { testUnless } from '../support/real.ts';
import { installedSuite, kf, personEnv } from '../support/suite.ts';
import { skipReason, teardown } from './index.ts';

const real = testUnless(skipReason());
const counts = [1000, 5000];
let pods: ManyPods;
test.before(async () => {
  if (!skipReason()) pods = await manyPods();
});
test.after(async () => {
  await pods?.restore();
  await teardown();
});

const asked = (stderr: string, what: RegExp) => stderr.split('\n').filter((line) => what.test(line)).length;

for (const count of counts) {
  real(`${count} pods: each once, its job's with the job, by as many requests as there are pages`, async () => {
    await pods.grow(count);
    const { code, stdout, stderr } = await kf(['status', '-n', pods.namespace, '-v=6']);
    assert.is(code, 0);
    const rows = stdout.trimEnd().split('\n').slice(1);
    const alone = rows.filter((row) => row.startsWith('pod/')).map((row) => row.split(' ')[0]);
    assert.is(new Set(alone).size, count / 2);
    assert.is(alone.length, count / 2);
    const jobs = rows.filter((row) => row.startsWith('job/'));
    assert.is(jobs.length, count / 200);
    for (const row of jobs) assert.match(row, / Pending +0\/100 .* held back by kf.example\/never$/);
    assert.is(asked(stderr, /\/pods\?/), count / 500);
    const all = asked(stderr, /^GET /) - count / 500;
    assert.ok(all < 30, `${all} other requests`);
  });
}

real('it takes no more memory than kubectl get pods', async () => {
  const env = await personEnv();
  const { bin, tools } = await installedSuite();
  const ours = await leanest(join(bin, 'kubectl-kf'), ['status', '-n', pods.namespace], env);
  const theirs = await leanest(join(tools, 'kubectl'), ['get', 'pods', '-n', pods.namespace], env);
  assert.equal([ours.code, theirs.code], [0, 0]);
  assert.ok(ours.peakKib > 0);
  assert.ok(ours.peakKib <= theirs.peakKib, `${ours.peakKib} KiB, kubectl ${theirs.peakKib} KiB`);
});

test.run();
