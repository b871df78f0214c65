/** The suite as a person gets it: krew installs it from an index, here a local one whose archives are served on the loopback. */
import { execFile } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { findGroups } from '../build/groups.ts';
import { localIndex, serveArchives } from '../build/local-index.ts';

export interface InstallOptions {
  /** The KREW_ROOT to install into; what is in it goes. */
  krewRoot: string;
  /** A folder for the index and the archives. */
  work: string;
  /** The folder with kubectl and kubectl-krew. */
  tools: string;
  /** In place of package.json's version. */
  version?: string;
  /** Hears what is being done. */
  say?: (line: string) => void;
}

/** The environment in which krew and the plugins in its root are found. */
export function krewEnv(krewRoot: string, tools: string): Record<string, string | undefined> {
  return {
    ...process.env,
    KREW_ROOT: krewRoot,
    // Its check for a newer krew would ask the internet.
    KREW_NO_UPGRADE_CHECK: '1',
    PATH: [join(krewRoot, 'bin'), tools, process.env.PATH].join(delimiter),
  };
}

/**
 * Packs the executables, makes the index, and installs every group with the real krew. Throws with krew's words where it fails.
 * @returns the folder that belongs on PATH
 */
export async function installSuite({ krewRoot, work, tools, version, say }: InstallOptions): Promise<string> {
  rmSync(krewRoot, { recursive: true, force: true });
  rmSync(work, { recursive: true, force: true });
  mkdirSync(krewRoot, { recursive: true });
  const served = await serveArchives(join(work, 'archives'));
  try {
    const index = await localIndex({ dir: work, url: served.url, ...(version === undefined ? {} : { version }) });
    const krew = async (...args: string[]) => {
      say?.(`kubectl krew ${args.join(' ')}`);
      const options = { env: krewEnv(krewRoot, tools), maxBuffer: 1e8 };
      await promisify(execFile)(join(tools, 'kubectl'), ['krew', ...args], options);
    };
    await krew('index', 'add', 'kf', index);
    await krew('install', '--no-update-index', ...findGroups().map((name) => `kf/${name}`));
  } finally {
    await served.close();
  }
  return join(krewRoot, 'bin');
}
