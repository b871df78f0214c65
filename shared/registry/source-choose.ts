/** Which file of a source is the one that is run, and what runs it. */
import { usageError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import type { Runtime } from './entry.ts';
import type { Read } from './source-read.ts';

/** By its name's end, else by its first line. */
export function runtimeOf(path: string, text: string): Runtime | undefined {
  const end = /\.(py|sh|bash|go)$/.exec(path)?.[1];
  if (end !== undefined) return end === 'py' ? 'python' : end === 'go' ? 'go' : 'bash';
  const first = /^#!.*?(python|bash|\bsh\b)[\d.]*/.exec(text)?.[1];
  return first === undefined ? undefined : first === 'python' ? 'python' : 'bash';
}

/** Of a folder: the file named like it, main, or the only one at its top. */
export function chooseFile({ files, name }: Read, folder: string): string {
  const top = Object.keys(files).filter((path) => !path.includes('/') && !/_test\.go$/.test(path));
  const stems = [folder, folder.replaceAll('-', '_'), 'main'];
  for (const end of ['.py', '.sh', '.go']) {
    for (const stem of stems) if (top.includes(stem + end)) return stem + end;
  }
  const can = top.filter((path) => /\.(?:py|sh|go)$/.test(path) && path !== '__init__.py');
  const mains = can.filter(
    (path) => path.endsWith('.go') && /^package main\b/m.test(files[path]!) && /^func main\(/m.test(files[path]!),
  );
  const only = can.length === 1 ? can[0] : mains.length === 1 ? mains[0] : undefined;
  if (only !== undefined) return only;
  throw usageError(
    `${oneLine(name)} has ${can.length === 0 ? 'no' : 'more than one'} file to start${can.length > 0 ? `: ${can.slice(0, 5).join(', ')}` : ''}`,
    `call it ${folder.replaceAll('-', '_')}.py or main.py (.sh, .go)`,
  );
}
