/** `kubectl kf command …` by its words, with a source in a folder of its own and a registry in memory. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { group } from '../../../plugins/kf-command/index.ts';
import { realExec } from '../../../shared/process/exec.ts';
import { trusted } from '../../../shared/registry/trust.ts';
import { type Result, runCommand, type World } from '../../support/command.ts';

const scratch = mkdtempSync(join(tmpdir(), 'kf-command-test-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));

export const tune = `"""Tunes."""
from typing import Literal

def tune(name: str, trials: int = 10, metric: Literal["loss", "acc"] = "loss") -> list:
    """Tune a model."""
    return []
`;

export interface Person {
  home: string;
  /** Writes a file where the commands are run. */
  write(path: string, text: string): void;
  /** Runs \`kubectl kf command <words>\`. */
  command(words: string[], world?: World): Promise<Result>;
  /** The person's own subcommands' files. */
  own(): string[];
  read(name: string): string;
  trusts(digest: string): boolean;
}

/** Someone with an empty home. @param kubeconfig none: they have no cluster */
export function person(kubeconfig = join(scratch, 'none')): Person {
  const home = mkdtempSync(join(scratch, 'p-'));
  const commands = join(home, '.config/kubectl-kf/commands');
  const env = { KUBECONFIG: kubeconfig, PATH: process.env.PATH, HOME: home };
  return {
    home,
    write(path, text) {
      mkdirSync(dirname(join(home, path)), { recursive: true });
      writeFileSync(join(home, path), text);
    },
    command: (words, world = {}) =>
      runCommand(group, ['command', ...words], { home, cwd: home, exec: realExec, env, ...world }),
    own() {
      try {
        return readdirSync(commands).sort();
      } catch {
        return [];
      }
    },
    read: (name) => readFileSync(join(commands, `${name}.yaml`), 'utf8'),
    trusts: (digest) => trusted({ env: {}, home, cwd: home, now: Date.now }, digest),
  };
}
