/** Which of a module's functions is meant. */
import type { FunctionDef } from './ast.ts';
import type { Meaning } from './names.ts';

/** The functions that the module defines; also under `if` and `try`. */
export function functionsOf(names: ReadonlyMap<string, Meaning>): FunctionDef[] {
  return [...names.values()].flatMap((meaning) => (meaning.kind === 'function' ? [meaning.def] : []));
}

/** The one named; the one that is called like the file; the only public one; main. */
export function chooseFunction(all: readonly FunctionDef[], stem: string, named?: string): FunctionDef | undefined {
  const by = (name: string) => all.find((each) => each.name === name);
  if (named !== undefined) return by(named.normalize('NFKC'));
  const open = all.filter(({ name }) => !name.startsWith('_'));
  return by(stem.replace(/[^\p{L}\p{N}_]/gu, '_')) ?? (open.length === 1 ? open[0] : by('main'));
}
