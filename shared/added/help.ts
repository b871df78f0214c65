import { Cli, type Command, type CommandClass } from 'clipanion';
import type { Context } from '../cli/context.ts';
import { columns, commandHelp } from '../cli/help.ts';
import { addedBy, type Found, type Parameter, type Requirement } from '../registry/entry.ts';
import { requirementText } from '../registry/requirement.ts';
import { oneLine, safe } from '../view/text.ts';
import { scalars } from './values.ts';

/** What a parameter takes, in a line: its help, type, choices and default. */
export function parameterText(parameter: Parameter): string {
  const { help, type, items = 'text', choices, required, typed, optional, flag } = parameter;
  const facts: string[] = [];
  const scalar = type === 'list' || type === 'map' ? items : type;
  if (choices) facts.push(choices.map((each) => oneLine(String(each))).join(' | '));
  else if (type === 'map') facts.push(scalar === 'text' ? 'key=value' : `key=value: ${scalars[scalar].what}`);
  else if (scalar !== 'text' && type !== 'boolean')
    facts.push(scalars[scalar].what.replace(/^an? (?=whole|number|path)/, ''));
  else if (type === 'boolean' && typed !== 'option') facts.push(scalars.boolean.what);
  if (typed === 'option' && (type === 'list' || type === 'map')) facts.push('may be repeated');
  const usual = defaultText(parameter);
  if (typed === 'option' && required) facts.push('required');
  else if (type === 'boolean' && usual === 'true')
    facts.push(`default true; ${flag?.replace(/^--/, '--no-')} for false`);
  else if (usual !== undefined && !(type === 'boolean' && usual === 'false') && !(optional && usual === 'None'))
    facts.push(`default ${usual}`);
  return [help ? oneLine(help) : '', facts.length > 0 ? `(${facts.join('; ')})` : ''].filter(Boolean).join(' ');
}

/** The default as a person would type it, or as the source has it. */
function defaultText({ default: value, defaultText: source }: Parameter): string | undefined {
  if (value === undefined) return source === undefined ? undefined : oneLine(source);
  if (value === null) return undefined;
  if (typeof value === 'string') return value === '' ? undefined : oneLine(value);
  if (Array.isArray(value)) return value.length > 0 ? value.map((each) => oneLine(String(each))).join(', ') : undefined;
  const text = JSON.stringify(value);
  return text === '{}' ? undefined : oneLine(text);
}

/** The page of an added verb, in the form of a built-in's. `lacks` undefined: it could not be asked what the person may. */
export function addedHelp(
  found: Found,
  Class: CommandClass<Context>,
  lacks: readonly Requirement[] | undefined,
): string {
  const [definition] = Cli.from<Context>([Class as CommandClass<Context> & (new () => Command<Context>)], {
    binaryName: 'kubectl kf',
    enableColors: false,
  }).definitions();
  const { spec } = found.subcommand;
  const words = spec.parameters.filter(({ typed }) => typed !== 'option');
  const parts = [
    spec.description ? safe(spec.description).trim() : '',
    words.length > 0 ? `Words:\n${columns(words.map((each) => [each.name, parameterText(each)]))}` : '',
    about(found, lacks),
  ];
  return commandHelp({ ...definition!, details: parts.filter(Boolean).join('\n\n') });
}

/** Who added it, what it is, what it needs, and why it is not for the person. */
function about(found: Found, lacks: readonly Requirement[] | undefined): string {
  const { metadata, spec } = found.subcommand;
  const { replaces, version, digest, runs, requires } = spec;
  const lines = [`${originOf(found)}; version ${oneLine(version)}, ${digest}.`];
  const places = runs.map((where) => (where === 'local' ? 'on this machine' : 'in the cluster')).join(' or ');
  lines.push(
    `It runs ${places}${requires.length > 0 ? `, and needs ${requires.map(requirementText).join(', ')}` : ''}.`,
  );
  if (replaces) lines.push(`It replaces the built-in ${metadata.name}, which --builtin runs.`);
  if (lacks?.length) lines.push(`Not for you as things are: you may not ${lacks.map(requirementText).join(', ')}.`);
  return lines.map(oneLine).join('\n');
}

/** `Added by bob@x.org to project team-a`. */
export function originOf({ level, namespace, subcommand }: Found): string {
  const by = subcommand.metadata.annotations?.[addedBy];
  const place = level === 'personal' ? 'your own' : level === 'cluster' ? 'the cluster' : `project ${namespace}`;
  if (level === 'personal') return 'One of your own';
  return oneLine(`Added${by ? ` by ${by}` : ''} to ${place}`);
}
