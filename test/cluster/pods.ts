/** Pods for the cluster's tests. */
import * as assert from 'uvu/assert';
import { kubectl } from './index.ts';

/** A pod that runs Python code once. */
export const python = (name: string, code: string) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 0,
    containers: [{ name: 'main', image: 'local.test/python:1', command: ['python3', '-c', code] }],
  },
});

/** Creates an object in a namespace. */
export async function create(ns: string, object: object): Promise<void> {
  const result = await kubectl(['-n', ns, 'create', '-f', '-'], { input: JSON.stringify(object) });
  assert.is(result.code, 0, result.stderr);
}

/** Waits until a pod has succeeded and gives its log; with its log it fails when it does not. */
export async function logOf(ns: string, pod: string): Promise<string> {
  const wait = ['wait', `pod/${pod}`, '--for=jsonpath={.status.phase}=Succeeded', '--timeout=30s'];
  const waited = await kubectl(['-n', ns, ...wait]);
  const log = await kubectl(['-n', ns, 'logs', pod]);
  assert.equal([waited.code, log.code], [0, 0], `${waited.stderr}${log.stdout}${log.stderr}`);
  return log.stdout;
}
