import { extname } from 'node:path';
import { closest } from '../cli/closest.ts';
import { usageError } from '../cli/errors.ts';

/** Which program runs a file. */
export type Language = 'python' | 'sh' | 'bash' | 'itself';

const byExtension: Record<string, Language> = { '.py': 'python', '.sh': 'sh', '.bash': 'bash' };
const usual = ['main.py', 'train.py', '__main__.py', 'main.sh', 'train.sh'];

export const isScript = (path: string): boolean => extname(path).toLowerCase() in byExtension;

/** By extension, otherwise by its `#!` line. Undefined where neither tells. */
export function languageOf(path: string, bytes: Buffer): Language | undefined {
  return byExtension[extname(path).toLowerCase()] ?? (bytes.subarray(0, 2).toString() === '#!' ? 'itself' : undefined);
}

/** The file of a folder that starts the job: the one named, the usual ones, or the only script at its top. */
export function chooseEntry(paths: readonly string[], folder: string, wanted: string | undefined): string {
  if (wanted !== undefined) {
    const path = wanted.replaceAll('\\', '/').replace(/^\.\//, '');
    if (paths.includes(path)) return path;
    const near = closest(path, paths);
    throw usageError(
      `--entry: ${folder} has no file ${wanted} to ship`,
      near ? `did you mean ${near}?` : `it has: ${some(paths)}`,
    );
  }
  const found = usual.find((name) => paths.includes(name));
  if (found) return found;
  const scripts = paths.filter((path) => !path.includes('/') && isScript(path));
  if (scripts.length === 1) return scripts[0]!;
  const choice = scripts.length > 0 ? scripts : paths;
  throw usageError(`which file of ${folder} starts the job?`, `say it with --entry FILE; it has: ${some(choice)}`);
}

const some = (paths: readonly string[]) => paths.slice(0, 8).join(', ') + (paths.length > 8 ? ', …' : '');
