import { execFileSync } from 'node:child_process';

/** The newest Python of the machine, if there is one that has what the tests ask for. */
export function python(): { path: string; minor: number } | undefined {
  for (const path of ['python3.14', 'python3.13', 'python3.12', 'python3']) {
    try {
      const print = 'import sys; print(sys.version_info[1])';
      const minor = Number(
        execFileSync(path, ['-c', print], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
      );
      if (minor >= 11) return { path, minor };
    } catch {}
  }
  return undefined;
}
