import { createRequire } from 'node:module';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asFunction } from '../../../scripts/build/bundle.ts';
import { withoutHelpers } from '../../../scripts/build/modules.ts';
import { pack } from '../../../scripts/build/pack.ts';
import { loader } from '../../../shared/cli/loader.ts';

/** What these modules export, by name, packed and loaded as in an executable. */
async function load(modules: Record<string, string>): Promise<(name: string) => Record<string, unknown>> {
  const chunks = new Map<string, { code: string; needs: string[] }>();
  for (const [name, code] of Object.entries(modules)) chunks.set(name, { code: await asFunction(code), needs: [] });
  const { scripts, packs } = pack(chunks);
  for (const script of scripts.values()) assert.not.match(script, '__copyProps');
  const store = { packs, source: (name: string) => scripts.get(name)!, cache: () => undefined };
  return loader(store, createRequire(import.meta.url)) as (name: string) => Record<string, unknown>;
}

test('exports are what they are now, by name, whole, and where they are imported when they are wanted', async () => {
  const of = await load({
    './a.js': 'export let n = 1; export const more = () => { n++; }; export default "a";',
    './b.js':
      'import first, { n, more } from "./a.js"; import * as all from "./a.js"; more(); export const seen = [first, n, all.n, all.default];',
    './c.js': 'export const later = import("./a.js").then(({ n, default: it }) => [n, it]);',
  });
  assert.equal(of('./b.js').seen, ['a', 2, 2, 'a']);
  assert.equal(await of('./c.js').later, [2, 'a']);
});

test("Node's own modules: by name, by default and whole", async () => {
  const of = await load({
    './a.js':
      'import { sep } from "node:path"; import path from "node:path"; import * as all from "node:path"; ' +
      'export const same = path.sep === sep && all.sep === sep && all.join === path.join && all.default === path;',
    './b.js':
      'export const later = import("node:path").then((path) => [typeof path.join, path.default === path.posix]);',
  });
  assert.is(of('./a.js').same, true);
  assert.equal(await of('./b.js').later, ['function', process.platform !== 'win32']);
});

test('modules that import each other see what is there when they use it', async () => {
  const of = await load({
    './a.js': 'import { b } from "./b.js"; export const a = () => "a"; export const both = () => a() + b();',
    './b.js': 'import { a } from "./a.js"; export const b = () => a().toUpperCase();',
  });
  assert.is((of('./a.js').both as () => string)(), 'aA');
});

test('a module with nothing in it is left as it is, and another form of the helpers is refused', () => {
  assert.is(withoutHelpers('console.log(1);'), 'console.log(1);');
  assert.throws(() => withoutHelpers('var __defProp=Object.defineProperty;var other=1;'), /esbuild's helpers/);
});

test.run();
