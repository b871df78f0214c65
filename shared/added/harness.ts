import type { Call, Json, Outcome, SubcommandSpec } from '../registry/entry.ts';
import { pythonText } from './python-text.ts';

/** Put in by the build (scripts/build): the text of {@link harnessText}. */
declare const KF_HARNESS: string | undefined;

/** How Python is started: nobody's settings and packages but those of its own environment, and no bytecode beside the source. */
export const pythonFlags = (packages: boolean): string[] => ['-I', ...(packages ? [] : ['-S']), '-B', '-X', 'utf8'];

/** The exit code of a harness that did not run the function, because Python's version is none that it takes. */
export const unsuitableCode = 3;

/** What runs a Python function. */
export async function harnessText(): Promise<string> {
  if (typeof KF_HARNESS === 'string') return KF_HARNESS;
  return pythonText('harness', ['values', 'result', 'others']);
}

/** Where the outcome goes: a file, or the end of stdout after a nonce of at least 128 bits. */
export type ResultPlace = { file: string } | { frame: string };

/**
 * The call as the harness takes it.
 * @param folder holds the subcommand's files, as the harness sees them
 * @param packages whether it runs in an environment with packages of its own
 */
export function harnessCall(
  name: string,
  spec: Pick<SubcommandSpec, 'handler' | 'python' | 'calling' | 'parameters'>,
  call: Call,
  place: { folder: string; result: ResultPlace; packages?: boolean },
): string {
  const parameters = spec.parameters.map(({ name, type, items, enum: of, passed }) => ({
    name,
    type,
    items,
    enum: of,
    passed,
  }));
  const { handler, python, calling } = spec;
  const whole = { name, handler, python, calling, parameters, values: call.values, ...place };
  return JSON.stringify(whole, (_key, value: unknown) => (typeof value === 'bigint' ? rawJson(String(value)) : value));
}

/** A whole number of any size (ES2026's JSON.rawJSON, which Node has). */
export const rawJson = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;

/** What the harness wrote: what the function returned, or the Python that is unsuitable. Nothing where it returned None. */
export function readOutcome(text: string): { result?: NonNullable<Outcome['result']>; unsuitable?: string } {
  if (text === '') return {};
  const read = JSON.parse(text, exact) as { value?: Json; unsuitable?: string };
  return read.unsuitable === undefined ? { result: { value: read.value ?? null } } : { unsuitable: read.unsuitable };
}

/** Whole numbers that are larger than JavaScript's are exact stay whole. */
function exact(_key: string, value: unknown, { source = '' }: { source?: string } = {}): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? BigInt(source) : value;
}
