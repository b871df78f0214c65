import { Script } from 'node:vm';

interface Module {
  exports: unknown;
}

/** Where a chunk's source and V8 code cache come from; no cache where there is none. */
export interface Store {
  source(name: string): string;
  cache(name: string): Uint8Array | undefined;
  /** Sees each script that was compiled. */
  compiled?(name: string, script: Script): void;
}

/**
 * Loads a bundle's chunks by name, each once and only when it is asked for. A chunk is a function of (exports, require,
 * module); what it requires is another chunk (`./…`) or one of Node's own modules. A cache that V8 refuses is passed over.
 */
export function loader(store: Store, builtin: (name: string) => unknown): (name: string) => unknown {
  const modules = new Map<string, Module>();
  const load = (name: string): unknown => {
    if (!name.startsWith('./')) return builtin(name);
    const known = modules.get(name);
    if (known) return known.exports;
    const module: Module = { exports: {} };
    modules.set(name, module);
    const cachedData = store.cache(name);
    const script = new Script(store.source(name), cachedData ? { filename: name, cachedData } : { filename: name });
    store.compiled?.(name, script);
    script.runInThisContext()(module.exports, load, module);
    return module.exports;
  };
  return load;
}
