/** People of the tests of projects, each with a home and a kubeconfig of their own: create and use write to it. */
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { folder, type KfOptions, kf, type Ran, type Running, startKf } from '../support/suite.ts';
import { clientCertUser, ensureCluster, kubectl } from './index.ts';

export interface Human {
  user: string;
  kubeconfig: string;
  kf(args: string[], options?: KfOptions): Promise<Ran>;
  start(args: string[], options?: KfOptions): Promise<Running>;
  /** The namespace of their context. */
  project(): Promise<string>;
}

async function human(user: string, from: string): Promise<Human> {
  const home = folder();
  const kubeconfig = join(home, 'kubeconfig');
  copyFileSync(from, kubeconfig);
  const as = (options: KfOptions = {}) => ({ kubeconfig, ...options, env: { HOME: home, ...options.env } });
  return {
    user,
    kubeconfig,
    kf: (args, options) => kf(args, as(options)),
    start: (args, options) => startKf(args, as(options)),
    async project() {
      const view = ['config', 'view', '--minify', '-o', 'jsonpath={.contexts[0].context.namespace}'];
      return (await kubectl(view, { kubeconfig })).stdout;
    },
  };
}

/** Who runs the cluster. */
export const admin = async (): Promise<Human> => human('kubernetes-admin', (await ensureCluster()).kubeconfig);

/** Someone without any rights yet. */
export const person = async (user: string): Promise<Human> => human(user, await clientCertUser(user, []));

export const json = async <T = Record<string, never>>(args: string[]): Promise<T> => {
  const { code, stdout, stderr } = await kubectl([...args, '-o', 'json']);
  assert.is(code, 0, stderr);
  return JSON.parse(stdout) as T;
};

export const exists = async (...what: string[]): Promise<boolean> => (await kubectl(['get', ...what])).code === 0;
