import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testSource } from '../../../shared/added/try-out.ts';
import { readSource } from '../../../shared/registry/source.ts';
import { context } from '../../support/command.ts';

/** Those whose parameters are compared with what Python says (test/shared/python/signature.test.ts). */
const folder = join(import.meta.dirname, '..', 'python', 'functions');

for (const name of readdirSync(folder).filter((each) => each.endsWith('.py') && each !== 'broken.py')) {
  test(`${name}: every option is in its help, and takes what stands after it`, async () => {
    const made = context({ cwd: folder });
    const understood = await readSource(name, made.context);
    const { parameters } = understood.version;
    assert.is(await testSource(understood, ['--help'], made.context), 0);
    const help = made.stdout();
    for (const { typed, flag, name: word } of parameters) {
      assert.match(help, typed === 'option' ? `\n  ${flag}` : `\n  ${word}`);
    }
    for (const { flag, type } of parameters.filter((each) => each.flag)) {
      // Each is refused for what is left out, or for --nope; not for the option.
      for (const words of type === 'boolean' ? [[flag!]] : [[`${flag}=1`], [flag!, '1']]) {
        const tried = context({ cwd: folder });
        assert.is(await testSource(understood, [...words, '--nope'], tried.context), 2);
        assert.not.match(tried.stderr(), new RegExp(`${flag}(?![\\p{L}-])`, 'u'));
      }
    }
  });
}

test.run();
