import type { CommandClass } from 'clipanion';
import type { Context } from './context.ts';

/** A flag as clipanion holds it on a command until it has parsed: what it tells the parser, and what it makes of the words. */
interface Flag {
  definition(builder: object, key: string): void;
}

const isFlag = (value: unknown): value is Flag => typeof (value as Flag | undefined)?.definition === 'function';

interface Told {
  names: string[];
  arity: number;
  required?: boolean;
}

/** What a flag would tell clipanion's parser; nothing where it is a positional. */
function told(flag: Flag, key: string): Told | undefined {
  let option: Told | undefined;
  const builder = {
    addOption: (added: Told) => {
      option = added;
    },
    addPositional() {},
    addRest() {},
    addProxy() {},
  };
  flag.definition(builder, key);
  return option;
}

/** Long and short names of the command's switches: flags that take no value. */
export function switchesOf(command: object): Set<string> {
  const switches = Object.entries(command).flatMap(([key, value]) => {
    const option = isFlag(value) ? told(value, key) : undefined;
    return option?.arity === 0 ? option.names : [];
  });
  return new Set(switches);
}

/**
 * The command, telling the parser of only those flags that are among the words: building the parser's states for all of them
 * takes longer than all the rest of a start. A flag that is left out has its default, as if it had not been typed.
 */
export function withFlagsTyped(Class: CommandClass<Context>, words: readonly string[]): CommandClass<Context> {
  const typed = new Set(words.map((word) => (word.startsWith('--') ? word.split('=', 1)[0]! : word)));
  // Several short switches in one word: any of them may be meant.
  const batched = new Set(words.filter((word) => /^-[a-zA-Z]{2,}$/.test(word)).flatMap((word) => [...word.slice(1)]));
  const among = (name: string) => typed.has(name) || (name.length === 2 && batched.has(name[1]!));
  const negated = (name: string) => name.startsWith('--') && typed.has(`--no-${name.slice(2)}`);
  return class extends (Class as unknown as new () => object) {
    constructor() {
      super();
      for (const [key, value] of Object.entries(this)) {
        const option = isFlag(value) ? told(value, key) : undefined;
        if (!option || option.required || option.names.some((name) => among(name) || negated(name))) continue;
        Object.assign(this, { [key]: { ...value, definition() {} } });
      }
    }
  } as unknown as CommandClass<Context>;
}
