import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, build, type Plugin, transform } from 'esbuild';
import { harnessText } from '../../shared/added/harness.ts';
import { podText } from '../../shared/added/pod-text.ts';
import { describe } from '../../shared/completion/describe.ts';
import { describeGroup } from './groups.ts';
import { withoutHelpers } from './modules.ts';
import type { Chunks, Packed } from './pack.ts';
import { root } from './paths.ts';

export interface Stamp {
  version: string;
  commit: string;
}

const common: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node24',
  minify: true,
  charset: 'ascii',
  legalComments: 'none',
  logLevel: 'silent',
  write: false,
};

/**
 * Bundles a group. Every dynamic import of the sources becomes a chunk that is loaded when it is reached; what several
 * need becomes a chunk that they share. Throws with esbuild's words where the sources do not bundle.
 */
export async function bundleGroup(group: string, stamp: Stamp): Promise<Chunks> {
  const result = await build({
    ...common,
    entryPoints: { main: join(root, 'plugins', group, 'main.ts') },
    outdir: '/',
    format: 'esm',
    splitting: true,
    metafile: true,
    chunkNames: '[name]-[hash]',
    mainFields: ['module', 'main'],
    define: {
      KF_VERSION: JSON.stringify(stamp.version),
      KF_COMMIT: JSON.stringify(stamp.commit),
      // Text, which is read faster than code.
      KF_COMPLETION: JSON.stringify(JSON.stringify(await describe(await describeGroup(group)))),
      KF_HARNESS: JSON.stringify(await harnessText()),
      KF_POD: JSON.stringify(await podText()),
      'process.env.NODE_ENV': '"production"',
    },
    plugins: [entryWithoutAwait, clipanionWithoutTty, clipanionWithoutStreams, yamlAsModule],
  });
  // Outputs have paths from the working directory in the metafile, and absolute ones as files.
  const name = (path: string) => `./${basename(path)}`;
  const needs = new Map<string, string[]>();
  for (const [path, { imports }] of Object.entries(result.metafile?.outputs ?? {})) {
    const own = imports.filter(({ kind, external }) => kind === 'import-statement' && !external);
    needs.set(
      name(path),
      own.map((each) => name(each.path)),
    );
  }
  const chunks: Chunks = new Map();
  for (const { path, text } of result.outputFiles ?? []) {
    chunks.set(name(path), { code: await asFunction(text), needs: needs.get(name(path)) ?? [] });
  }
  return chunks;
}

/** An ES module as a function of (exports, require, module): vm.Script knows no modules, and takes a code cache. */
export async function asFunction(code: string): Promise<string> {
  const { code: cjs } = await transform(code, {
    format: 'cjs',
    platform: 'node',
    target: 'node24',
    minifyWhitespace: true,
    charset: 'ascii',
    supported: { 'dynamic-import': false },
  });
  // esbuild leaves letters beyond ASCII in regular expressions; there, too, an escape means the same.
  const ascii = cjs.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `function(exports,require,module){${withoutHelpers(ascii)}\n}`;
}

/** boot.ts or warm.ts as one CommonJS script. */
export async function bundleLoader(name: 'boot' | 'warm', packs: Packed['packs'], cached: boolean): Promise<string> {
  const result = await build({
    ...common,
    entryPoints: [join(import.meta.dirname, `${name}.ts`)],
    format: 'cjs',
    define: { KF_CACHED: String(cached), KF_PACKS: JSON.stringify(packs) },
  });
  return result.outputFiles![0]!.text;
}

/** The entry awaits its main at the top level, which a function cannot; nothing comes after it. */
const entryWithoutAwait: Plugin = {
  name: 'entry-without-await',
  setup(esbuild) {
    esbuild.onLoad({ filter: /[\\/]plugins[\\/][^\\/]+[\\/]main\.ts$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replace(/^await main\(/m, 'void main('),
      loader: 'ts',
    }));
  },
};

/** clipanion's file for browsers asks nothing of the terminal, which is shared/cli's part: `tty` is not loaded for it. */
const clipanionWithoutTty: Plugin = {
  name: 'clipanion-without-tty',
  setup(esbuild) {
    esbuild.onResolve({ filter: /\/platform$/ }, ({ importer }) => {
      const lib = /^.*[\\/]clipanion[\\/]lib(?=[\\/])/.exec(dirname(importer))?.[0];
      return lib ? { path: join(lib, 'platform', 'browser.mjs') } : undefined;
    });
  },
};

/** yaml has a CommonJS build for Node, of which a dynamic import in a bundle sees no names; its ES modules are the same code. */
const yamlAsModule: Plugin = {
  name: 'yaml-as-module',
  setup(esbuild) {
    const path = join(root, 'node_modules', 'yaml', 'browser', 'dist', 'index.js');
    esbuild.onResolve({ filter: /^yaml$/ }, () => ({ path, sideEffects: false }));
  },
};

/**
 * clipanion opens the process's three streams when it loads, and copies its context, which opens ours: 5 ms that a command
 * which writes to one of them need not pay. shared/cli always gives a whole context.
 */
const clipanionWithoutStreams: Plugin = {
  name: 'clipanion-without-streams',
  setup(esbuild) {
    // Its package.json names the CommonJS form only.
    esbuild.onResolve({ filter: /^clipanion$/ }, () => ({
      path: join(root, 'node_modules', 'clipanion', 'lib', 'advanced', 'index.mjs'),
      sideEffects: false,
    }));
    esbuild.onLoad({ filter: /[\\/]clipanion[\\/]lib[\\/]advanced[\\/]Cli\.mjs$/ }, async ({ path }) => {
      const code = await readFile(path, 'utf8');
      const contents = code
        .replace(/^ +std(in|out|err): process\.std\1,\n/gm, '')
        .replace(
          /const context = \{\s*\.\.\.Cli\.defaultContext,\s*\.\.\.userContext,\s*\};/g,
          'const context = userContext;',
        );
      if (/process\.std/.test(contents) || /\.\.\.Cli\.defaultContext/.test(contents)) {
        throw new Error(`${path} has another form than the one that this was written for`);
      }
      return { contents, loader: 'js' };
    });
  },
};
