/** Kinds of reasons, as `status -o json` gives them: words that programs may rely on. */
export const reasonCodes = [
  'admission',
  'config',
  'controller',
  'crash',
  'deleting',
  'evicted',
  'gate',
  'image',
  'memory',
  'mount',
  'node',
  'placement',
  'queue',
  'quota',
  'resources',
  'runtime',
  'start',
  'starting',
  'suspended',
  'volume',
] as const;
export type ReasonCode = (typeof reasonCodes)[number];

/** Why something waits or failed, for people and for programs. */
export interface Reason {
  code: ReasonCode;
  /** In plain words: `not enough memory (asks 8Gi, node1 has 5.2Gi free)`. */
  text: string;
  /** What a person can do about it; '' where that is nothing, or where nobody can tell. */
  remedy: string;
}

export const reason = (code: ReasonCode, text: string, remedy = ''): Reason => ({ code, text, remedy });
