/** How parameters are called on the command line. */
import type { Parameter } from '../registry/entry.ts';

/** What the command line of every added subcommand takes itself: kubectl's flags and ours. */
const taken = new Set(
  (
    'namespace context kubeconfig cluster user as as-group as-uid request-timeout v ' +
    'output where trust image help no-color version builtin'
  )
    .split(' ')
    .map((name) => `--${name}`),
);

/** `learning_rate` is --learning-rate, `größe` --größe. */
export const flagOf = (name: string): string => `--${name.replace(/^_+(?=.)/, '').replaceAll('_', '-')}`;

const spelled = (flag: string, { type }: Pick<Parameter, 'type'>): string[] =>
  type === 'boolean' ? [flag, flag.replace('--', '--no-')] : [flag];

/** Gives each option its flag; what the command line has itself becomes --arg-…, which is said. */
export function giveFlags(parameters: Parameter[]): string[] {
  const notes: string[] = [];
  for (const parameter of parameters) {
    if (parameter.typed !== 'option') continue;
    const flag = flagOf(parameter.name);
    const clash = spelled(flag, parameter).find((each) => taken.has(each));
    parameter.flag = clash ? flag.replace('--', '--arg-') : flag;
    if (clash) notes.push(`${parameter.name} is given with ${parameter.flag}: ${clash} is taken by every subcommand`);
  }
  return notes;
}

/** Two parameters that one flag would give, and the flag. */
export function clash(parameters: readonly Parameter[]): [Parameter, Parameter, string] | undefined {
  const seen = new Map<string, Parameter>();
  for (const parameter of parameters) {
    if (!parameter.flag) continue;
    for (const flag of spelled(parameter.flag, parameter)) {
      const other = seen.get(flag);
      if (other) return [other, parameter, flag];
      seen.set(flag, parameter);
    }
  }
  return undefined;
}
