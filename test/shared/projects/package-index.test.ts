import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import { readIndex } from '../../../shared/projects/package-index.ts';

const test = suite('the index of a repository of packages');

const folder = mkdtempSync(join(tmpdir(), 'kf-index-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
for (const name of ['a', 'b/c']) {
  mkdirSync(join(folder, name), { recursive: true });
  writeFileSync(join(folder, name, 'kustomization.yaml'), '{}');
}

function read(text: string | undefined): ReturnType<typeof readIndex> | string {
  const file = join(folder, 'kf-packages.yaml');
  if (text === undefined) rmSync(file, { force: true });
  else writeFileSync(file, text);
  try {
    return readIndex(folder, 'file:///r');
  } catch (error) {
    assert.ok(error instanceof KfError && error.exit === 2, String(error));
    return (error as KfError).message.replace('kf-packages.yaml of file:///r: ', '');
  }
}

test('packages in their order, the proxy in front', () => {
  assert.equal(read('packages:\n- {name: one, path: a}\n- {name: iap, path: b/c, proxy: true, description: d}\n'), [
    { name: 'iap', path: 'b/c', description: 'd', proxy: true },
    { name: 'one', path: 'a', description: '', proxy: false },
  ]);
});

test('what is wrong is said', () => {
  const wrong: [string | undefined, string | RegExp][] = [
    [undefined, 'file:///r has no kf-packages.yaml, which names its packages'],
    ['a: [', /^not YAML: /],
    ['', /^not YAML: /],
    ['packages: []', 'it has no list "packages"'],
    ['packages: [x]', 'package 1: not a mapping'],
    ['packages: [{name: A, path: a}]', /^package 1: its name must be/],
    ['packages: [{name: a}]', 'package 1: its path must be a folder in the repository'],
    ['packages: [{name: a, path: /etc}]', 'package 1: its path must be a folder in the repository'],
    ['packages: [{name: a, path: b/../../x}]', 'package 1: its path must be a folder in the repository'],
    ['packages: [{name: a, path: a, when: now}]', /^package 1: "when" is none of name, path, description, proxy$/],
    ['packages: [{name: a, path: a, proxy: maybe}]', 'package 1: proxy must be true or false'],
    ['packages: [{name: a, path: a}, {name: a, path: b/c}]', 'two packages are called a'],
    ['packages: [{name: a, path: b}]', 'package a: b is no kustomize directory'],
  ];
  for (const [text, message] of wrong) {
    const said = read(text);
    if (typeof message === 'string') assert.is(said, message);
    else assert.match(said as string, message);
  }
});

test('any text gives packages or a message, and no path leads out', () => {
  const path = fc.oneof(fc.constantFrom('a', 'b/c', '..', '../a', 'a/..', 'a/../../x', '/a', './a'), fc.string());
  const entry = fc.record({ name: fc.oneof(fc.constantFrom('a', 'b'), fc.string()), path }, { requiredKeys: [] });
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(entry).map((packages) => JSON.stringify({ packages })),
      ),
      (text) => {
        const said = read(text);
        if (typeof said !== 'string') for (const each of said) assert.not(each.path.split(/[\\/]/).includes('..'));
      },
    ),
  );
});

test.run();
