import { oneLine } from '../view/text.ts';
import type { Parameter, ParameterType, ScalarType, Version } from './entry.ts';
import { requirementText } from './requirement.ts';

type Understood = Pick<
  Version,
  'runtime' | 'handler' | 'calling' | 'parameters' | 'requires' | 'runs' | 'dependencies' | 'python' | 'image'
>;

/** What was understood of a source, as `add` shows it: its parameters, where it runs, what it needs. */
export function understoodLines(name: string, from: string, version: Understood): string[] {
  const rows = version.parameters.map((each): [string, string] => [oneLine(typed(each)), oneLine(taken(each))]);
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return [
    `${name}   from ${oneLine(`${from} (${program(version)})`)}`,
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    oneLine(surroundings(version)),
  ];
}

function program({ runtime, handler, calling }: Understood): string {
  if (runtime !== 'python') return runtime === 'go' ? 'Go program' : 'bash script';
  const called = handler.split('.').at(-1);
  return calling === 'event' ? `def ${called}(event, context), python, as Kubeless calls it` : `def ${called}, python`;
}

const typed = ({ name, typed: how, flag }: Parameter): string =>
  how === 'option' ? (flag ?? name) : how === 'words' ? `${name}…` : name;

const words: Record<ScalarType, string> = {
  text: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true | false',
  path: 'path',
  date: 'date',
  datetime: 'date and time',
  json: 'JSON',
};

const scalar = (type: ParameterType | undefined) => words[(type ?? 'text') as ScalarType] ?? 'text';

function kind({ type, items, typed: how, choices }: Parameter): string {
  if (choices) return choices.map(String).join(' | ');
  if (type === 'map') return `key=${scalar(items)}, repeated`;
  if (type === 'list') return how === 'words' ? scalar(items) : `${scalar(items)}, repeated`;
  return type === 'boolean' && how === 'option' ? 'switch' : scalar(type);
}

/** `whole number, 10`; an empty text shows as "". */
function taken(parameter: Parameter): string {
  const { required, default: literal, defaultText, typed: how } = parameter;
  const value = defaultText ?? (literal === undefined || literal === null ? undefined : shown(literal));
  const rest = required ? 'required' : (value ?? (how === 'words' ? undefined : 'none unless given'));
  return [kind(parameter), ...(rest === undefined ? [] : [rest])].join(', ');
}

const shown = (value: unknown) => (typeof value === 'string' && value !== '' ? value : JSON.stringify(value));

function surroundings({ runs, requires, dependencies, python, image }: Understood): string {
  const where = runs.map((each) => (each === 'local' ? 'here' : 'in the cluster')).join(' or ');
  const uses = [...(python ? [`Python ${python}`] : []), ...(dependencies ?? [])];
  return [
    `runs ${where}`,
    ...(requires.length > 0 ? [`needs: ${requires.map(requirementText).join('; ')}`] : []),
    ...(uses.length > 0 ? [`uses: ${uses.join(', ')}`] : []),
    ...(image ? [`image: ${image}`] : []),
  ].join('; ');
}
