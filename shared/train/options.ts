import { usageError } from '../cli/errors.ts';
import { parseQuantity } from '../resources/quantity.ts';

/** The flags of `train <name> <script>`, as typed. */
export interface CodeFlags {
  runtime?: string | undefined;
  nodes?: string | undefined;
  gpus?: string | undefined;
  cpus?: string | undefined;
  memory?: string | undefined;
  env?: string[] | undefined;
  packages?: string[] | undefined;
  image?: string | undefined;
  entry?: string | undefined;
  args?: string[] | undefined;
}

/** The same, checked. */
export interface CodeOptions {
  runtime: string | undefined;
  nodes: number | undefined;
  /** For each node, limits and requests alike: `{ cpu: '2', memory: '8Gi', 'nvidia.com/gpu': '1' }`. */
  resources: Record<string, string>;
  env: { name: string; value: string }[];
  packages: string[];
  image: string | undefined;
  args: string[];
}

const flagNames = ['runtime', 'nodes', 'gpus', 'cpus', 'memory', 'env', 'packages', 'image', 'entry', 'args'] as const;
const typed: Partial<Record<keyof CodeFlags, string>> = { packages: '--package' };

/** The flags that were given, as a person would type them. */
export function givenFlags(flags: CodeFlags): string[] {
  return flagNames
    .filter((name) => flags[name] !== undefined && !(Array.isArray(flags[name]) && flags[name].length === 0))
    .map((name) => (name === 'args' ? `arguments (${flags.args?.join(' ')})` : (typed[name] ?? `--${name}`)));
}

/** Checks each flag by itself. Throws KfError (2) that names the flag. */
export function codeOptions(flags: CodeFlags): CodeOptions {
  return {
    runtime: flags.runtime,
    nodes: flags.nodes === undefined ? undefined : wholeNumber('--nodes', flags.nodes),
    resources: resources(flags),
    env: environment(flags.env ?? []),
    packages: (flags.packages ?? []).map(requirement),
    image: image(flags.image),
    args: flags.args ?? [],
  };
}

function wholeNumber(flag: string, text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 10_000) {
    throw usageError(`${flag} takes a whole number from 1, not "${text}"`);
  }
  return value;
}

function resources({ cpus, memory, gpus }: CodeFlags): Record<string, string> {
  const out: Record<string, string> = {};
  if (cpus !== undefined) out.cpu = quantity('--cpus', cpus, '2 or 500m');
  if (memory !== undefined) {
    out.memory = quantity('--memory', memory, '8Gi');
    if (parseQuantity(memory)! < 1 << 20) {
      throw usageError(
        `--memory ${memory} is less than a mebibyte`,
        `for gibibytes: --memory ${memory.replace(/\D/g, '') || '8'}Gi`,
      );
    }
  }
  if (gpus !== undefined) {
    const [, resource = 'nvidia.com/gpu', count = ''] = /^(?:([^=]+)=)?(.*)$/.exec(gpus) ?? [];
    if (!/^[a-z0-9.-]+\/[A-Za-z0-9._-]+$/.test(resource)) {
      throw usageError(`--gpus takes a number, or <resource>=<number>, not "${gpus}"`, 'as in --gpus amd.com/gpu=2');
    }
    out[resource] = String(wholeNumber('--gpus', count));
  }
  return out;
}

function quantity(flag: string, text: string, example: string): string {
  const value = /^[\d.]/.test(text) ? parseQuantity(text) : undefined;
  if (value === undefined || value <= 0) {
    const meant = /^([\d.]+)\s*(g|gb|gib|m|mb|mib)$/i.exec(text);
    const unit = meant?.[2]?.toLowerCase().startsWith('g') ? 'Gi' : 'Mi';
    throw usageError(
      `${flag} takes a quantity such as ${example}, not "${text}"`,
      meant ? `did you mean ${meant[1]}${unit}?` : undefined,
    );
  }
  return text;
}

/** What Trainer's own plugins set (pkg/constants, reserved env names): the webhook refuses them. */
const reserved =
  /^(?:PET_(?:NNODES|NPROC_PER_NODE|NODE_RANK|MASTER_ADDR|MASTER_PORT)|DMLC_(?:TRACKER_URI|TRACKER_PORT|TASK_ID|NUM_WORKER))$/;

function environment(list: readonly string[]): CodeOptions['env'] {
  const seen = new Map<string, string>();
  for (const word of list) {
    const at = word.indexOf('=');
    if (at < 1) throw usageError(`--env takes NAME=value, not "${word}"`);
    const name = word.slice(0, at);
    if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(name)) throw usageError(`--env: "${name}" is no name for a variable`);
    if (reserved.test(name)) throw usageError(`--env: ${name} is set by the runtime`, 'the number of nodes is --nodes');
    seen.set(name, word.slice(at + 1));
  }
  return [...seen].map(([name, value]) => ({ name, value }));
}

/** A requirement goes to pip as one word; its options would be another thing. */
function requirement(text: string): string {
  if (/^[\s-]/.test(text) || text.trim() === '' || /[\0\n\r]/.test(text)) {
    throw usageError(`--package takes what pip installs, such as numpy or "torch>=2.4", not "${text}"`);
  }
  return text;
}

function image(text: string | undefined): string | undefined {
  if (text !== undefined && (/\s/.test(text) || text === ''))
    throw usageError(`--image takes an image's name, not "${text}"`);
  return text;
}
