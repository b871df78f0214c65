/** Which test files there are, and how each wants to be run. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export interface TestFile {
  /** From the checkout, with slashes: test/shared/cli/argv.test.ts */
  path: string;
  /** Fast ones need nothing but Node; real ones the executables, krew and the cluster. */
  kind: 'fast' | 'real';
  /** Must not run beside another one on the cluster: it stops the API server, scales controllers, … */
  alone: boolean;
  /** Of those alone: what of the cluster it changes. It may run beside one that changes nothing of this. Empty: all of it. */
  changes: string[];
  /** Mostly waits: it may run beside as many as keep the machine busy. */
  waits: boolean;
  /** Asks nothing of the cluster: it may run beside one that must be alone there. */
  apart: boolean;
  timeoutMs: number;
}

const realFolders = ['test/cluster/', 'test/binaries/'];
const aloneFolder = 'test/cluster/alone/';
const fastTimeout = 120_000;
const realTimeout = 600_000;

/** All `*.test.ts` under test/, by path. */
export function findTests(root: string): TestFile[] {
  return readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort()
    .map((path) => describe(path, readFileSync(join(root, path), 'utf8')));
}

/**
 * What a file's place and first lines say of it: `// alone`, `// changes: Trainer, Profiles`, `// no cluster`, `// waits` and
 * `// timeout: 900` (seconds), each on a line of its own before anything else.
 */
export function describe(path: string, text: string): TestFile {
  const head = /^(?:\s*\/\/.*\n)*/.exec(text)?.[0] ?? '';
  const kind = realFolders.some((folder) => path.startsWith(folder)) ? 'real' : 'fast';
  const says = (words: string) => new RegExp(`^// ${words}$`, 'm').exec(head);
  const seconds = says('timeout: (\\d+)')?.[1];
  return {
    path,
    kind,
    alone: path.startsWith(aloneFolder) || says('alone') !== null,
    changes: says('changes: (.+)')?.[1]?.split(', ') ?? [],
    apart: kind === 'fast' || says('no cluster') !== null,
    waits: says('waits') !== null,
    timeoutMs: seconds ? Number(seconds) * 1000 : kind === 'real' ? realTimeout : fastTimeout,
  };
}

/** What was asked for on the command line: `fast`, `real`, `lint`, `types`, or parts of paths; nothing: everything. */
export interface Selection {
  checks: ('lint' | 'types')[];
  files: TestFile[];
  /** Words that fit nothing. */
  unknown: string[];
}

export function select(files: TestFile[], words: readonly string[]): Selection {
  if (words.length === 0) return { checks: ['lint', 'types'], files, unknown: [] };
  const checks = (['lint', 'types'] as const).filter((name) => words.includes(name) || words.includes('fast'));
  const fits = (file: TestFile, word: string) =>
    word === file.kind || (!['fast', 'real', 'lint', 'types'].includes(word) && file.path.includes(clean(word)));
  return {
    checks,
    files: files.filter((file) => words.some((word) => fits(file, word))),
    unknown: words.filter(
      (word) => !['lint', 'types', 'fast'].includes(word) && !files.some((file) => fits(file, word)),
    ),
  };
}

const clean = (word: string) => word.replace(/^\.\//, '').split(sep).join('/');
