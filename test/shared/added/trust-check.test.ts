import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addedBy, type Found, type SubcommandSpec } from '../../../shared/registry/entry.ts';
import { has, home, runAs } from '../../support/run-added.ts';
import { subcommandOf } from '../../support/subcommands.ts';

const here = (name: string, run: () => Promise<void>) =>
  has('bash') ? test(name, run) : test.skip(`${name}: no bash here`, () => {});

const script = (text: string, more = {}): Found => {
  const spec: Partial<SubcommandSpec> = {
    runtime: 'bash',
    handler: 't.sh',
    files: { 't.sh': text },
    parameters: [],
    ...more,
  };
  const subcommand = subcommandOf('tune', spec);
  subcommand.metadata.annotations = { [addedBy]: 'bob@x.org\u001b[31m' };
  return { level: 'project', namespace: 'default', subcommand };
};
/** A cluster is named, so that the project is; nothing is asked of it. */
const kubeconfig = (dir: string): string => {
  const file = join(dir, 'config');
  const context = { name: 'c', context: { cluster: 'c', user: 'u' } };
  const clusters = [{ name: 'c', cluster: { server: 'http://127.0.0.1:1' } }];
  writeFileSync(
    file,
    JSON.stringify({ clusters, users: [{ name: 'u', user: {} }], contexts: [context], 'current-context': 'c' }),
  );
  return file;
};
const run = (found: Found, words: string[] = [], world: Parameters<typeof runAs>[2] = {}) => {
  const dir = world.home ?? home();
  return runAs(found, words, {
    trusted: false,
    ...world,
    home: dir,
    env: { KUBECONFIG: kubeconfig(dir), ...world.env },
  });
};
here('what nobody trusts does not run where nobody can be asked', async () => {
  const found = script('echo ran\n');
  const { digest } = found.subcommand.spec;
  const ran = await run(found);
  assert.equal([ran.code, ran.stdout], [4, '']);
  assert.is(
    ran.stderr,
    `tune is not trusted yet; nothing was run\nAdded by bob@x.org to project default: ${digest}\nlook at it with kubectl kf command describe tune; then run it with --trust=${digest}, or name that in a trust file\n`,
  );
  assert.not(existsSync(join(ran.home, '.cache')), 'nor is its source kept');
});

here('--trust runs just the digest that it names, this once', async () => {
  const found = script('echo ran\n');
  const { digest } = found.subcommand.spec;
  const dir = home();
  assert.equal((await run(found, [`--trust=${digest}`], { home: dir })).stdout, 'ran\n');
  assert.is((await run(found, [], { home: dir })).code, 4);
  for (const other of ['', 'sha256:', digest.slice(0, -1), `sha256:${'0'.repeat(64)}`, 'sha256:*']) {
    const refused = await run(found, [`--trust=${other}`], { home: dir });
    assert.equal([refused.code, refused.stdout], [2, '']);
    assert.match(refused.stderr, `but tune is ${digest}`);
  }
});

here('a trust file says so too', async () => {
  const found = script('echo ran\n');
  const dir = home();
  writeFileSync(join(dir, 'trusted'), `${found.subcommand.spec.digest} looked at by alice\n`);
  const env = { KF_TRUST_FILE: join(dir, 'trusted') };
  assert.equal((await run(found, [], { env })).stdout, 'ran\n');
  assert.is((await run(script('echo other\n'), [], { env })).code, 4);
});

here('on a terminal it is asked for once, and again when it changed', async () => {
  const dir = home();
  const ask = (found: Found, answer: string) => run(found, [], { home: dir, terminal: 200, answer });
  const found = script('echo ran\n', { origin: { url: 'https://x/y.git', commit: 'a'.repeat(40) } });
  const no = await ask(found, 'n');
  assert.equal([no.code, no.stdout], [4, '']);
  assert.match(
    no.stderr,
    `tune: added by bob@x.org to project default, from https://x/y.git at aaaaaaaaaaaa, ${found.subcommand.spec.digest}\n`,
  );
  assert.match(no.stderr, 'It runs on this machine. Trust it? [y/N] ');
  assert.match(no.stderr, 'tune is not trusted; nothing was run');
  const yes = await ask(found, 'y');
  assert.equal([yes.code, yes.stdout], [0, 'ran\n']);
  const again = await run(found, [], { home: dir });
  assert.equal([again.code, again.stdout, again.stderr], [0, 'ran\n', '']);
  const kept = JSON.parse(readFileSync(join(dir, '.config', 'kubectl-kf', 'trust.json'), 'utf8'));
  assert.equal(Object.keys(kept), [found.subcommand.spec.digest]);
  const changed = await run(script('echo changed\n'), [], { home: dir });
  assert.equal([changed.code, changed.stdout], [4, '']);
  const options = script('echo ran\n', { runs: ['local'], origin: { url: 'https://x/y.git', commit: 'a'.repeat(40) } });
  assert.is((await run(options, [], { home: dir })).code, 4, 'whatever of it changed');
});

here('a digest that is not that of what it holds runs nowhere, trusted or not', async () => {
  const found = script('echo ran\n');
  const { digest } = found.subcommand.spec;
  for (const change of [
    { files: { 't.sh': 'echo evil\n' } },
    { handler: 'other.sh' },
    { requires: [{ verbs: ['get'], group: '', resource: 'pods' }].slice(1), python: '>=3' },
    { image: 'evil' },
    { runs: ['cluster'] },
  ]) {
    const evil = structuredClone(found);
    Object.assign(evil.subcommand.spec, change);
    for (const words of [[], [`--trust=${digest}`]]) {
      const ran = await run(evil, words, { trusted: true });
      assert.equal([ran.code, ran.stdout], [1, '']);
      assert.match(ran.stderr, /^tune is not what its digest says: [^\n]+; nothing was run\n/);
    }
  }
});

test.run();
