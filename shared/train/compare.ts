import type { KubeObject } from '../kube/kube.ts';
import { isRecord } from '../manifest/manifest.ts';
import { type Path, pathText } from '../manifest/path.ts';
import { clip, oneLine } from '../view/text.ts';
import { codeAnnotation } from './trainjob-template.ts';

export interface Difference {
  path: Path;
  before: unknown;
  after: unknown;
}

/** What the server keeps itself: no difference of the person's making. */
const kept = new Set(['resourceVersion', 'managedFields', 'generation', 'creationTimestamp', 'uid', 'selfLink']);

/** How two states of an object differ, less what the server keeps: status, versions, managers. */
export function differences(before: KubeObject, after: KubeObject): Difference[] {
  const { status: _a, metadata: was, ...a } = before;
  const { status: _b, metadata: is, ...b } = after;
  const plain = (metadata: object) => Object.fromEntries(Object.entries(metadata).filter(([name]) => !kept.has(name)));
  return veiled(after.kind, compare({ ...a, metadata: plain(was) }, { ...b, metadata: plain(is) }, []));
}

/** What of `wanted` is not so in the live object; what `wanted` leaves open is not looked at. */
export function unmet(live: KubeObject, wanted: KubeObject): Difference[] {
  return veiled(wanted.kind, compare(live, wanted, [], true));
}

/** Secrets are not told on a screen: that they differ is. */
function veiled(kind: string, list: Difference[]): Difference[] {
  if (kind !== 'Secret') return list;
  const secret = ({ path }: Difference) => path[0] === 'data' || path[0] === 'stringData';
  return list.map((one) => (secret(one) ? { path: one.path.slice(0, 2), before: 'one', after: 'another' } : one));
}

function compare(before: unknown, after: unknown, path: Path, partly = false): Difference[] {
  if (Object.is(before, after)) return [];
  if (isRecord(before) && isRecord(after)) {
    const names = partly ? Object.keys(after) : [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((name) => compare(before[name], after[name], [...path, name], partly));
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    return after.flatMap((item, i) => compare(before[i], item, [...path, i], partly));
  }
  if (typeof before === 'bigint' || typeof after === 'bigint') {
    return Number(before) === Number(after) ? [] : [{ path, before, after }];
  }
  return [{ path, before, after }];
}

const codeHash = codeAnnotation.sha256;

/** `spec.trainer.numNodes: 2 → 4`, a line each; the code's own wiring shows as `code: train.py changed`. */
export function differenceLines(list: readonly Difference[], most = 8): string[] {
  const code = list.some(({ path }) => path.at(-1) === codeHash);
  const wiring = /^spec\.(?:runtimePatches|podTemplateOverrides|podSpecOverrides)\b/;
  const args = list.some(({ path }) => pathText(path).startsWith('spec.trainer.args'));
  const shown = list
    .filter(({ path }) => !(args && path.at(-1) === codeAnnotation.args))
    .filter(({ path }) => !(code && (path.at(-1) === codeHash || wiring.test(pathText(path)))));
  const lines = shown
    .slice(0, most)
    .map(({ path, before, after }) => `${pathText(path)}: ${word(before)} → ${word(after)}`);
  if (code) lines.unshift('code: changed');
  if (shown.length > most) lines.push(`and ${shown.length - most} more`);
  return lines;
}

function word(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'string' && /^[\w./:@%+-]+$/.test(value) ? value : JSON.stringify(value, big);
  return clip(oneLine(text), 60);
}

const big = (_: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);
