/** Manifests and scripts that the tests of train <name> <input> write. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from '../support/suite.ts';
import { kubectl, trainRuntime } from './index.ts';

/** A job that ends at once, `sleep` seconds later. */
export const job = (
  name = 'digits',
  { sleep = 0, nodes = 1 } = {},
): string => `apiVersion: trainer.kubeflow.org/v1alpha1
kind: TrainJob
metadata:
  name: ${name}
spec:
  runtimeRef:
    name: ${trainRuntime()}
  trainer:
    numNodes: ${nodes}
    command: [sh, -c, "echo hello; sleep ${sleep}"]
`;

export const configMap = (name: string, value = 'one'): string => `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
data:
  value: ${value}
`;

/** Several documents as one text. */
export const documents = (...texts: string[]): string => texts.join('---\n');

let root: string | undefined;

/** A folder with these files. */
export function written(files: Record<string, string | Buffer>): string {
  root ??= folder();
  const dir = mkdtempSync(join(root, 'w-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  return dir;
}

/** What a submission might have made in the namespace, as `kind/name`, sorted. */
export async function made(namespace: string): Promise<string[]> {
  const kinds = 'configmaps,trainjobs,jobsets,jobs,persistentvolumeclaims,secrets';
  const { stdout } = await kubectl(['-n', namespace, 'get', kinds, '-o', 'name', '--ignore-not-found']);
  return stdout
    .split('\n')
    .filter((name) => name !== '' && !name.endsWith('/kube-root-ca.crt'))
    .sort();
}
