import type { KubeFlags } from '../kube/kube.ts';

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
    if (!word.startsWith('-')) {
      out.push(word);
      continue;
    }
    const short = /^-([a-zA-Z])(=?)(.+)$/s.exec(word);
    if (short && shortWithValue.has(short[1]!)) {
      out.push(`-${short[1]}`, short[3]!);
      continue;
    }
    // As pflag has it without a value.
    if (word === '--dry-run' && !switches.has(word) && (argv[i + 1] ?? '-').startsWith('-')) {
      out.push('--dry-run=client');
      continue;
    }
    const truth = /^(--[^=]+)=(true|false)$/.exec(word);
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

/** Runs the verb that the suite has, whatever has taken its place. */
export const builtinFlag = '--builtin';

/** The words without that flag; those after `--` are another program's. The same array where it does not stand there. */
export function withoutBuiltin(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  const is = (word: string, i: number) => word === builtinFlag && (end < 0 || i < end);
  return argv.some(is) ? argv.filter((word, i) => !is(word, i)) : argv;
}

/** kubectl's own flags, which may stand before the words; all take a value. */
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
    // There it is a switch: the level of the whole cluster.
    else if (word === '--cluster' && words[0] === 'command') break;
    else if (globalFlags.has(word) && i + 1 < argv.length) flags.push(word, argv[++i]!);
    else if (globalFlags.has(word.split('=')[0]!) && word.includes('=')) flags.push(word);
    else if (/^-[nv][^-]/.test(word) || word === '--no-color' || word === builtinFlag) flags.push(word);
    else break;
  }
  return [...words, ...flags, ...argv.slice(i)];
}

const chooses: Record<string, keyof KubeFlags> = {
  '-n': 'namespace',
  '--namespace': 'namespace',
  '--context': 'context',
  '--kubeconfig': 'kubeconfig',
  '--cluster': 'cluster',
  '--user': 'user',
  '--as': 'as',
  '--as-uid': 'asUid',
};

/** What of kubectl's flags stands among the words and chooses the cluster, person or project: for who has no parser at hand. */
export function kubeFlagsIn(argv: readonly string[]): KubeFlags {
  const found: Record<string, string> = {};
  const asGroup: string[] = [];
  for (let i = 0; i < argv.length && argv[i] !== '--'; i++) {
    const [, name = '', equals, joined = ''] = /^(--[^=]+|-n)(=?)(.*)$/s.exec(argv[i]!) ?? [];
    if (name !== '--as-group' && !Object.hasOwn(chooses, name)) continue;
    const value = equals || joined ? joined : argv[++i];
    if (value === undefined) break;
    if (name === '--as-group') asGroup.push(value);
    else found[chooses[name]!] = value;
  }
  return asGroup.length > 0 ? { ...found, asGroup } : found;
}

/** The same flags as words again. */
export function kubeFlagWords(flags: KubeFlags): string[] {
  const one = Object.entries(chooses)
    .filter(([name]) => name.startsWith('--'))
    .flatMap(([name, key]) => (flags[key] === undefined ? [] : [`${name}=${flags[key]}`]));
  return [...one, ...(flags.asGroup ?? []).map((value) => `--as-group=${value}`)];
}
