// timeout: 900
/** Reasons for waiting and failing, each made for real: what status and train -f say of each. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { folder, kf, startKf } from '../support/suite.ts';
import { kubectl, namespace, ownOnly, teardown, until } from './index.ts';
import { create } from './pods.ts';
import { type Case, cases as runnable } from './waits.ts';
import { policy, refusedByPolicy, refusedCases } from './waits-refused.ts';

const cases = [...runnable, ...refusedCases];

const skip = ownOnly();
if (skip) console.log(`skipped: test/cluster/status-waits.test.ts: ${skip}`);

interface Place {
  name: string;
  delete(): Promise<void>;
}

/** `job/x   Pending 3s   why…` */
const headOf = (stdout: string) => /^job\/(\S+) {3}(\w+)(?: \S+(?: ago)?)?(?: {3}(.*))?$/m.exec(stdout) ?? [];
const tried = (stdout: string) => /^try {3}(.*)$/m.exec(stdout)?.[1] ?? '';

/** Submits with `train -f` and reads what it says, while `status` is asked until it says the same. */
async function shows(one: Case, ns: string): Promise<void> {
  const file = join(folder(), `${one.name}.yaml`);
  writeFileSync(file, JSON.stringify(one.job));
  const follow = await startKf(['train', one.name, file, '-f', '-n', ns], { timeout: 180_000 });
  try {
    let last = '';
    const said = async () => {
      const { stdout, stderr } = await kf(['status', one.name, '-n', ns]);
      last = stdout + stderr;
      const [, name, phase, why = ''] = headOf(stdout);
      return name === one.name && phase === one.phase && one.why.test(why);
    };
    await until(`status ${one.name}`, 120, said, 1000).catch((error: Error) => {
      throw new Error(`${error.message}\n${last}`);
    });
    if (one.remedy) assert.match(tried(last), one.remedy);
    // On no terminal each new reason is a line: `waiting 4s: …`, or at the end `crashes failed after 3s: …`.
    const follows = one.follow ?? new RegExp(one.why.source.replace(/^\^/, '').replace(/\$$/, ''));
    await follow.saw(follows, 90_000);
    const data = JSON.parse((await kf(['status', `job/${one.name}`, '-n', ns, '-o', 'json'])).stdout);
    assert.equal([data.phase, data.reason.code], [one.phase, one.code]);
  } finally {
    follow.child.kill('SIGINT');
    await follow.ended;
  }
}

if (!skip) {
  const places = new Map<Case, Place>();
  let shared: Place;

  test.before(async () => {
    shared = await namespace('waits');
    for (const object of policy(shared.name, shared.name)) await create(shared.name, object);
    for (const one of cases.filter(({ alone }) => alone)) {
      const place = await namespace('waits-alone');
      places.set(one, place);
      const labels = Object.entries(one.labels ?? {}).map((pair) => pair.join('='));
      if (labels.length > 0) await kubectl(['label', 'namespace', place.name, ...labels]);
    }
    for (const one of cases)
      for (const object of one.with ?? []) await create(places.get(one)?.name ?? shared.name, object);
  });

  test.after(async () => {
    for (const place of [shared, ...places.values()]) await place.delete();
    const kinds = 'validatingadmissionpolicies,validatingadmissionpolicybindings';
    await kubectl(['delete', kinds, shared.name, '--ignore-not-found']);
    await teardown();
  });

  // Three at a time: most of each is waiting.
  const all = [...cases, refusedByPolicy];
  for (let i = 0; i < all.length; i += 3) {
    const some = all.slice(i, i + 3);
    test(`status and train -f name the reason: ${some.map(({ name }) => name).join(', ')}`, async () => {
      const done = await Promise.allSettled(some.map((one) => shows(one, places.get(one)?.name ?? shared.name)));
      const wrong = done.flatMap((each, n) =>
        each.status === 'rejected' ? [`${some[n]!.name}: ${each.reason?.message ?? each.reason}`] : [],
      );
      assert.is(wrong.join('\n'), '');
    });
  }

  test('the project at a glance names them too', async () => {
    const { stdout, code } = await kf(['status', '-n', shared.name]);
    assert.is(code, 0);
    const rows = new Map(stdout.split('\n').map((row) => [row.split(' ')[0]!, row]));
    for (const one of all.filter((each) => !each.alone)) {
      const row = rows.get(`job/${one.name}`) ?? '';
      assert.match(row, new RegExp(`^job/${one.name} +${one.phase} `));
    }
    for (const name of ['much-memory', 'no-image', 'no-config-map', 'too-large', 'against-policy', 'no-account']) {
      const { why } = all.find((one) => one.name === name)!;
      const words = why.source.replace(/^\^/, '').replace(/\\\(asks 900Gi.*/, '');
      assert.match(rows.get(`job/${name}`)!, new RegExp(words));
    }
  });

  test.run();
}
