import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import type { Group } from '../../../shared/cli/group.ts';
import { answer, executable, wordsFor } from '../../../shared/cli/main.ts';
import { context } from '../../support/command.ts';

const group = (name: string, ...verbs: string[]): Group => ({
  name,
  summary: '',
  description: '',
  verbs,
  commands: {},
});
const train = group('kf-train', 'train');
const project = group('kf-project', 'create', 'project', 'projects');

test('a group with one verb takes the words after it', () => {
  assert.equal(wordsFor(train, 'kubectl-kf_train', ['list', '-A']), ['train', 'list', '-A']);
  assert.equal(wordsFor(train, 'kubectl-kf-train', ['-n', 'x', 'list']), ['train', 'list', '-n', 'x']);
});

test('a group with several takes the verb first, but not under a link that is named after a verb', () => {
  assert.equal(wordsFor(project, 'kubectl-kf_project', ['create', 'a']), ['create', 'a']);
  assert.equal(wordsFor(project, 'kubectl-kf-create', ['a']), ['create', 'a']);
  assert.equal(wordsFor(project, 'kubectl-kf_projects', []), ['projects']);
});

test("the executable is called as krew's link is", () => assert.is(executable(train), 'kubectl-kf_train'));

test('words that are answered elsewhere load no command, and an error there is told', async () => {
  const made = context();
  assert.is(await answer({ ...train, elsewhere: async (argv) => argv.length }, ['a', 'b'], made.context), 2);
  const failing: Group = { ...train, elsewhere: async () => Promise.reject(new KfError(3, 'not here')) };
  assert.is(await answer(failing, ['a'], made.context), 3);
  assert.is(made.stderr(), 'not here\n');
});

/** A program on the real entry, so that its signals and streams are real. */
function program(code: string) {
  const main = join(import.meta.dirname, '../../../shared/cli/main.ts');
  const text = `
    import { main } from ${JSON.stringify(main)};
    await main({ name: 'kf-x', summary: '', description: '', verbs: ['x'], commands: {}, elsewhere: async (argv, context) => { ${code} } });`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', text], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (chunk) => (out += chunk));
  child.stderr.on('data', (chunk) => (err += chunk));
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, out, err })),
  );
  const ready = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  return { child, ended, ready };
}

test('the first Ctrl-C aborts the signal, and the command decides', async () => {
  const { child, ended, ready } = program(
    "context.stdout.write('ready\\n'); try { await context.sleep(20000) } catch (error) { context.stdout.write(error.name); return 7 }",
  );
  await ready;
  child.kill('SIGINT');
  assert.equal(await ended, { code: 7, out: 'ready\nInterrupted', err: '' });
});

test('a second Ctrl-C ends it at once', async () => {
  const { child, ended, ready } = program(
    "context.stdout.write('ready\\n'); context.signal.addEventListener('abort', () => context.stdout.write('asked\\n')); await new Promise((r) => setTimeout(r, 20000)); return 0",
  );
  await ready;
  const asked = new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
  child.kill('SIGINT');
  await asked;
  child.kill('SIGINT');
  assert.is((await ended).code, 130);
});

test('a reader that goes away ends it as SIGPIPE would, without a trace', async () => {
  const { child, ended, ready } = program(
    "context.stdout.write('ready\\n'); for (;;) { await new Promise((r) => setTimeout(r, 5)); context.stdout.write('x'.repeat(10000)) }",
  );
  await ready;
  child.stdout.destroy();
  const { code, err } = await ended;
  assert.equal([code, err], [141, '']);
});

test('handing over becomes the other program: its output and its exit code', async () => {
  const { ended } = program("return context.handOver('/bin/sh', ['-c', 'echo over here; exit 9'], 'sh')");
  assert.equal(await ended, { code: 9, out: 'over here\n', err: '' });
});

test.run();
