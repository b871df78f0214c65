import type { Parameter } from '../registry/entry.ts';

/** Marks a word that is a value although it looks like a flag; no word of a command line can hold it. */
const mark = '\0';

/**
 * The words, those that are values but begin with a dash marked: what follows an option that takes a value, as kubectl has
 * it (`--scale -1e3`), and negative numbers (`-5`). `--x1=5` becomes two words: clipanion takes `=` after lower-case letters
 * alone. Nothing after `--` is touched.
 */
export function marked(words: readonly string[], parameters: readonly Parameter[]): string[] {
  const taking = new Set(parameters.filter(({ type }) => type !== 'boolean').flatMap(({ flag }) => flag ?? []));
  const out: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === '--') return [...out, ...words.slice(i)];
    const [, flag = '', value = ''] = /^(--[^=]+)=(.*)$/s.exec(word) ?? [];
    if (taking.has(flag)) {
      out.push(flag, value.startsWith('-') ? mark + value : value);
      continue;
    }
    out.push(/^-[.\d]/.test(word) ? mark + word : word);
    const next = words[i + 1];
    if (taking.has(word) && next !== undefined) {
      out.push(next.startsWith('-') ? mark + next : next);
      i++;
    }
  }
  return out;
}

/** The word as it was typed. */
export const unmarked = (word: string): string => (word.startsWith(mark) ? word.slice(1) : word);

/** True where help is asked for, not given as a value. */
export function asksForHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return (end < 0 ? words : words.slice(0, end)).some((word) => word === '-h' || word === '--help');
}

/** What an option is given, as far as that can be told from words that nobody has taken apart yet. */
export function givenFor(option: string, words: readonly string[]): string | undefined {
  const end = words.indexOf('--');
  const own = end < 0 ? words : words.slice(0, end);
  const at = own.findLastIndex((word) => word === option || word.startsWith(`${option}=`));
  return own[at] === option ? own[at + 1] : own[at]?.slice(option.length + 1);
}
