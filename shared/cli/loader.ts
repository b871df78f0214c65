import { Script } from 'node:vm';

interface Module {
  exports: unknown;
}

type Chunk = (exports: unknown, require: (name: string) => unknown, module: Module) => void;

/** Where a pack's source and V8 code cache come from; no cache where there is none. */
export interface Store {
  /** The pack that each chunk is in. */
  packs: Record<string, string>;
  source(pack: string): string;
  cache(pack: string): Uint8Array | undefined;
  /** Sees each chunk that is loaded, by name. */
  loaded?(chunk: string): void;
  /** Sees each script that was compiled. */
  compiled?(pack: string, script: Script): void;
}

/**
 * Loads a bundle's chunks by name, each once and only when it is asked for, with the pack that it is in. What a chunk
 * requires is another chunk (`./…`) or one of Node's own modules. A cache that V8 refuses is passed over.
 */
export function loader(store: Store, builtin: (name: string) => unknown): (name: string) => unknown {
  const modules = new Map<string, Module>();
  const opened = new Map<string, Record<string, Chunk>>();
  const open = (pack: string): Record<string, Chunk> => {
    const cachedData = store.cache(pack);
    const script = new Script(store.source(pack), cachedData ? { filename: pack, cachedData } : { filename: pack });
    store.compiled?.(pack, script);
    const chunks = script.runInThisContext() as Record<string, Chunk>;
    opened.set(pack, chunks);
    return chunks;
  };
  const load = (name: string): unknown => {
    const pack = store.packs[name];
    if (pack === undefined) return builtin(name);
    const known = modules.get(name);
    if (known) return known.exports;
    const module: Module = { exports: {} };
    modules.set(name, module);
    store.loaded?.(name);
    (opened.get(pack) ?? open(pack))[name]!(module.exports, load, module);
    return module.exports;
  };
  return load;
}
