/** Short flags that take a value, as kubectl's do; every other short flag is a switch. */
const shortWithValue = new Set(['n', 'o', 'l', 'v', 'c']);

/**
 * Writes what pflag (kubectl) accepts and clipanion does not in clipanion's way: `-ojson`, `-o=json`, `-v=6`, `--follow=true`.
 * Nothing after `--` is touched.
 * @param switches long flags that take no value, so that `--name=true|false` may be rewritten
 */
export function normalize(argv: readonly string[], switches: ReadonlySet<string> = new Set()): string[] {
  const out: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === '--') return [...out, ...argv.slice(i)];
    const short = /^-([a-zA-Z])(=?)(.+)$/s.exec(word);
    if (short && shortWithValue.has(short[1]!)) {
      out.push(`-${short[1]}`, short[3]!);
      continue;
    }
    // As pflag has it without a value.
    if (word === '--dry-run' && (argv[i + 1] ?? '-').startsWith('-')) {
      out.push('--dry-run=client');
      continue;
    }
    const truth = /^(--[a-z-]+)=(true|false)$/.exec(word);
    if (truth && switches.has(truth[1]!)) {
      out.push(truth[2] === 'true' ? truth[1]! : truth[1]!.replace('--', '--no-'));
      continue;
    }
    out.push(word);
  }
  return out;
}

/** What comes after `--`; undefined where there is none. */
export function afterSeparator(argv: readonly string[]): string[] | undefined {
  const at = argv.indexOf('--');
  return at < 0 ? undefined : argv.slice(at + 1);
}

/** The words before any flag: where the verb is looked for. */
export function leadingWords(argv: readonly string[]): string[] {
  const end = argv.findIndex((word) => word.startsWith('-'));
  return argv.slice(0, end < 0 ? argv.length : end);
}

/** kubectl's own flags, which may stand before the words; all but --no-color take a value. */
const globalFlags = new Set([
  ...['-n', '--namespace', '--context', '--kubeconfig', '--cluster', '--user', '--as', '--as-group', '--as-uid'],
  ...['--request-timeout', '-v', '--v'],
]);

/**
 * The words first, kubectl's own flags that stood before or between them after: `-n x train list` as `train list -n x`.
 * From the first other flag or `--` on, everything stays where it is.
 */
export function wordsFirst(argv: readonly string[]): string[] {
  const words: string[] = [];
  const flags: string[] = [];
  let i = 0;
  for (; i < argv.length; i++) {
    const word = argv[i]!;
    if (!word.startsWith('-') || word === '-') words.push(word);
    else if (globalFlags.has(word) && i + 1 < argv.length) flags.push(word, argv[++i]!);
    else if (globalFlags.has(word.split('=')[0]!) && word.includes('=')) flags.push(word);
    else if (/^-[nv][^-]/.test(word) || word === '--no-color') flags.push(word);
    else break;
  }
  return [...words, ...flags, ...argv.slice(i)];
}
