/** What runs in a pod, run here by this machine's Python: what it does with the call, its input, its end, and the files. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { harnessCall, harnessText, readOutcome } from '../../../shared/added/harness.ts';
import { frameOf } from '../../../shared/added/in-cluster-frames.ts';
import { bootWords, podText, supervisorWords } from '../../../shared/added/pod-text.ts';
import type { Json } from '../../../shared/registry/entry.ts';
import { which } from '../../cluster/system.ts';
import { pythonFunction } from '../../support/added.ts';
import { testUnless } from '../../support/real.ts';

const python = testUnless(process.platform === 'win32' || !which('python3') ? 'python3 is missing' : undefined);
const nonce = 'f'.repeat(32);
const counted = (text: string) => `${String(Buffer.byteLength(text)).padStart(10, '0')}${text}`;

interface Running {
  child: ChildProcess;
  id: string;
  out(): string;
  err(): string;
  ended: Promise<number | null>;
}

/** Starts what exec would start; its input stays open. */
async function start(source: string, values: Record<string, Json>, head: object = {}): Promise<Running> {
  const [{ subcommand }, call] = pythonFunction(source, values);
  const id = randomBytes(6).toString('hex');
  const folder = `/tmp/kf-${id}`;
  const place = { folder: `${folder}/source`, result: { file: `${folder}/outcome` } };
  const made = {
    ...{ id, nonce, env: { KF_COMMAND: 'fn' }, packages: [], files: subcommand.spec.files },
    ...{ harness: await harnessText(), call: harnessCall('fn', subcommand.spec, call, place) },
    ...head,
  };
  const child = spawn('python3', bootWords.slice(1), { stdio: ['pipe', 'pipe', 'pipe'] });
  const got = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (got.out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (got.err += text));
  child.stdin.on('error', () => {});
  child.stdin.write(counted(await podText()) + counted(JSON.stringify(made)));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, id, out: () => got.out, err: () => got.err, ended };
}

const mark = `\u001e${nonce}:`;
const returned = (out: string) => readOutcome(out.includes(mark) ? out.slice(out.indexOf(mark) + mark.length) : '');
const saw = async (run: Running, text: string) => {
  for (let i = 0; i < 200 && !run.out().includes(text); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(run.out().includes(text), `${run.out()}\n${run.err()}`);
};

/** Also one that has ended, and that nobody has asked about yet, is gone. */
async function gone(pid: number): Promise<void> {
  const there = () =>
    /^[^Z]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout.trim());
  for (let i = 0; i < 50 && there(); i++) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.not(there(), `process ${pid} goes on`);
}

python('every value reaches the function as it is, and comes back so', async () => {
  const source = 'def fn(a):\n    return a\n';
  const odd = fc.constantFrom(
    '$(VAR)',
    '$(date)',
    '`id`',
    '"',
    "'",
    '\n',
    '\\',
    '$HOME',
    '{}',
    '%s',
    '\u0000',
    '\u20ac',
    '\ud83d\ude00',
    '\u001e',
  );
  const text = fc
    .array(fc.oneof(odd, fc.string({ unit: 'grapheme', maxLength: 5 })), { maxLength: 6 })
    .map((all) => all.join(''));
  await fc.assert(
    fc.asyncProperty(text, async (value) => {
      const run = await start(source, { a: value });
      assert.is(await run.ended, 0, run.err());
      assert.equal(returned(run.out()).result?.value, value);
      assert.not(existsSync(`/tmp/kf-${run.id}`));
    }),
    { numRuns: 25 },
  );
});

python('its input comes through whole, its end is told, and outputs stay apart', async () => {
  const source =
    'import sys\ndef fn():\n    data = sys.stdin.buffer.read()\n    print(len(data), hash(data) and "read")\n    print("said", file=sys.stderr)\n    sys.exit(7)\n';
  const run = await start(source, {});
  const data = randomBytes(3 * 1024 * 1024);
  for (let at = 0; at < data.length; at += 100_000)
    run.child.stdin!.write(frameOf('D', data.subarray(at, at + 100_000)));
  run.child.stdin!.write(frameOf('E'));
  assert.equal([await run.ended, run.out(), run.err()], [7, `${data.length} read\n`, 'said\n']);
});

python('an input that has nothing is at its end', async () => {
  const run = await start('import sys\ndef fn():\n    return sys.stdin.read()\n', {});
  await new Promise((resolve) => setTimeout(resolve, 300));
  run.child.stdin!.write(frameOf('E'));
  assert.equal([await run.ended, returned(run.out()).result], [0, { value: '' }]);
});

python('a function that reads nothing ends, whatever is sent to it', async () => {
  const run = await start('def fn():\n    return 1\n', {});
  run.child.stdin!.write(frameOf('D', randomBytes(1024 * 1024)));
  assert.equal([await run.ended, returned(run.out()).result], [0, { value: 1 }]);
});

python('a client that goes away ends the program, which may clean up first, and what it started', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'kf-pod-'));
  try {
    const source = `import subprocess, time\ndef fn():\n    p = subprocess.Popen(["sleep", "77"])\n    print("at it", p.pid)\n    try:\n        time.sleep(77)\n    finally:\n        open("${dir}/cleaned", "w").close()\n`;
    for (const full of [false, true]) {
      const run = await start(source, {});
      await saw(run, 'at it');
      // Also where it has not read what it was sent.
      if (full) run.child.stdin!.write(frameOf('D', randomBytes(1024 * 1024)));
      const began = Date.now();
      if (full) setTimeout(() => run.child.stdin!.destroy(), 300);
      else run.child.stdin!.end();
      assert.is(await run.ended, 130);
      assert.ok(Date.now() - began < 5000);
      const pid = Number(/at it (\d+)/.exec(run.out())![1]);
      await gone(pid);
      assert.ok(existsSync(join(dir, 'cleaned')));
      assert.not(existsSync(`/tmp/kf-${run.id}`));
      rmSync(join(dir, 'cleaned'));
    }
  } finally {
    rmSync(dir, { recursive: true });
  }
});

python('with a terminal: its size, a new one, and Ctrl-D', async () => {
  const source =
    'import os, sys\ndef fn():\n    print(sys.stdin.isatty(), os.get_terminal_size())\n    print(sys.stdin.readline(), os.get_terminal_size(), sys.stdin.read())\n    return "done"\n';
  const run = await start(source, {}, { size: [91, 17] });
  await saw(run, 'True os.terminal_size(columns=91, lines=17)');
  run.child.stdin!.write(
    Buffer.concat([frameOf('R', Buffer.from('50 20')), frameOf('D', Buffer.from('a\n')), frameOf('E')]),
  );
  assert.is(await run.ended, 0, run.err());
  assert.match(run.out(), 'os.terminal_size(columns=50, lines=20)');
  assert.equal(returned(run.out()).result, { value: 'done' });
});

python('what is mounted is run only if it is what was sent', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'kf-pod-'));
  try {
    const good = 'def fn():\n    print("ran")\n';
    const sums = { 'fn.py': ['0', createHash('sha256').update(good).digest('hex')] };
    const go = async () => {
      const run = await start('', {}, { files: {}, mounted: dir, sums });
      run.child.stdin!.write(frameOf('E'));
      return [await run.ended, run.out(), run.err()];
    };
    writeFileSync(join(dir, '0'), good);
    assert.equal(await go(), [0, 'ran\n', '']);
    writeFileSync(join(dir, '0'), `${good}# changed\n`);
    const [code, out, err] = await go();
    assert.equal([code, out], [1, '']);
    assert.match(
      err as string,
      /^the source in the pod is not what was sent: fn\.py was changed on its way\nnothing was run; /,
    );
    rmSync(join(dir, '0'));
    assert.match((await go())[2] as string, /fn\.py: No such file or directory/);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

python('a script gets its words and no shell', async () => {
  const argv = ['bash', { file: 'deep/a.sh' }, '$(id)', "a'b", ''];
  const files = { 'deep/a.sh': 'printf "%s|" "$@" "$ARG_X"\nexit 9\n' };
  const run = await start('', {}, { argv, files, env: { ARG_X: '`id`\n' } });
  assert.equal([await run.ended, run.out()], [9, "$(id)|a'b||`id`\n|"]);
  const none = await start('', {}, { argv: ['nosuch-program'], files: {} });
  assert.is(await none.ended, 1);
  assert.match(
    none.err(),
    /^the image can't run nosuch-program: No such file or directory\nan image that has it: --image IMAGE/,
  );
});

test('the words of the supervisor hold nothing that the kubelet expands', () => {
  for (const word of supervisorWords(30, 5)) assert.not(word.includes('$('), word);
});

python('the supervisor ends when nothing has come, and at once when it is told to', async () => {
  const [, ...words] = supervisorWords(1, 1);
  // It looks at all processes: alone in its pod it sees none but the runs. Here it is told by a folder of processes that is empty.
  const dir = mkdtempSync(join(tmpdir(), 'kf-pod-'));
  try {
    const of = (text: string) => text.replace("'/proc'", JSON.stringify(join(dir, 'proc')));
    mkdirSync(join(dir, 'proc'));
    const began = Date.now();
    const idle = spawn('python3', words.map(of));
    assert.is(await new Promise((resolve) => idle.on('close', resolve)), 0);
    assert.ok(Date.now() - began >= 1000);
    writeFileSync(join(dir, 'proc', '4711'), '');
    const busy = spawn('python3', words.map(of));
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.is(busy.exitCode, null);
    busy.kill('SIGTERM');
    assert.is(await new Promise((resolve) => busy.on('close', resolve)), 0);
  } finally {
    rmSync(dir, { recursive: true });
  }
});

test.run();
