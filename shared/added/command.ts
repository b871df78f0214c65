import { type CommandClass, Option } from 'clipanion';
import { KubeCommand } from '../cli/command.ts';
import type { Context } from '../cli/context.ts';
import { usageError } from '../cli/errors.ts';
import type { Completer } from '../completion/table.ts';
import type { Kube, KubeFlags } from '../kube/kube.ts';
import type { Call, Found, Parameter, Where } from '../registry/entry.ts';
import { type Format, formats, isFormat, oneOf } from '../view/print.ts';
import { oneLine } from '../view/text.ts';
import { parameterText } from './help.ts';
import { unmarked } from './typed.ts';
import { callOf, type Typed } from './values.ts';

/** A command line that fits a subcommand's parameters. */
export interface Ready {
  context: Context;
  call: Call;
  /** All words for the program itself, as bash and Go take them. */
  flags: KubeFlags;
  kube(): Promise<Kube>;
  where: Where;
  trust: string | undefined;
  image: string | undefined;
  output: Format | undefined;
}

/** Where clipanion keeps a parameter's option: no member of a command is called so. */
const keyOf = ({ name }: Parameter) => `=${name}`;

/**
 * A subcommand as a command like any other: its options, words and help come from its parameters.
 * @param run is given what was typed, once it fits
 */
export function commandFor(
  { subcommand, level, namespace }: Found,
  run: (ready: Ready) => Promise<number>,
): CommandClass<Context> {
  const { metadata, spec } = subcommand;
  const { parameters, runs } = spec;
  const returns = spec.runtime === 'python';

  return class Added extends KubeCommand {
    static override paths = [[metadata.name]];
    static override usage = { description: oneLine(spec.summary) };
    static override completes = {
      ...Object.fromEntries(parameters.map((each) => [keyOf(each), completerOf(each)])),
      ...{ output: formats, where: runs, trust: 'none' as const, image: 'none' as const },
    };

    constructor() {
      super();
      for (const each of parameters) Object.assign(this, { [keyOf(each)]: optionOf(each) });
      const own = {
        ...(returns ? { output: outputOption() } : {}),
        ...(runs.length > 1 ? { where: whereOption(runs) } : {}),
        ...(runs.includes('cluster') ? { image: imageOption() } : {}),
        trust: trustOption(),
      };
      Object.assign(this, own);
    }

    async execute(): Promise<number> {
      const own = this as unknown as Record<string, unknown> &
        Partial<Pick<Ready, 'where' | 'trust' | 'image' | 'output'>>;
      const call = callOf(spec, (each) => typedOf(own[keyOf(each)]));
      const kube = () => this.kube();
      // The project was read out of the words before it was known which of them are values.
      if (level === 'project' && (await kube()).namespace !== namespace)
        throw usageError(
          '-n, --context and the like can not be told from values here',
          'write --option=value for each',
        );
      const { where = runs[0] ?? 'local', trust, image, output } = own;
      return run({ context: this.context, call, flags: this.flags(), kube, where, trust, image, output });
    }
  };
}

function typedOf(given: unknown): Typed {
  if (typeof given === 'string') return unmarked(given);
  return Array.isArray(given) ? given.map((each: string) => unmarked(each)) : (given as Typed);
}

/** What clipanion is told of a parameter. */
function optionOf(parameter: Parameter): unknown {
  const { typed, flag, name, type, required } = parameter;
  if (typed === 'word') return Option.String({ name, required });
  if (typed === 'words') return Option.Rest({ name, required: required ? 1 : 0 });
  // Without a word on it an option would be left out of the help.
  const description = parameterText(parameter) || (type === 'boolean' ? '(a switch)' : '(text)');
  if (type === 'boolean') return Option.Boolean(flag!, { description, ...(required ? { required } : {}) });
  if (type === 'list' || type === 'map') return Option.Array(flag!, { description, ...(required ? { required } : {}) });
  return Option.String(flag!, { description, ...(required ? { required } : {}) });
}

function completerOf({ choices, type, items }: Parameter): Completer {
  if (choices) return choices.map(String);
  const kind = type === 'list' ? items : type;
  return kind === 'path' ? 'file' : kind === 'boolean' ? ['true', 'false'] : 'none';
}

const outputOption = () =>
  Option.String('-o,--output', {
    validator: isFormat,
    description: 'how what it returns is printed: table, wide, json, yaml or name',
  });
const whereOption = (runs: readonly Where[]) =>
  Option.String('--where', {
    validator: oneOf(runs),
    description: `where it runs: ${runs.join(' or ')} (default ${runs[0]})`,
  });
const imageOption = () => Option.String('--image', { description: 'the image that it runs in, in the cluster' });
const trustOption = () => Option.String('--trust', { description: 'run it without a question if this is its digest' });
