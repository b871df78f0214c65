import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { setContextNamespace } from '../../../shared/kube/edit.ts';

let folder = '';
test.before.each(() => {
  folder = mkdtempSync(join(tmpdir(), 'kf-edit-'));
});
test.after.each(() => rmSync(folder, { recursive: true, force: true }));

const context = (env: Record<string, string>) => ({
  env,
  home: folder,
  cwd: folder,
  now: Date.now,
  sleep: (ms: number) => sleep(ms),
});
const config = (name: string, namespace: string, current = '') =>
  `# ${name}\ncontexts:\n- name: ${name}\n  context: {cluster: c, namespace: ${namespace}}\ncurrent-context: "${current}"\n`;
const failure = async (work: Promise<unknown>): Promise<Record<string, unknown>> =>
  work.then(
    () => assert.unreachable('should have failed'),
    (error) => error,
  );

test('changes the file that defines the context, not the first of KUBECONFIG', async () => {
  writeFileSync(join(folder, 'a'), config('x', 'one', 'y'));
  writeFileSync(join(folder, 'b'), config('y', 'two'));
  const done = await setContextNamespace({}, context({ KUBECONFIG: 'a:missing:b' }), 'three');
  assert.equal(done, { file: join(folder, 'b'), contextName: 'y', before: 'two' });
  assert.is(readFileSync(join(folder, 'a'), 'utf8'), config('x', 'one', 'y'));
  assert.is(readFileSync(join(folder, 'b'), 'utf8'), config('y', 'three'));
});

test('--context is obeyed and the current context stays', async () => {
  writeFileSync(join(folder, 'a'), config('x', 'one', 'other'));
  await setContextNamespace({ kubeconfig: 'a', context: 'x' }, context({}), 'two');
  assert.is(readFileSync(join(folder, 'a'), 'utf8'), config('x', 'two', 'other'));
});

test('keeps mode and symbolic link, leaves nothing behind', async () => {
  writeFileSync(join(folder, 'real'), config('x', 'one', 'x'));
  chmodSync(join(folder, 'real'), 0o640);
  symlinkSync('real', join(folder, 'link'));
  await setContextNamespace({}, context({ KUBECONFIG: join(folder, 'link') }), 'two');
  assert.ok(lstatSync(join(folder, 'link')).isSymbolicLink());
  assert.is(statSync(join(folder, 'real')).mode & 0o777, 0o640);
  assert.is(readFileSync(join(folder, 'real'), 'utf8'), config('x', 'two', 'x'));
  assert.equal(readdirSync(folder).sort(), ['link', 'real']);
});

test("waits for kubectl's lock", async () => {
  writeFileSync(join(folder, 'a'), config('x', 'one', 'x'));
  writeFileSync(join(folder, 'a.lock'), '');
  const change = setContextNamespace({ kubeconfig: 'a' }, context({}), 'two');
  await sleep(200);
  assert.is(readFileSync(join(folder, 'a'), 'utf8'), config('x', 'one', 'x'));
  rmSync(join(folder, 'a.lock'));
  await change;
  assert.is(readFileSync(join(folder, 'a'), 'utf8'), config('x', 'two', 'x'));
  assert.not(existsSync(join(folder, 'a.lock')));
});

test('a lock that stays is an error that names it, and stays', async () => {
  writeFileSync(join(folder, 'a'), config('x', 'one', 'x'));
  writeFileSync(join(folder, 'a.lock'), '');
  const error = await failure(setContextNamespace({ kubeconfig: 'a' }, context({}), 'two'));
  assert.match(String(error.message), `${join(folder, 'a.lock')} is there`);
  assert.match(String(error.hint), `rm ${join(folder, 'a.lock')}`);
  assert.is(error.exit, 1);
  assert.ok(existsSync(join(folder, 'a.lock')));
});

test('ten at once: each change is whole, the last one stays', async () => {
  writeFileSync(join(folder, 'a'), config('x', 'one', 'x'));
  const names = Array.from({ length: 10 }, (_, i) => `team-${i}`);
  await Promise.all(names.map((name) => setContextNamespace({ kubeconfig: 'a' }, context({}), name)));
  const text = readFileSync(join(folder, 'a'), 'utf8');
  assert.ok(names.some((name) => text === config('x', name, 'x')));
  assert.equal(readdirSync(folder), ['a']);
});

/** Runs it as a person whom permissions bind, where the tests run as root. */
async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0) return work();
  for (const name of [folder, ...readdirSync(folder).map((each) => join(folder, each))]) chownSync(name, 65534, 65534);
  process.seteuid!(65534);
  try {
    return await work();
  } finally {
    process.seteuid!(0);
  }
}

for (const [what, mode, folderMode] of [
  ['a file that is read-only', 0o400, 0o700],
  ['a folder that is read-only', 0o600, 0o500],
] as const) {
  test(`${what} is said so, and stays as it was`, async () => {
    writeFileSync(join(folder, 'a'), config('x', 'one', 'x'));
    chmodSync(join(folder, 'a'), mode);
    chmodSync(folder, folderMode);
    const error = await failure(asNobody(() => setContextNamespace({ kubeconfig: 'a' }, context({}), 'two')));
    chmodSync(folder, 0o700);
    assert.is(error.message, `cannot change ${join(folder, 'a')}: it or its folder is read-only`);
    assert.is(error.exit, 1);
    assert.is(readFileSync(join(folder, 'a'), 'utf8'), config('x', 'one', 'x'));
    assert.equal(readdirSync(folder), ['a']);
  });
}

for (const [what, flags, text, message] of [
  ['no such context', { context: 'z' }, config('x', 'one', 'x'), 'no context "z"'],
  ['no current context', {}, config('x', 'one'), 'sets no current context'],
  ['not YAML', {}, 'contexts: [\n', 'not a kubeconfig'],
] as const) {
  test(`${what}: exit 2, the file as it was`, async () => {
    writeFileSync(join(folder, 'a'), text);
    const error = await failure(setContextNamespace({ ...flags, kubeconfig: 'a' }, context({}), 'two'));
    assert.match(String(error.message), message);
    assert.is(error.exit, 2);
    assert.is(readFileSync(join(folder, 'a'), 'utf8'), text);
    assert.equal(readdirSync(folder), ['a']);
  });
}

test.run();
