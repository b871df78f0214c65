// timeout: 900
/** kubectl kf command killed (SIGKILL) at any moment: what it leaves is whole, and the same command completes it. */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { load } from '../../shared/kube/yaml-load.ts';
import { checkDigest } from '../../shared/registry/digest.ts';
import type { Subcommand } from '../../shared/registry/entry.ts';
import { testUnless } from '../support/real.ts';
import { startPerson } from '../support/suite.ts';
import { type Person, type Team, team, tune } from './command-people.ts';
import { kubectl, ownOnly } from './index.ts';

const own = testUnless(ownOnly());

let all: Team;
let ann: Person;
test.before(async () => {
  if (ownOnly()) return;
  all = await team('cmd-kill');
  ann = await all.person('ann', 'edit');
});
test.after(() => all?.delete());

/** How many moments between the start and the end, each of them a run of its own. */
const moments = 6;

const object = async (name: string): Promise<Subcommand | undefined> => {
  const { code, stdout } = await kubectl(['get', 'subcommand', name, '-n', all.ns, '-o', 'json']);
  return code === 0 ? JSON.parse(stdout) : undefined;
};

function personal(): Subcommand[] {
  const dir = join(ann.home, '.config/kubectl-kf/commands');
  let files: string[];
  try {
    files = readdirSync(dir);
  } catch {
    return [];
  }
  return files
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => load(readFileSync(join(dir, file), 'utf8')) as Subcommand);
}

const whole = ({ spec }: Subcommand) => {
  assert.ok(checkDigest(spec));
  for (const each of spec.history ?? []) assert.ok(checkDigest(each, spec.replaces));
};

/** Runs it once for each moment, kills it there, looks, and lets the same command complete. */
async function sweep(
  words: (i: number) => string[],
  prepare: (i: number) => Promise<void> | void,
  look: (i: number) => Promise<void>,
  complete: (i: number) => Promise<void>,
): Promise<void> {
  const run = (i: number) =>
    startPerson('kubectl', ['kf', 'command', ...words(i), '-n', all.ns], {
      ...{ kubeconfig: ann.kubeconfig, cwd: ann.home, env: { HOME: ann.home } },
    });
  await prepare(0);
  const first = await (await run(0)).ended;
  assert.is(first.code, 0, first.stderr);
  let ms = first.ms;
  await complete(0);
  let killed = 0;
  for (let i = 1; i <= moments; i++) {
    await prepare(i);
    const { child, ended } = await run(i);
    // Closer together towards the end, where it writes.
    const at = ms * (1 - ((moments - i) / moments) ** 2 * 0.9);
    const timer = setTimeout(() => void child.kill('SIGKILL'), at);
    await ended.then(() => clearTimeout(timer));
    if (child.signalCode === 'SIGKILL') killed++;
    await look(i);
    const again = await (await run(i)).ended;
    assert.is(again.code, 0, again.stderr);
    // Others make the machine slow: the quickest says most.
    ms = Math.min(ms, again.ms);
    await complete(i);
  }
  assert.ok(killed >= moments / 3, `only ${killed} were killed`);
}

own('add: there is the whole subcommand, or none', () =>
  sweep(
    (i) => ['add', 'tune.py', '--name', `add-${i}`],
    () => ann.write('tune.py', tune),
    async (i) => {
      const there = await object(`add-${i}`);
      if (there) whole(there);
    },
    async (i) => {
      const there = await object(`add-${i}`);
      assert.is(there?.spec.version, '0.1.0');
      whole(there!);
    },
  ),
);

own('upgrade: there is the version before, or the next one, and it counts up once', () =>
  sweep(
    () => ['upgrade', 'add-0', 'tune.py'],
    (i) => ann.write('tune.py', `${tune}# ${i}\n`),
    async (i) => {
      const there = (await object('add-0'))!;
      whole(there);
      assert.ok([`0.${i + 1}.0`, `0.${i + 2}.0`].includes(there.spec.version), there.spec.version);
    },
    async (i) => {
      const there = (await object('add-0'))!;
      whole(there);
      assert.is(there.spec.version, `0.${i + 2}.0`);
      assert.match(there.spec.files['tune.py']!, `# ${i}\n`);
    },
  ),
);

own('add and upgrade of personal ones: each file is whole', async () => {
  await sweep(
    (i) => ['add', 'tune.py', '--personal', '--name', `own-${i}`],
    () => ann.write('tune.py', tune),
    async () => personal().forEach(whole),
    async (i) => {
      const there = personal();
      assert.ok(there.some(({ metadata }) => metadata.name === `own-${i}`));
      there.forEach(whole);
    },
  );
  const mine = () => personal().find(({ metadata }) => metadata.name === 'own-0')!;
  await sweep(
    () => ['upgrade', 'own-0', 'tune.py'],
    (i) => ann.write('tune.py', `${tune}# ${i}\n`),
    async () => whole(mine()),
    async (i) => assert.is(mine().spec.version, `0.${i + 2}.0`),
  );
});

own('sync: all of the lock file is there in the end, each whole at any time', async () => {
  const names = ['add-1', 'add-2', 'add-3'];
  // Two lock files of the same subcommands, which take turns.
  for (const which of [0, 1]) {
    ann.write('tune.py', `${tune}# sync ${which}\n`);
    for (const name of names) {
      const { code, stderr } = await ann.command(['upgrade', name, 'tune.py', '--project']);
      assert.is(code, 0, stderr);
    }
    const { code, stderr } = await ann.command(['sync', '--write', '-f', `${which}.lock`]);
    assert.is(code, 0, stderr);
  }
  const synced = () => personal().filter(({ metadata }) => /^add-/.test(metadata.name));
  await sweep(
    (i) => ['sync', '--yes', '-f', `${i % 2}.lock`],
    // In the place of those of the other file, or of none.
    (i) => {
      if (i % 3 === 0)
        for (const name of names) rmSync(join(ann.home, `.config/kubectl-kf/commands/${name}.yaml`), { force: true });
    },
    async () => synced().forEach(whole),
    async (i) => {
      synced().forEach(whole);
      for (const name of names) {
        const one = synced().find(({ metadata }) => metadata.name === name)!;
        assert.match(one.spec.files['tune.py']!, `# sync ${i % 2}\n`);
      }
    },
  );
});

test.run();
