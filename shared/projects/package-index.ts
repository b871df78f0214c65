import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type KfError, usageError } from '../cli/errors.ts';
import { load } from '../kube/yaml-load.ts';
import { kustomizationNames } from '../manifest/load.ts';
import { isRecord } from '../manifest/manifest.ts';
import { oneLine } from '../view/text.ts';

/** In the root of a repository: which of its folders are packages, and what they are called. */
export const indexName = 'kf-packages.yaml';

/**
 * ```yaml
 * packages:
 *   - name: mlflow              # what it is called in a project: kubectl kf remove mlflow
 *     path: packages/mlflow     # a kustomize directory
 *     description: keeps track of experiments
 *   - name: iap
 *     path: packages/iap
 *     proxy: true               # the identity-aware proxy: only with -i, and before the others
 * ```
 */
export interface PackageEntry {
  name: string;
  /** Inside the repository. */
  path: string;
  description: string;
  /** The identity-aware proxy, which stands in front of the others. */
  proxy: boolean;
}

const most = 50;

/** @param folder the repository, checked out. KfError (usage) where it has no index, or one that is not as it should be. */
export function readIndex(folder: string, repository: string): PackageEntry[] {
  const file = join(folder, indexName);
  const wrong = (what: string): KfError => usageError(`${indexName} of ${oneLine(repository)}: ${what}`, howTo);
  if (!existsSync(file))
    throw usageError(`${oneLine(repository)} has no ${indexName}, which names its packages`, howTo);
  let parsed: unknown;
  try {
    parsed = load(readFileSync(file, 'utf8'));
  } catch (error) {
    throw wrong(`not YAML: ${oneLine((error as { reason?: string }).reason ?? (error as Error).message)}`);
  }
  const list = isRecord(parsed) ? parsed.packages : undefined;
  if (!Array.isArray(list) || list.length === 0) throw wrong('it has no list "packages"');
  if (list.length > most) throw wrong(`${list.length} packages; at most ${most}`);
  const entries = list.map((each, i) => entry(each, (what) => wrong(`package ${i + 1}: ${what}`)));
  const twice = entries.find(({ name }, i) => entries.findIndex((other) => other.name === name) !== i);
  if (twice) throw wrong(`two packages are called ${twice.name}`);
  for (const { name, path } of entries) {
    const there = kustomizationNames.some((each) => existsSync(join(folder, path, each)));
    if (!there) throw wrong(`package ${name}: ${oneLine(path)} is no kustomize directory`);
  }
  // In front of the others.
  return entries.sort((a, b) => Number(b.proxy) - Number(a.proxy));
}

const howTo = 'as in packages: [{name: mlflow, path: packages/mlflow, description: …}]';
const known = ['name', 'path', 'description', 'proxy'];

function entry(value: unknown, wrong: (what: string) => KfError): PackageEntry {
  if (!isRecord(value)) throw wrong('not a mapping');
  const { name, path, description = '', proxy = false } = value;
  const strange = Object.keys(value).find((key) => !known.includes(key));
  if (strange !== undefined) throw wrong(`"${oneLine(strange)}" is none of ${known.join(', ')}`);
  if (typeof name !== 'string' || !/^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name)) {
    throw wrong('its name must be small letters, digits and dashes, at most 40');
  }
  if (typeof path !== 'string' || path === '' || path.startsWith('/') || /(^|[\\/])\.\.([\\/]|$)/.test(path)) {
    throw wrong('its path must be a folder in the repository');
  }
  if (typeof description !== 'string') throw wrong('its description must be text');
  if (typeof proxy !== 'boolean') throw wrong('proxy must be true or false');
  return { name, path, description, proxy };
}
