import { structuredPatch } from 'diff';
import { safe } from '../view/text.ts';
import type { Version } from './entry.ts';

/** Files larger than this, and edits more than so many lines, are told by their size: a diff of them helps nobody, and takes long. */
const mostEdits = 1500;

/** The sources' differences as a unified diff; none where they are the same. Safe for a terminal. */
export function sourceDifference(before: Version, after: Version): string[] {
  const paths = [...new Set([...Object.keys(before.files), ...Object.keys(after.files)])].sort();
  return paths.flatMap((path) => fileDifference(path, before.files[path], after.files[path]));
}

function fileDifference(path: string, was: string | undefined, is: string | undefined): string[] {
  if (was === is) return [];
  const name = safe(path).replaceAll('\n', ' ');
  const head = [
    was === undefined ? '--- /dev/null' : `--- a/${name}`,
    is === undefined ? '+++ /dev/null' : `+++ b/${name}`,
  ];
  const patch = structuredPatch('', '', was ?? '', is ?? '', '', '', { context: 3, maxEditLength: mostEdits });
  if (!patch) return [...head, `(nearly all of it is different: ${lines(was)} lines before, ${lines(is)} now)`];
  return [
    ...head,
    ...patch.hunks.flatMap((hunk) => [
      `@@ -${range(hunk.oldStart, hunk.oldLines)} +${range(hunk.newStart, hunk.newLines)} @@`,
      ...hunk.lines.map((line) => safe(line).replaceAll('\n', '\ufffd')),
    ]),
  ];
}

/** POSIX has nothing begin before the line that it follows. */
const range = (start: number, count: number) => `${count === 0 ? start - 1 : start},${count}`;

const lines = (text: string | undefined) => (text ? text.split('\n').length : 0);
