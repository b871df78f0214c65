/**
 * A Python program of a file here, and of others that belong to it (`harness.py`, `harness-values.py`): those are in it as text, for
 * its `later` to compile where a run comes to them. Only what is no executable yet reads files.
 */
export async function pythonText(name: string, parts: readonly string[]): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  const { join } = await import('node:path');
  const text = (file: string) => readFile(join(import.meta.dirname, `${file}.py`), 'utf8');
  const later = await Promise.all(parts.map(async (part) => [part, await text(`${name}-${part}`)] as const));
  // A text of JSON is one of Python, too.
  return `PARTS = ${JSON.stringify(Object.fromEntries(later))}\n${await text(name)}`;
}
