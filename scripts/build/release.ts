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
  /** zlib's level where only the way matters: 0; none for a release. */
  level?: number | undefined;
}

/**
 * Builds, then writes an archive per group and target with its sum, and a manifest per group. The same inputs give the same
 * bytes. Throws where an archive is larger than {@link MAX_ARCHIVE}.
 */
export async function makeRelease(options: ReleaseOptions): Promise<void> {
  const { version, archives, manifests, baseUrl, level } = options;
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
async function archive(executable: string, file: string, level: number | undefined): Promise<string> {
  const bytes = tar([
    { name: basename(executable), mode: 0o755, data: readFileSync(executable) },
    { name: 'LICENSE', mode: 0o644, data: readFileSync(join(root, 'LICENSE')) },
  ]);
  const packed = level === undefined ? await gzip(bytes) : gzipSync(bytes, { level });
  if (level === undefined && packed.length > MAX_ARCHIVE) {
    throw new Error(`${basename(file)} has ${packed.length} bytes; an archive may have ${MAX_ARCHIVE}`);
  }
  const sum = createHash('sha256').update(packed).digest('hex');
  writeFileSync(file, packed);
  writeFileSync(`${file}.sha256`, `${sum}  ${basename(file)}\n`);
  return sum;
}

/**
 * The gzip program, without name and time: what Node's zlib makes is 4 % larger, too much for the largest platforms. Its level 9
 * takes twice the time of 6 for half a percent less.
 */
async function gzip(bytes: Buffer): Promise<Buffer> {
  const child = spawn('gzip', ['-6', '-n', '-c'], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => {});
  child.stdin.end(bytes);
  const [packed, [code]] = await Promise.all([buffer(child.stdout), once(child, 'close')]).catch((error: Error) => {
    throw new Error(`gzip is needed to make archives: ${error.message}`);
  });
  if (code !== 0) throw new Error(`gzip failed (exit ${code})`);
  return packed;
}
