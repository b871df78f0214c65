import { asScript } from './modules.ts';

/** One chunk of a bundle. */
export interface Chunk {
  /** A function expression of (exports, require, module), in ASCII. */
  code: string;
  /** The chunks that it needs as soon as it is loaded. */
  needs: string[];
}

/** By name; `./main.js` is the first. */
export type Chunks = Map<string, Chunk>;

export interface Packed {
  /** Scripts by name; each evaluates to an object of its chunks' functions by name. */
  scripts: Map<string, string>;
  /** The pack that each chunk is in. */
  packs: Record<string, string>;
}

/** A chunk from this size on, in characters, is a library. */
const LARGE = 30_000;

/**
 * Puts chunks into scripts, since each script that is opened costs a tenth of a millisecond and each function in its cache a
 * little, too: what every start needs, each large library by itself, what the commands that are typed most load, and the rest.
 * @param often names of the chunks that each such command loads; one that several load is in the pack of the first
 */
export function pack(chunks: Chunks, often: readonly ReadonlySet<string>[] = []): Packed {
  const first = new Set<string>();
  const visit = (name: string): void => {
    if (first.has(name)) return;
    first.add(name);
    for (const needed of chunks.get(name)?.needs ?? []) visit(needed);
  };
  visit('./main.js');
  const packs: Record<string, string> = {};
  const members = new Map<string, string[]>();
  for (const [name, { code }] of chunks) {
    const which = often.findIndex((each) => each.has(name));
    const small = which < 0 ? 'rest' : `often${which || ''}`;
    const to = first.has(name) ? 'first' : code.length >= LARGE ? name.replace(/^\.\/|\.js$/g, '') : small;
    packs[name] = to;
    members.set(to, [...(members.get(to) ?? []), `${JSON.stringify(name)}:${code}`]);
  }
  const scripts = new Map([...members].map(([name, parts]) => [name, asScript(parts)]));
  return { scripts, packs };
}
