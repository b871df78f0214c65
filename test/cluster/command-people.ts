/** A project of the registry's tests: people with different rights, and a source in a folder of their own. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { folder, type KfOptions, kf, type Ran } from '../support/suite.ts';
import { clientCertUser, kubectl, namespace } from './index.ts';

export const tune = `"""Tunes."""
from typing import Literal


def tune(name: str, trials: int = 10, metric: Literal["loss", "acc"] = "loss") -> list:
    """Tune a model."""
    return [{"name": name, "trials": trials, "metric": metric}]
`;

export interface Person {
  home: string;
  kubeconfig: string;
  write(path: string, text: string): void;
  /** \`kubectl kf command <words>\` in the project. */
  command(words: string[], options?: KfOptions): Promise<Ran>;
}

export interface Team {
  ns: string;
  /** @param role edit or view in the project; none: no rights there */
  person(name: string, role?: 'edit' | 'view'): Promise<Person>;
  delete(): Promise<void>;
}

/** A project in a cluster that has the registry. */
export async function team(prefix: string): Promise<Team> {
  const init = await kf(['command', 'init']);
  assert.is(init.code, 0, init.stderr);
  const made = await namespace(prefix);
  return {
    ns: made.name,
    delete: made.delete,
    async person(name, role) {
      const user = `${name}-${made.name}@x.org`;
      const kubeconfig = await clientCertUser(user, []);
      if (role) {
        const bind = [
          'create',
          'rolebinding',
          `${name}-${role}`,
          `--clusterrole=${role}`,
          `--user=${user}`,
          '-n',
          made.name,
        ];
        const { code, stderr } = await kubectl(bind);
        assert.is(code, 0, stderr);
      }
      const home = folder();
      return {
        home,
        kubeconfig,
        write(path, text) {
          mkdirSync(dirname(join(home, path)), { recursive: true });
          writeFileSync(join(home, path), text);
        },
        command: (words, options = {}) =>
          kf(['command', ...words, '-n', made.name], {
            kubeconfig,
            cwd: home,
            ...options,
            env: { HOME: home, ...options.env },
          }),
      };
    },
  };
}
