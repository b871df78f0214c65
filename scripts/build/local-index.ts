import { execFile } from 'node:child_process';
import { createReadStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { stampOf } from '../build.ts';
import { dist } from './paths.ts';
import { makeRelease } from './release.ts';

export interface Served {
  /** `http://127.0.0.1:<port>`: what the manifests name. */
  url: string;
  close(): Promise<void>;
}

/** Serves the files of one folder on the loopback: krew takes archives over http only. */
export async function serveArchives(dir: string): Promise<Served> {
  mkdirSync(dir, { recursive: true });
  const server = createServer((request, response) => {
    const file = join(dir, basename(new URL(request.url ?? '/', 'http://localhost').pathname));
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'application/gzip', 'content-length': statSync(file).size });
    createReadStream(file).pipe(response);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

export interface IndexOptions {
  /** Holds it all: `archives/` (to be served) and `index/` (the git repository). */
  dir: string;
  /** Where `<dir>/archives` is served. */
  url: string;
  /** In place of package.json's version, without the v. */
  version?: string;
  /** All groups unless named. */
  groups?: readonly string[];
}

/**
 * Makes a krew index of this machine's executables, as an admin would publish one: a git repository with `plugins/*.yaml`.
 * Called again with a higher version it commits that, so that `kubectl krew upgrade` finds it.
 * @returns the repository's path, for `kubectl krew index add NAME <path>`
 */
export async function localIndex({ dir, url, version, groups }: IndexOptions): Promise<string> {
  const own = stampOf().version;
  const index = join(dir, 'index');
  await makeRelease({
    version: version ?? own,
    group: groups?.join(','),
    archives: join(dir, 'archives'),
    manifests: join(index, 'plugins'),
    baseUrl: url,
    // dist/ is the checkout's own version's; another one's goes where the index is.
    built: version === undefined || version === own ? dist : join(dir, `built-${version}`),
    level: 0,
  });
  // Nobody's own git settings (signing, hooks, templates) are of use here.
  const author = { GIT_AUTHOR_NAME: 'kubectl kf', GIT_AUTHOR_EMAIL: 'kubectl-kf@localhost' };
  const env = {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))),
    ...author,
    GIT_COMMITTER_NAME: author.GIT_AUTHOR_NAME,
    GIT_COMMITTER_EMAIL: author.GIT_AUTHOR_EMAIL,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const git = (...args: string[]) => promisify(execFile)('git', args, { cwd: index, env });
  if (!existsSync(join(index, '.git'))) await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--allow-empty', '-m', `version ${version ?? own}`);
  return index;
}
