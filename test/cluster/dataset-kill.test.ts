// timeout: 900
/** provisiondatasets killed (SIGKILL) at any moment: what it leaves can be bound by nobody else, and the same command completes it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { startKf } from '../support/suite.ts';
import { admin, type Owner, type Place, place } from './dataset-people.ts';
import { ownOnly } from './index.ts';
import { until } from './system.ts';

const own = testUnless(ownOnly());
/** Moments between the start and the end, each of them a run of its own. */
const moments = 5;
let all: Place;
let alice: Owner;
let projects: string[] = [];

test.before(async () => {
  if (ownOnly()) return;
  all = await place();
  alice = await all.owner('alice');
  projects = [await all.project(alice), await all.project(alice), await all.project(alice)];
});
test.after(() => all?.delete());

const named = (i: number) => `kill${i}-${all.id}`;
const provision = (i: number) => [
  ...[
    '--type',
    'NFS',
    '--id',
    `nas-${all.id}:/${i}`,
    '--namespaces',
    projects.join(','),
    '--name',
    named(i),
    '--claim',
  ],
];
const items = async (kind: string, i: number) =>
  JSON.parse(await admin(['get', kind, '-A', '-l', `kf.kubeflow.org/dataset=${named(i)}`, '-o', 'json'])).items as {
    metadata: { annotations: Record<string, string> };
    spec: { nfs?: { path: string } };
    status: { phase: string };
  }[];

/** Runs it for the whole time first, then kills one run after the other, later each time. */
async function sweep(
  words: (i: number) => string[],
  steps: { before?(i: number): Promise<void>; left(i: number): Promise<void>; again(i: number): Promise<void> },
): Promise<void> {
  const start = (i: number) => startKf(['provisiondatasets', ...words(i)], { kubeconfig: alice.kubeconfig });
  await steps.before?.(0);
  const first = await (await start(0)).ended;
  assert.is(first.code, 0, first.stderr);
  let killed = 0;
  let wholeMs = first.ms;
  for (let i = 1; i <= moments; i++) {
    await steps.before?.(i);
    const { child, ended } = await start(i);
    const timer = setTimeout(() => void child.kill('SIGKILL'), wholeMs * (0.3 + (0.7 * i) / (moments + 1)));
    const { ms } = await ended;
    clearTimeout(timer);
    if (child.signalCode === 'SIGKILL') killed++;
    // The first run may have been a slow one.
    else wholeMs = Math.min(wholeMs, ms);
    await steps.left(i);
    await steps.again(i);
  }
  assert.ok(killed >= moments / 3, `only ${killed} were killed`);
}

const whole = async (i: number) => {
  for (const { metadata, spec } of await items('pv', i)) {
    assert.is(metadata.annotations['kf.kubeflow.org/allowed-namespaces'], projects.join(','));
    assert.is(spec.nfs?.path, `/${i}`);
  }
};

own('provisioned: each volume that is there is whole; then all of them are, each with its claim', () =>
  sweep(provision, {
    left: whole,
    async again(i) {
      const { code, stderr } = await alice.datasets(provision(i));
      assert.is(code, 0, stderr);
      await whole(i);
      assert.equal(
        (await items('pv', i)).map(({ status }) => status.phase),
        ['Bound', 'Bound', 'Bound'],
      );
      assert.equal(
        (await items('pvc', i)).map(({ status }) => status.phase),
        ['Bound', 'Bound', 'Bound'],
      );
    },
  }),
);

own('deleted: what is left is the dataset still, or nothing; then nothing, claims neither', () =>
  sweep((i) => ['delete', named(i), '--yes'], {
    left: whole,
    async again(i) {
      const there = (await items('pv', i)).length;
      const { code, stderr } = await alice.datasets(['delete', named(i), '--yes']);
      // Those that were on their way may have gone meanwhile.
      assert.ok(code === 0 || (code === 3 && (there === 0 || /there is no dataset/.test(stderr))), stderr);
      await until(
        'all of it to go',
        30,
        async () => (await items('pv', i)).length + (await items('pvc', i)).length === 0,
      );
    },
  }),
);

test.run();
