import { readdirSync, readFileSync } from 'node:fs';
import type { KubeObject } from '../../../shared/kube/kube.ts';
import type { Pod } from '../../../shared/resources/pod.ts';

/** A job and its pods, as the real controllers wrote them on the tests' cluster. */
export interface Captured {
  job: KubeObject;
  pods: Pod[];
}

const folder = new URL('objects/', import.meta.url);

export const captured = (name: string): Captured =>
  JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Captured;

export const allCaptured = (): string[] =>
  readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => file.replace(/\.json$/, ''));
