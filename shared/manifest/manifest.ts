import type { KubeObject } from '../kube/kube.ts';
import type { Path } from './path.ts';
import type { Place, Problem, Source } from './source.ts';
import { parseYaml } from './yaml.ts';

/** One API object of a source. */
export interface Manifest {
  /** Raw: integers beyond a double's digits are bigints (scalars.ts, toJson). */
  object: KubeObject;
  /** Undefined for what no file holds: objects that the command made itself. */
  place(path: Path, of?: 'name' | 'value'): Place | undefined;
}

/** Every object in the sources, Lists taken apart; what is no object comes as a problem. */
export function manifestsIn(sources: readonly Source[]): { manifests: Manifest[]; problems: Problem[] } {
  const manifests: Manifest[] = [];
  const problems: Problem[] = [];
  for (const source of sources) {
    const parsed = parseYaml(source);
    problems.push(...parsed.problems);
    if (parsed.problems.length === 0 && parsed.documents.length === 0) {
      problems.push({ message: `${source.name} is empty: it has no Kubernetes object` });
    }
    for (const document of parsed.documents) add(document.value, [], document.place, manifests, problems);
  }
  return { manifests, problems };
}

function add(value: unknown, base: Path, place: Manifest['place'], manifests: Manifest[], problems: Problem[]): void {
  const here: Manifest['place'] = (path, of) => place([...base, ...path], of);
  const wrong = (message: string, path: Path = []) => problems.push({ place: here(path), message });
  if (!isRecord(value)) {
    wrong('not a Kubernetes object: it must be a mapping with apiVersion and kind');
    return;
  }
  for (const field of ['apiVersion', 'kind'] as const) {
    if (value[field] === undefined || value[field] === null || value[field] === '') {
      wrong(`not a Kubernetes object: ${field} is missing`);
      return;
    }
    if (typeof value[field] !== 'string') {
      wrong(`${field} must be text`, [field]);
      return;
    }
  }
  if (String(value.kind).endsWith('List') && Array.isArray(value.items)) {
    value.items.forEach((item, i) => {
      add(item, [...base, 'items', i], place, manifests, problems);
    });
    return;
  }
  if (value.metadata === undefined || value.metadata === null) value.metadata = {};
  if (!isRecord(value.metadata)) {
    wrong('metadata must be a mapping', ['metadata']);
    return;
  }
  for (const field of ['name', 'namespace'] as const) {
    const text = value.metadata[field];
    if (text === undefined || typeof text === 'string') continue;
    wrong(`metadata.${field} must be text: put it in quotes`, ['metadata', field]);
    return;
  }
  for (const field of ['labels', 'annotations'] as const) {
    const map = value.metadata[field];
    if (map === undefined || map === null) {
      delete value.metadata[field];
      continue;
    }
    const bad = isRecord(map) ? Object.entries(map).find(([, text]) => typeof text !== 'string') : undefined;
    if (isRecord(map) && !bad) continue;
    const path: Path = bad ? ['metadata', field, bad[0]] : ['metadata', field];
    wrong(
      bad
        ? `metadata.${field}: the value of ${bad[0]} must be text: put it in quotes`
        : `metadata.${field} must be a mapping`,
      path,
    );
    return;
  }
  manifests.push({ object: value as unknown as KubeObject, place: here });
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
