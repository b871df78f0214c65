import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readSource } from '../../../shared/registry/source.ts';
import { templateFor } from '../../../shared/registry/templates.ts';
import { context } from '../../support/command.ts';

const dir = mkdtempSync(join(tmpdir(), 'kf-templates-'));
test.after(() => rmSync(dir, { recursive: true }));

const written = (name: string, runtime: 'python' | 'bash' | 'go') => {
  const { file, text } = templateFor(name, runtime);
  writeFileSync(join(dir, file), text);
  return file;
};
const understood = (file: string) => readSource(file, context({ cwd: dir }).context);

for (const runtime of ['python', 'bash', 'go'] as const) {
  test(`${runtime}: the starting point is understood, and all three say the same`, async () => {
    const { name, version, notes } = await understood(written('hello-world', runtime));
    assert.equal([name, version.runtime, version.version, notes], ['hello-world', runtime, '0.1.0', []]);
    assert.equal([version.runs, version.requires], [['local', 'cluster'], []]);
    assert.match(version.summary, /^Greet someone, several times/);
    assert.equal(
      version.parameters.map(({ passed: _, ...rest }) => rest),
      [
        { name: 'name', typed: 'word', type: 'text', required: true, help: 'whom to greet' },
        {
          ...{ name: 'count', typed: 'option', flag: '--count', type: 'integer' },
          ...{ required: false, default: 3, help: 'how many times' },
        },
        {
          ...{ name: 'style', typed: 'option', flag: '--style', type: 'text', choices: ['plain', 'loud'] },
          ...{ required: false, default: 'plain', help: 'how to say it' },
        },
      ],
    );
  });
}

test('a verb that is a word of Python has a function that can be', async () => {
  const { name, version } = await understood(written('import', 'python'));
  assert.equal([name, version.handler], ['import', 'import.import_']);
});

test('the bash one runs', () => {
  const env = { PATH: process.env.PATH, ARG_COUNT: '2', ARG_STYLE: 'loud' };
  const said = execFileSync('bash', [join(dir, written('hi', 'bash')), 'a  $(b)'], { env, encoding: 'utf8' });
  assert.is(said, 'Hello, a  $(b)!\nHello, a  $(b)!\n');
});

test.run();
