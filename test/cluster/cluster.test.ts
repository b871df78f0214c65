// waits
/** The cluster itself: up, env, status, down, two at once, and what a killed run leaves. On bare clusters of their own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureBinaries } from './binaries.ts';
import { ensureImages } from './images.ts';
import { skipReason } from './index.ts';
import { checkoutId, here, runDir, slotNames } from './layout.ts';
import { checkFence, inside } from './node.ts';
import { claims, readState, type State } from './state.ts';
import { alive, end, type Output, run, until } from './system.ts';

type Checkout = { path: string; id: string; dir: string; cluster(...args: string[]): Promise<Output> };

const made: Checkout[] = [];

/** Stands for another checkout: its own identity, so its own run folder and slot. */
function checkout(): Checkout {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'kubectl-kf-checkout-')));
  const env = { ...process.env, KF_CLUSTER_CHECKOUT: path };
  const cluster = (...args: string[]) => run(process.execPath, [join(here, 'main.ts'), ...args], { env });
  const entry = { path, id: checkoutId(path), dir: runDir(checkoutId(path)), cluster };
  made.push(entry);
  return entry;
}

/** Starts something in a checkout that its test will kill. */
function victim(of: Checkout, args: string[]): ChildProcess {
  return spawn(process.execPath, args, { env: { ...process.env, KF_CLUSTER_CHECKOUT: of.path }, stdio: 'ignore' });
}

const ended = (child: ChildProcess) => new Promise<void>((resolve) => child.once('exit', () => resolve()));

function stateOf(of: Checkout): State {
  const state = readState(of.dir);
  assert.ok(state, `${of.path} has a cluster`);
  return state;
}

/** Everything that can be seen from outside of a cluster with this slot and run folder. */
function traces(slot: number, dir: string): string[] {
  const names = slotNames(slot);
  const found: string[] = [];
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ');
      if (command.includes(dir)) found.push(`process ${entry}: ${command}`);
    } catch {
      // It ended meanwhile.
    }
  }
  if (existsSync(`/run/netns/${names.netns}`)) found.push(`network namespace ${names.netns}`);
  if (existsSync(`/sys/class/net/${names.hostLink}`)) found.push(`link ${names.hostLink}`);
  for (const root of ['.', ...readdirSync('/sys/fs/cgroup')]) {
    const cgroup = join('/sys/fs/cgroup', root, names.cgroup);
    if (existsSync(cgroup)) found.push(`cgroup ${cgroup}`);
  }
  for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n'))
    if (line.includes(dir) || line.includes(`/${names.netns} `)) found.push(`mount ${line}`);
  if (existsSync(dir)) found.push(`folder ${dir}`);
  if (claims().some((claim) => claim.run === dir)) found.push(`claim of slot ${slot}`);
  return found;
}

const skip = skipReason();
if (skip || process.env.KF_TEST_CONTEXT) {
  console.log(
    `skipped: test/cluster/cluster.test.ts: ${skip ?? 'it starts clusters of its own; KF_TEST_CONTEXT names another'}`,
  );
} else {
  test.before(async () => {
    await Promise.all([ensureBinaries(), ensureImages()]);
  });
  test.after(async () => {
    for (const entry of made) {
      await entry.cluster('down');
      rmSync(entry.path, { recursive: true, force: true });
    }
  });

  test('two checkouts have a cluster each at the same time, fenced, and down leaves nothing', async () => {
    const [a, b] = [checkout(), checkout()];
    for (const result of await Promise.all([a.cluster('up', '--bare'), b.cluster('up', '--bare')])) {
      assert.is(result.code, 0, result.stderr);
      assert.match(result.stderr, /^up after \S+: https:/m);
    }
    const [stateA, stateB] = [stateOf(a), stateOf(b)];
    assert.is.not(stateA.slot, stateB.slot);

    // Up again says so and changes nothing.
    const again = await a.cluster('up', '--bare');
    assert.is(again.code, 0);
    assert.match(again.stderr, /^already up since 2/m);
    assert.equal(stateOf(a), stateA);

    // env is for eval: kubectl and krew, and each cluster is another one.
    const uids: string[] = [];
    for (const one of [a, b]) {
      const env = (await one.cluster('env')).stdout;
      const script =
        'eval "$1"; command -v krew kubectl-krew >&2 && kubectl get namespace kube-system -o jsonpath={.metadata.uid}';
      const result = await run('bash', ['-c', script, 'bash', env]);
      assert.is(result.code, 0, result.stderr);
      assert.match(result.stderr, /\/krew\n.*\/kubectl-krew\n/);
      assert.match(result.stdout, /^[0-9a-f-]{36}$/);
      uids.push(result.stdout);
    }
    assert.is.not(uids[0], uids[1]);
    const status = await a.cluster('status');
    assert.is(status.code, 0);
    assert.match(status.stdout, /^node1 +Ready/m);

    // Nothing inside reaches the machine, the other cluster, or beyond.
    await checkFence(stateA);
    for (const target of [`${slotNames(stateB.slot).nodeIp}/6443`, '192.0.2.1/80']) {
      const dial = await inside(stateA, ['timeout', '3', 'bash', '-c', `exec 3<>/dev/tcp/${target}`]);
      assert.is.not(dial.code, 0, `${target} must not be reached`);
    }

    const down = await a.cluster('down');
    assert.is(down.code, 0, down.stderr);
    assert.equal(traces(stateA.slot, a.dir), []);
    assert.is((await a.cluster('status')).code, 1);
    assert.is((await a.cluster('env')).code, 1);
    assert.is((await b.cluster('status')).code, 0, 'the other one goes on');

    // A second down has nothing to do.
    assert.match((await a.cluster('down')).stderr, /there was none/);
  });

  test('a slot whose holder was killed is cleaned and given on', async () => {
    const b = made[1];
    assert.ok(b);
    const old = stateOf(b);
    end(old.holder); // the kernel ends the node with it
    await until('the end of the node', 10, () => !alive(old.init));
    assert.is((await b.cluster('status')).code, 1);

    const c = checkout();
    const result = await c.cluster('up', '--bare');
    assert.is(result.code, 0, result.stderr);
    assert.ok(result.stderr.includes(`cleaning up after ${b.path}`), result.stderr);
    assert.not(existsSync(b.dir));
    const claim = claims().find((entry) => entry.slot === old.slot);
    assert.is.not(claim?.id, b.id);
    await c.cluster('down');
  });

  test('an up that is interrupted leaves nothing', async () => {
    const one = checkout();
    const child = victim(one, [join(here, 'main.ts'), 'up', '--bare']);
    const code = new Promise<number | null>((resolve) => child.once('exit', resolve));
    const slot = (await until('the node', 20, () => readState(one.dir)?.init && readState(one.dir)))?.slot;
    child.kill('SIGINT');
    assert.is(await code, 130);
    assert.equal(traces(slot, one.dir), []);
  });

  test('an up that is killed half way is cleaned up by the next', async () => {
    const d = checkout();
    const first = victim(d, [join(here, 'main.ts'), 'up', '--bare']);
    const killed = ended(first);
    await until('the node of the first up', 20, () => readState(d.dir)?.init);
    first.kill('SIGKILL');
    await killed;
    const half = stateOf(d);
    assert.ok(alive(half.init), 'its node goes on by itself');
    assert.is((await d.cluster('status')).code, 1);

    const next = await d.cluster('up', '--bare');
    assert.is(next.code, 0, next.stderr);
    assert.not(alive(half.init));
    assert.is((await d.cluster('status')).code, 0);
  });

  test('a cluster that a killed test run left is noticed and replaced', async () => {
    const d = made.at(-1);
    assert.ok(d);
    const { slot } = stateOf(d);
    await d.cluster('down');
    const script = `const { up } = await import(${JSON.stringify(join(here, 'cluster.ts'))});
const { identify } = await import(${JSON.stringify(join(here, 'system.ts'))});
await up({ bare: true, owner: identify(process.pid) });
process.kill(process.pid, 'SIGKILL');`;
    await ended(victim(d, ['--input-type=module', '--eval', script]));
    const left = stateOf(d);
    assert.ok(left.complete && alive(left.init));

    const next = await d.cluster('up', '--bare');
    assert.is(next.code, 0, next.stderr);
    assert.match(next.stderr, /a test run was killed and left its cluster/);
    assert.not(alive(left.init));

    // It is a person's now: the end of a test run does not take it.
    assert.match((await d.cluster('down', '--owner', String(process.pid))).stderr, /there was none/);
    assert.is((await d.cluster('status')).code, 0);
    await d.cluster('down');
    assert.equal(traces(slot, d.dir), []);
  });

  test('wrong use is answered with the usage', async () => {
    const one = checkout();
    for (const args of [[], ['sideways'], ['up', 'now'], ['down', '--bare'], ['up', '--fast']]) {
      const result = await one.cluster(...args);
      assert.is(result.code, 2);
      assert.match(result.stderr, /usage: npm run cluster -- up/);
    }
  });
}

test.run();
