/** A project whose subcommands run in the cluster, and one person's own ones, trusted. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { KubeList, KubeObject } from '../../shared/kube/kube.ts';
import type { Parameter, SubcommandSpec } from '../../shared/registry/entry.ts';
import { subcommandOf } from '../support/subcommands.ts';
import { folder, type KfOptions, kf, type Ran } from '../support/suite.ts';
import { ensureCommandImage } from './command-image.ts';
import { asAdmin, namespace, until } from './index.ts';

export const word = (name: string, more: Partial<Parameter> = {}): Parameter => ({
  ...{ name, typed: 'word', type: 'text', required: true, passed: 'either' },
  ...more,
});

export const echo =
  'import sys\ndef echo(a):\n    sys.stderr.write("said")\n    print(sys.stdin.read(), end="")\n    return a\n';
export const waits = 'import time\ndef waits():\n    print("at it", flush=True)\n    time.sleep(600)\n';

export interface Project {
  ns: string;
  /** The base image. */
  image: string;
  env: Record<string, string>;
  /** Adds one of the person's own; gives the flag that trusts it. */
  add(name: string, source: string, parameters?: Parameter[], more?: Partial<SubcommandSpec>): string;
  /** `kubectl kf <words>` in the project. */
  run(words: string[], options?: KfOptions): Promise<Ran>;
  /** The jobs and sources of runs that are there. */
  left(): Promise<string>;
  nothingLeft(): Promise<void>;
  delete(): Promise<void>;
}

export async function project(): Promise<Project> {
  const image = await ensureCommandImage();
  const { name: ns, delete: remove } = await namespace('command');
  const config = folder();
  const env = { XDG_CONFIG_HOME: config };
  const left = () =>
    asAdmin(async (kube) => {
      const named = async (path: string, kind: string) => {
        const query = { labelSelector: 'kf.kubeflow.org/subcommand' };
        const { items } = await kube.json<KubeList<KubeObject>>({ path: `${path}/namespaces/${ns}/${kind}s`, query });
        return items.map(({ metadata }) => metadata.name);
      };
      const jobs = await named('/apis/batch/v1', 'job');
      const sources = await named('/api/v1', 'configmap');
      return [...jobs.map((name) => `job.batch/${name}\n`), ...sources.map((name) => `configmap/${name}\n`)].join('');
    });
  return {
    ...{ ns, image, env, left, delete: remove },
    add(name, source, parameters = [], more = {}) {
      const made = {
        handler: `${name}.${name}`,
        files: { [`${name}.py`]: source },
        parameters,
        runs: ['cluster' as const],
        image,
      };
      const subcommand = subcommandOf(name, { ...made, ...more });
      const commands = join(config, 'kubectl-kf', 'commands');
      mkdirSync(commands, { recursive: true });
      writeFileSync(join(commands, `${name}.yaml`), stringify(subcommand));
      return `--trust=${subcommand.spec.digest}`;
    },
    run: ([verb = '', ...args], options = {}) =>
      kf([verb, ...(verb === 'command' ? [args.shift()!] : []), '-n', ns, ...args], { env, ...options }),
    nothingLeft: async () => void (await until('nothing is left', 30, async () => (await left()) === '')),
  };
}
