import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../plugins/kf/index.ts';
import { runCommand } from '../../support/command.ts';

let dir = '';
test.before.each(() => {
  dir = mkdtempSync(join(tmpdir(), 'kf-missing-'));
});
test.after.each(() => rmSync(dir, { recursive: true, force: true }));

const run = (...argv: string[]) =>
  runCommand(group, argv, { env: { PATH: join(dir, 'bin'), KREW_ROOT: join(dir, 'krew') }, home: dir });

test('a verb whose group is missing says which plugin has it and how to get it', async () => {
  mkdirSync(join(dir, 'krew', 'index', 'kf'), { recursive: true });
  const { code, stdout, stderr } = await run('serve', 'ls');
  assert.equal([code, stdout], [2, '']);
  assert.is(stderr, 'serve comes with the plugin kf-serve: kubectl krew install kf/kf-serve\n');
});

test('where the index is not there yet, it says how to add it; where krew is not, how to get it', async () => {
  assert.match((await run('serve')).stderr, /\nkrew, which installs plugins, is not set up: /);
  mkdirSync(join(dir, 'krew'));
  assert.match((await run('serve')).stderr, /\nadd the index first: kubectl krew index add kf /);
});

test('the index is the one that this plugin came from, by its receipt', async () => {
  mkdirSync(join(dir, 'krew', 'receipts'), { recursive: true });
  mkdirSync(join(dir, 'krew', 'index', 'team'), { recursive: true });
  const receipt =
    'apiVersion: krew.googlecontainertools.github.com/v1alpha2\nkind: Plugin\nmetadata:\n  name: kf\nspec:\n  version: v0.1.0\nstatus:\n  source:\n    name: team\n';
  writeFileSync(join(dir, 'krew', 'receipts', 'kf.yaml'), receipt);
  assert.is((await run('serve')).stderr, 'serve comes with the plugin kf-serve: kubectl krew install team/kf-serve\n');
});

test('an unknown verb gives the closest one: of this plugin, of the suite, of what is installed', async () => {
  assert.equal(await run('trian', 'x'), { code: 2, stdout: '', stderr: 'no verb "trian"; did you mean train?\n' });
  assert.is((await run('whoaim')).stderr, 'no verb "whoaim"; did you mean whoami?\n');
  assert.match((await run('quantize')).stderr, /^no verb "quantize"\nsee kubectl kf --help/);
  mkdirSync(join(dir, 'bin'));
  writeFileSync(join(dir, 'bin', 'kubectl-kf_quantise'), '');
  chmodSync(join(dir, 'bin', 'kubectl-kf_quantise'), 0o755);
  assert.is((await run('quantize')).stderr, 'no verb "quantize"; did you mean quantise?\n');
});

test('control characters in a word do not reach the terminal', async () => {
  assert.not.match((await run('\u001b[31mred')).stderr, '\u001b');
});

test.run();
