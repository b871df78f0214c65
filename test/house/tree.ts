/** The project's files as text, and what each imports. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

/** Text by path from the checkout, with slashes. */
export type Tree = Map<string, string>;

export const root: string = join(import.meta.dirname, '..', '..');

/** What git has, or would have after `git add`. */
export function readTree(): Tree {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const names = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0').filter(Boolean);
  const there = names.filter((name) => existsSync(join(root, name)));
  return new Map(there.map((name) => [name, readFileSync(join(root, name), 'utf8')]));
}

export interface Import {
  /** As written: `node:fs`, `execa`, `../x.ts`. */
  what: string;
  /** Path from the checkout, where it is relative. */
  path: string | undefined;
  typeOnly: boolean;
}

/** Static, dynamic and re-exporting imports of a formatted TypeScript file. */
export function importsOf(file: string, text: string): Import[] {
  const found: Import[] = [];
  const add = (what: string, typeOnly: boolean) => {
    const path = what.startsWith('.') ? posix.join(posix.dirname(file), what) : undefined;
    found.push({ what, path, typeOnly });
  };
  const code = text.replace(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
  for (const [, type, names, what] of code.matchAll(/^(?:import|export) (type )?([^'";]*?) ?from '([^']+)'/gm)) {
    const each = /^\{([^}]*)\}$/
      .exec(names!.trim())?.[1]
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean);
    add(what!, type !== undefined || (each?.every((name) => name.startsWith('type ')) ?? false));
  }
  for (const [, what] of code.matchAll(/^import '([^']+)'/gm)) add(what!, false);
  for (const [, what] of code.matchAll(/\bimport\(\s*'([^']+)'\s*\)/g)) add(what!, false);
  return found;
}

/** The code without comments and the insides of strings, so that words can be looked for. */
export function bare(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:'"`])\/\/.*$/gm, '$1')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
}
