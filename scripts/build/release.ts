import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { buildAll } from '../build.ts';
import { chooseGroups, describeGroup } from './groups.ts';
import { goPlatform, type Platform, renderManifest } from './manifest.ts';
import { root } from './paths.ts';
import { step } from './progress.ts';
import { tar } from './tar.ts';
import { chooseTargets, type Target } from './targets.ts';

/** krew fetches an archive for each group that a person installs; a release with a larger one is refused. */
export const MAX_ARCHIVE = 38 * 1024 * 1024;

export interface ReleaseOptions {
  version: string;
  /** As in `--target` and `--group`. */
  target?: string | undefined;
  group?: string | undefined;
  /** Where the executables are built; dist/ unless given. */
  built?: string | undefined;
  /** Folder for the archives and their sums. */
  archives: string;
  /** Folder for the manifests: `<name>.yaml`. */
  manifests: string;
  /** Where the archives will be had: the URL of a folder. */
  baseUrl: string;
  /** zlib's level: 9 for a release, 1 where only the way matters. */
  level?: number;
}

/**
 * Builds, then writes an archive per group and target with its sum, and a manifest per group. The same inputs give the same
 * bytes. Throws where an archive is larger than {@link MAX_ARCHIVE}.
 */
export async function makeRelease(options: ReleaseOptions): Promise<void> {
  const { version, archives, manifests, baseUrl, level = 9 } = options;
  mkdirSync(archives, { recursive: true });
  mkdirSync(manifests, { recursive: true });
  const targets = chooseTargets(options.target);
  for (const name of chooseGroups(options.group)) {
    const platforms: Platform[] = [];
    for (const target of targets) {
      const [executable] = await buildAll({ target: target.name, group: name, version, out: options.built });
      const file = join(archives, archiveName(name, version, target));
      const sha256 = await step(`archiving ${basename(file)}`, () => archive(executable!, file, level));
      const uri = `${baseUrl.replace(/\/+$/, '')}/${basename(file)}`;
      platforms.push({ ...goPlatform(target), uri, sha256, bin: basename(executable!) });
    }
    const manifest = renderManifest(await describeGroup(name), version, platforms);
    writeFileSync(join(manifests, `${name}.yaml`), manifest);
  }
}

/** `kf-train-v0.1.0-linux-amd64.tar.gz` */
export function archiveName(group: string, version: string, target: Target): string {
  const { os, arch } = goPlatform(target);
  return `${group}-v${version}-${os}-${arch}.tar.gz`;
}

/** Writes one archive and its `.sha256`, in the form that `sha256sum -c` reads. Gives the sum in hex. */
async function archive(executable: string, file: string, level: number): Promise<string> {
  const bytes = tar([
    { name: basename(executable), mode: 0o755, data: readFileSync(executable) },
    { name: 'LICENSE', mode: 0o644, data: readFileSync(join(root, 'LICENSE')) },
  ]);
  const packed = level === 9 ? await gzipBest(bytes) : gzipSync(bytes, { level });
  if (level === 9 && packed.length > MAX_ARCHIVE) {
    throw new Error(`${basename(file)} has ${packed.length} bytes; an archive may have ${MAX_ARCHIVE}`);
  }
  const sum = createHash('sha256').update(packed).digest('hex');
  writeFileSync(file, packed);
  writeFileSync(`${file}.sha256`, `${sum}  ${basename(file)}\n`);
  return sum;
}

/** The gzip program, without name and time: what Node's zlib makes is 4 % larger, too much for the largest platforms. */
async function gzipBest(bytes: Buffer): Promise<Buffer> {
  const gzip = spawn('gzip', ['-9', '-n', '-c'], { stdio: ['pipe', 'pipe', 'inherit'] });
  gzip.stdin.on('error', () => {});
  gzip.stdin.end(bytes);
  const [packed, [code]] = await Promise.all([buffer(gzip.stdout), once(gzip, 'close')]).catch((error: Error) => {
    throw new Error(`gzip is needed to make archives: ${error.message}`);
  });
  if (code !== 0) throw new Error(`gzip failed (exit ${code})`);
  return packed;
}
