// changes: Trainer
// timeout: 900
/** A list of 5,000 jobs: all there, the first before the last page has come, and no more memory than kubectl takes. */
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ManyJobs, manyJobs } from '../../support/many-jobs.ts';
import { leanest, measure } from '../../support/measure.ts';
import { testUnless } from '../../support/real.ts';
import { installedSuite, kf, personEnv } from '../../support/suite.ts';
import { ownOnly, teardown } from '../index.ts';

const count = 5000;
const why = ownOnly();
const own = testUnless(why);
let jobs: ManyJobs;
test.before(async () => {
  if (!why) jobs = await manyJobs(count);
});
test.after(async () => {
  if (!why) await jobs.restore();
  await teardown();
});

own('every job is listed once, in the order of the server', async () => {
  const { code, stdout } = await kf(['train', 'list', '-n', jobs.namespace]);
  assert.is(code, 0);
  const [title, ...rows] = stdout.trimEnd().split('\n');
  assert.match(title!, /^NAME +STATE +NODES +RUNTIME/);
  const names = rows.map((row) => row.split(' ')[0]);
  assert.equal(
    names,
    Array.from({ length: count }, (_, i) => `job-${String(i).padStart(4, '0')}`),
  );
});

own('the first rows show before the last page has come', async () => {
  const env = await personEnv();
  const file = join((await installedSuite()).bin, 'kubectl-kf_train');
  const pages = (text: string) => text.split('\n').filter((line) => /\/trainjobs\?/.test(line)).length;
  const look = () => measure(file, ['list', '-n', jobs.namespace, '-v=6'], env);
  let seen = await look();
  // Where this process stands still for a moment, it sees all at once: then it looks again.
  for (let i = 0; i < 3 && pages(seen.stderrAtFirst) === pages(seen.stderr); i++) seen = await look();
  const { code, stderr, stderrAtFirst, ms, firstMs } = seen;
  assert.is(code, 0);
  assert.ok(pages(stderr) > 5, `${pages(stderr)} pages`);
  assert.ok(pages(stderrAtFirst) < pages(stderr), `${pages(stderrAtFirst)} of ${pages(stderr)} pages were asked for`);
  assert.ok(firstMs < ms);
});

own('it takes no more memory than kubectl get trainjobs', async () => {
  const env = await personEnv();
  const { bin, tools } = await installedSuite();
  const ours = await leanest(join(bin, 'kubectl-kf_train'), ['list', '-n', jobs.namespace], env);
  const theirs = await leanest(join(tools, 'kubectl'), ['get', 'trainjobs', '-n', jobs.namespace], env);
  assert.equal([ours.code, theirs.code], [0, 0]);
  assert.is(theirs.stdout.trimEnd().split('\n').length, count + 1);
  assert.ok(ours.peakKib > 0);
  assert.ok(ours.peakKib <= theirs.peakKib, `${ours.peakKib} KiB, kubectl ${theirs.peakKib} KiB`);
});

test.run();
