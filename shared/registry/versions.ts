import { Exit, KfError, usageError } from '../cli/errors.ts';
import { byText } from '../resources/order.ts';
import { oneLine } from '../view/text.ts';
import type { SubcommandSpec, Version } from './entry.ts';
import { mostHistory, mostSource, versionPattern } from './schema.ts';

/** Of the whole spec, as JSON: an object that etcd takes (1.5 MiB), with room for what the server adds. */
export const mostSpecBytes = 1_200_000;

const semantic = new RegExp(versionPattern);

/** Before, the same or after, as semantic versions go: a pre-release is before its release. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [semantic.exec(a), semantic.exec(b)];
  if (!left || !right) return left ? 1 : right ? -1 : byText(a, b);
  for (const i of [1, 2, 3]) {
    const order = Number(left[i]) - Number(right[i]);
    if (order !== 0) return order;
  }
  return comparePreRelease(left[4]?.slice(1), right[4]?.slice(1));
}

/** Semantic Versioning 2.0.0, 11: by its parts, numbers before words. */
function comparePreRelease(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0;
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1;
  const [left, right] = [a.split('.'), b.split('.')];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [x, y] = [left[i], right[i]];
    if (x === y) continue;
    if (x === undefined || y === undefined) return x === undefined ? -1 : 1;
    const [m, n] = [/^\d+$/.test(x), /^\d+$/.test(y)];
    if (m !== n) return m ? -1 : 1;
    return m ? Number(x) - Number(y) : x < y ? -1 : 1;
  }
  return 0;
}

/** The one that runs and those beside it. */
export const allVersions = (spec: SubcommandSpec): Version[] => [versionOf(spec), ...(spec.history ?? [])];

/** A version without what the spec has beside it. */
export function versionOf(spec: SubcommandSpec): Version {
  const { replaces: _r, pinned: _p, history: _h, ...version } = spec;
  return version;
}

const highest = (spec: SubcommandSpec): string =>
  allVersions(spec)
    .map(({ version }) => version)
    .sort(compareVersions)
    .at(-1)!;

/**
 * What the next version is called: as its header says, otherwise the next minor one. A version that is known never gets another
 * digest, so a header that was left as it was is refused.
 * @param said the header's
 */
export function nextVersion(name: string, spec: SubcommandSpec, said: string | undefined): string {
  const last = highest(spec);
  if (said === undefined) return bump(last);
  if (!semantic.test(said)) {
    throw usageError(`"${oneLine(said)}" is no version`, 'three numbers, as in 0.2.0');
  }
  const known = allVersions(spec).some(({ version }) => version === said);
  if (known || compareVersions(said, last) < 0) {
    throw usageError(
      known ? `${name} ${said} is known with another source` : `${name} ${said} would come before ${last}`,
      `set a higher version in its header (version = "${bump(last)}"), or leave it out there and it is counted up`,
    );
  }
  return said;
}

function bump(version: string): string {
  const match = semantic.exec(version);
  return match ? `${match[1]}.${Number(match[2]) + 1}.0` : '0.1.0';
}

/** The version of a first one. */
export const firstVersion = '0.1.0';

/**
 * The spec with this version as the one that runs; the one before it goes to the history, newest first.
 * @returns what fell out of the history too: more than {@link mostHistory}, or too large in all
 */
export function withVersion(spec: SubcommandSpec, version: Version): { spec: SubcommandSpec; dropped: string[] } {
  const history = allVersions(spec)
    .filter((each) => each.version !== version.version)
    .sort((a, b) => compareVersions(b.version, a.version));
  const rest = {
    ...(spec.replaces === undefined ? {} : { replaces: spec.replaces }),
    ...(spec.pinned === undefined ? {} : { pinned: spec.pinned }),
  };
  const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  let room = mostSpecBytes - bytes(version);
  let source = mostSource;
  const kept: Version[] = [];
  for (const each of history) {
    room -= bytes(each) + 1;
    source -= sourceSize(each);
    if (kept.length === mostHistory || room < 0 || source < 0) break;
    kept.push(each);
  }
  return {
    spec: { ...version, ...rest, ...(kept.length > 0 ? { history: kept } : {}) },
    dropped: history.slice(kept.length).map((each) => each.version),
  };
}

const sourceSize = ({ files }: Version) => Object.values(files).reduce((sum, text) => sum + text.length, 0);

/** The version of this number. KfError (3) where it is not known, with those that are. */
export function findVersion(name: string, spec: SubcommandSpec, wanted: string): Version {
  const all = allVersions(spec);
  const found = all.find(({ version }) => version === wanted);
  if (found) return found;
  throw new KfError(Exit.notFound, `${name} has no version "${oneLine(wanted)}"`, {
    hint: `there are: ${all.map(({ version }) => version).join(', ')}`,
  });
}

/** What `rollback` goes back to: the highest version below the one that runs. */
export function versionBefore(name: string, spec: SubcommandSpec): Version {
  const before = (spec.history ?? [])
    .filter(({ version }) => compareVersions(version, spec.version) < 0)
    .sort((a, b) => compareVersions(b.version, a.version))[0];
  if (before) return before;
  throw new KfError(Exit.notFound, `${name} ${spec.version} has no version before it`, {
    hint: 'only versions that upgrade put aside can be rolled back to',
  });
}
