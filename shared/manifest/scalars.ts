/**
 * Plain scalars as kubectl reads them: sigs.k8s.io/yaml, that is go.yaml.in/yaml/v2 (resolve.go). YAML 1.1's words for
 * booleans and its octals, but neither its base 60 numbers nor its dates, which stay text.
 */
const words = new Map<string, boolean | null>([
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((w) => [w, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((w) => [w, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map((w) => [w, null] as const),
]);
const goInt = /^[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]+|0|[1-9][0-9]*)$/;
const goFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const notANumber = /^(?:\.nan|\.NaN|\.NAN|[-+]?\.(?:inf|Inf|INF))$/;
const int64Least = -(2n ** 63n);
const uint64Most = 2n ** 64n - 1n;

/** A value that JSON has no word for. */
export const unspeakable: unique symbol = Symbol('not a JSON value');

/**
 * What an untagged plain scalar means: text, boolean, null, a number, or a bigint where a double would lose digits.
 * {@link unspeakable} for infinities and NaN.
 */
export function plainScalar(text: string): string | number | bigint | boolean | null | typeof unspeakable {
  const word = words.get(text);
  if (word !== undefined) return word;
  const first = text.charCodeAt(0);
  const numeric = first === 0x2b || first === 0x2d || first === 0x2e || (first >= 0x30 && first <= 0x39);
  if (!numeric) return text;
  if (notANumber.test(text)) return unspeakable;
  const plain = first === 0x2e ? text : text.replaceAll('_', '');
  const integer = first === 0x2e ? undefined : goInteger(plain);
  if (integer !== undefined) return integer;
  if (!goFloat.test(plain)) return text;
  const float = Number(plain);
  return Number.isFinite(float) ? float : text;
}

function goInteger(plain: string): number | bigint | undefined {
  if (!goInt.test(plain)) return undefined;
  const unsigned = plain.replace(/^[-+]/, '').toLowerCase();
  const size = BigInt(/^0[0-7]+$/.test(unsigned) ? `0o${unsigned.slice(1)}` : unsigned);
  const value = plain.startsWith('-') ? -size : size;
  if (value < int64Least || value > uint64Most) return undefined;
  return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER ? Number(value) : value;
}

/** JSON text with bigints written digit by digit. */
export function toJson(value: unknown, indent?: number): string {
  const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };
  return JSON.stringify(value, (_, item) => (typeof item === 'bigint' ? rawJSON(item.toString()) : item), indent);
}
