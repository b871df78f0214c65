/** README's worked example of a subcommand, typed as it stands there. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shellWords } from '../house/commands.ts';
import { folder, kf, person } from '../support/suite.ts';
import { ensureCommandImage } from './command-image.ts';
import { ensureCluster, kubectl, namespace, ownOnly, teardown } from './index.ts';

const reason = ownOnly();
if (reason) process.stdout.write(`skipped: ${reason}\n`);
else {
  test.after(teardown);

  const readme = readFileSync(join(import.meta.dirname, '..', '..', 'README.md'), 'utf8');
  const section = readme.slice(readme.indexOf('## Subcommands of your own'));
  const block = (language: string) => new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, 'm').exec(section)![1]!;

  /** Each `$ …` of the example with what it shows. */
  const steps = block('console')
    .split(/^\$ /m)
    .slice(1)
    .map((text) => ({ line: text.slice(0, text.indexOf('\n')), shows: text.slice(text.indexOf('\n') + 1) }));

  test('the worked example does what it shows', async () => {
    assert.ok(steps.length >= 5);
    const made = await namespace('readme');
    const home = folder();
    const kubeconfig = join(home, 'config');
    writeFileSync(kubeconfig, readFileSync((await ensureCluster()).kubeconfig));
    writeFileSync(join(home, 'tune.py'), block('python'));
    const options = { kubeconfig, cwd: home, env: { HOME: home } };
    try {
      const init = await kf(['command', 'init', '--image', await ensureCommandImage()], options);
      assert.is(init.code, 0, init.stderr);
      assert.is((await kf(['use', made.name], options)).code, 0);
      for (const { line, shows } of steps) {
        const [file, ...words] = shellWords(line);
        assert.is(file, 'kubectl', line);
        const { stdout, stderr } = await person(file!, words, options);
        const said = line.includes('command add') ? stderr : stdout + stderr.replace(/^waiting .*\n/gm, '');
        const plain = said.replaceAll(made.name, 'team-a').replace(/sha256:[0-9a-f]+…/g, 'sha256:…');
        assert.is(plain.replace(/ +$/gm, ''), shows, line);
      }
    } finally {
      await made.delete();
      await kubectl(['delete', 'configmap', 'kf-command', '-n', 'kf-system', '--ignore-not-found']);
    }
  });

  test.run();
}
