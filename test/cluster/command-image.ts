/**
 * The base image of subcommands (plugins/kf-command/image/Containerfile), of what this machine's Debian and Go's modules give:
 * `local.test/kf-command:1`. Made by the first test that wants it and given to the node that is up.
 */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchPackages, unpack } from './apt.ts';
import { ensureBinaries } from './binaries.ts';
import { writeImage } from './images.ts';
import { ensureCluster, kubectl, loadImage } from './index.ts';
import { cacheDir, here, shortHash } from './layout.ts';
import { step } from './progress.ts';
import { must, withLock } from './system.ts';

export const commandImage = 'local.test/kf-command:1';

const recipe = join(here, '../../plugins/kf-command/image/Containerfile');
/** What apt adds so that packages could be installed, and no program in the image needs. */
const needless =
  /^(perl|libperl|lib.*-perl|usrmerge|dpkg$|debianutils|init-system-helpers|mawk|libdb5|libgdbm|git-man)/;

/** The node has the image when this returns. */
export async function ensureCommandImage(): Promise<string> {
  await ensureCluster();
  const archive = await ensureArchive();
  const listed = await kubectl(['get', 'nodes', '-o', 'jsonpath={.items[*].status.images[*].names}']);
  if (!listed.stdout.includes(`"${commandImage}"`)) await loadImage(archive);
  return commandImage;
}

/** The recipe's packages and kustomize's version: one list for both. */
function fromRecipe(): { packages: string[]; kustomize: string } {
  const text = readFileSync(recipe, 'utf8');
  const packages = /apt-get install -y --no-install-recommends \\\n((?:.*\\\n)*?)\s*&&/.exec(text)?.[1];
  const kustomize = /^ARG KUSTOMIZE=(\S+)$/m.exec(text)?.[1];
  if (!packages || !kustomize) throw new Error(`${recipe} has no packages, or no version of kustomize`);
  return { packages: packages.split(/[\s\\]+/).filter(Boolean), kustomize };
}

async function ensureArchive(): Promise<string> {
  const bin = await ensureBinaries();
  const parts = [readFileSync(recipe), readFileSync(join(here, 'command-image.ts')), bin];
  const target = join(cacheDir(), `image-command-${shortHash(...parts)}.tar`);
  if (existsSync(target)) return target;
  await step('the base image of subcommands (once)', (note) =>
    withLock(
      target,
      async () => {
        if (existsSync(target)) return;
        const work = mkdtempSync(join(tmpdir(), 'kubectl-kf-image-'));
        try {
          await make(work, bin, note);
          await writeImage(join(work, 'image.tar'), commandImage, join(work, 'root'), { Cmd: ['/bin/bash'] });
          cpSync(join(work, 'image.tar'), `${target}.part`);
          renameSync(`${target}.part`, target);
        } finally {
          rmSync(work, { recursive: true, force: true });
        }
      },
      () => note('another run makes it: waiting'),
    ),
  );
  return target;
}

async function make(work: string, bin: string, note: (text: string) => void): Promise<void> {
  const { packages, kustomize } = fromRecipe();
  const root = join(work, 'root');
  note("fetching the system's packages");
  // The recipe's own image brings these.
  const base = ['bash', 'dash', 'coreutils', 'tar', 'gzip', 'grep', 'sed', 'findutils', 'base-files', 'libc-bin'];
  const debs = await fetchPackages(join(work, 'debs'), [...base, ...packages], { skip: needless });
  await unpack(debs, root);
  for (const name of ['man', 'locale', 'info', 'doc', 'perl', 'perl5'])
    rmSync(join(root, 'usr/share', name), { recursive: true, force: true });
  certificates(root);
  symlinkSync('python3', join(root, 'usr/bin/python'));
  for (const name of ['tmp', 'root', 'proc', 'sys', 'dev']) mkdirSync(join(root, name), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
  const people = ['root:x:0:0:root:/root:/bin/sh', 'kf:x:1000:1000::/tmp:/bin/bash', ''];
  writeFileSync(join(root, 'etc/passwd'), people.join('\n'));
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\nkf:x:1000:\n');
  note('building kustomize');
  const local = join(root, 'usr/local/bin');
  mkdirSync(local, { recursive: true });
  const env = { ...process.env, GOBIN: local, CGO_ENABLED: '0', GOFLAGS: '' };
  const words = ['install', '-trimpath', '-ldflags', '-s -w', `sigs.k8s.io/kustomize/kustomize/v5@${kustomize}`];
  await must('go', words, { env, nice: true });
  cpSync(join(bin, 'kubectl'), join(local, 'kubectl'));
}

/** What the installation script of ca-certificates would write. */
function certificates(root: string): void {
  const from = join(root, 'usr/share/ca-certificates/mozilla');
  const all = readdirSync(from).map((file) => readFileSync(join(from, file), 'utf8'));
  mkdirSync(join(root, 'etc/ssl/certs'), { recursive: true });
  writeFileSync(join(root, 'etc/ssl/certs/ca-certificates.crt'), all.join(''));
}
