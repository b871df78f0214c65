import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Interrupted } from '../../shared/cli/errors.ts';
import type { Group } from '../../shared/cli/group.ts';
import { answer } from '../../shared/cli/main.ts';
import { context, type Result, type World } from './command.ts';
import { type ProjectsOptions, type ProjectsServer, projectsServer, type Thing } from './projects-server.ts';

export interface InProjects extends ProjectsOptions {
  /** What is in the cluster. */
  there?: Thing[];
  /** What someone at a terminal types; nobody is there unless given. */
  typed?: string;
  /** Nothing answers where the server was. */
  down?: boolean;
  /** Ctrl-C when this is asked for (`METHOD /path`); '' before anything is. */
  interrupt?: RegExp | '';
  world?: World;
}

export interface Done extends Result {
  /** Requests of any kind, `METHOD /path`. */
  asked: string[];
  /** Those that change what is stored. */
  writes: string[];
  things: ProjectsServer['things'];
  /** The context's project after it. */
  project: string;
}

/** Runs a command where time passes only as it is slept; in what it prints the server is called URL, and the kubeconfig CONFIG. */
export async function inProjects(group: Group, argv: string[], options: InProjects = {}): Promise<Done> {
  const { there = [], typed, down, interrupt, world = {} } = options;
  const stop = new AbortController();
  if (interrupt === '') stop.abort();
  const server = await projectsServer(there, {
    ...options,
    before: async (asked) => {
      if (interrupt !== '' && interrupt?.test(`${asked.method} ${asked.path}`)) stop.abort();
      await options.before?.(asked);
    },
  });
  const home = mkdtempSync(join(tmpdir(), 'kf-in-projects-'));
  const kubeconfig = join(home, 'config');
  writeFileSync(kubeconfig, readFileSync(server.kubeconfig, 'utf8'), { mode: 0o600 });
  if (down) await server.close();
  let now = Date.parse('2026-01-01T00:00:00Z');
  const made = context({
    ...{ home, env: { KUBECONFIG: kubeconfig }, signal: stop.signal, now: () => now },
    sleep: async (ms) => {
      if (stop.signal.aborted) throw new Interrupted();
      now += ms;
    },
    ...(typed === undefined ? {} : { stdin: typed, terminal: 80, colorDepth: 1 }),
    ...world,
  });
  if (typed !== undefined) Object.assign(made.context.stdin, { isTTY: true });
  const code = await answer(group, argv, made.context);
  const project = /namespace: ([^}]*)\}/.exec(readFileSync(kubeconfig, 'utf8'))![1]!;
  if (!down) await server.close();
  rmSync(home, { recursive: true, force: true });
  const plain = (text: string) => text.replaceAll(server.url, 'URL').replaceAll(kubeconfig, 'CONFIG');
  return {
    ...{ code, stdout: plain(made.stdout()), stderr: plain(made.stderr()), project, things: server.things },
    asked: server.asked.map(({ method, path }) => `${method} ${path}`),
    writes: server.writes(),
  };
}

/** What is compared of most: exit code, stdout, stderr. */
export const said = ({ code, stdout, stderr }: Result): [number, string, string] => [code, stdout, stderr];
