/** The node's container runtime (Debian's packages, unpacked, not installed), its first images, and the manifests. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  createReadStream,
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
import { binariesDir, ensureBinaries } from './binaries.ts';
import { cacheDir, here, shortHash } from './layout.ts';
import { renderManifests } from './manifests.ts';
import { step } from './progress.ts';
import { must, withLock } from './system.ts';

const runtimePackages = ['containerd', 'runc', 'containernetworking-plugins', 'nftables', 'busybox-static'];
const pythonPackages = [
  ...['python3', 'python3-numpy', 'dash', 'bash', 'coreutils', 'tar', 'grep', 'sed', 'findutils', 'procps'],
  ...['gzip', 'base-files', 'libc-bin', 'netbase', 'media-types'],
];
/** What apt adds so that packages could be installed, and no program in the image needs. */
const needless = /^(perl|libperl|lib.*-perl|usrmerge|dpkg$|debianutils|init-system-helpers|mawk|libdb5|libgdbm)/;
const digits = 'usr/lib/python3/dist-packages/sklearn/datasets/data/digits.csv.gz';

/** The folder with runtime/ (a root of unpacked packages), images/ (docker archives) and manifests/. */
export function imagesDir(): string {
  const parts = ['images.ts', 'manifests.ts', 'apt.ts', 'python-distributed.yaml'];
  return join(cacheDir(), `images-${shortHash(binariesDir(), ...parts.map((file) => readFileSync(join(here, file))))}`);
}

/** Makes what is not there yet, beside the build of the programs, and gives the folder. */
export async function ensureImages(): Promise<string> {
  const target = imagesDir();
  if (existsSync(target)) return target;
  await step('container runtime and images (once)', (note) =>
    withLock(
      target,
      async () => {
        if (existsSync(target)) return;
        const part = `${target}.part`;
        rmSync(part, { recursive: true, force: true });
        for (const name of ['runtime', 'images', 'manifests']) mkdirSync(join(part, name), { recursive: true });
        const work = mkdtempSync(join(tmpdir(), 'kubectl-kf-images-'));
        try {
          await make(part, work, note);
        } finally {
          rmSync(work, { recursive: true, force: true });
        }
        renameSync(part, target);
      },
      () => note('another run makes it: waiting'),
    ),
  );
  return target;
}

async function make(part: string, work: string, note: (text: string) => void): Promise<void> {
  const runtime = join(part, 'runtime');
  note("fetching the system's packages");
  await unpack(await fetchPackages(join(work, 'debs'), runtimePackages, { skip: /^(libc6|gcc-)/ }), runtime);
  const python = join(work, 'python');
  await unpack(await fetchPackages(join(work, 'debs-python'), pythonPackages, { skip: needless }), python);
  await addDigits(work, python);
  link(python);
  addPeople(python);
  for (const name of ['man', 'locale', 'info', 'doc']) {
    const keep = join(python, 'usr/share', name);
    if (name !== 'doc') rmSync(keep, { recursive: true, force: true });
  }
  const busybox = join(work, 'busybox');
  for (const name of ['bin', 'etc', 'tmp', 'root', 'proc', 'sys', 'dev'])
    mkdirSync(join(busybox, name), { recursive: true });
  cpSync(join(runtime, 'bin/busybox'), join(busybox, 'bin/busybox'));
  for (const name of (await must(join(busybox, 'bin/busybox'), ['--list'])).trim().split('\n'))
    if (name !== 'busybox') symlinkSync('busybox', join(busybox, 'bin', name));
  addPeople(busybox);

  const bin = await ensureBinaries(); // waits for the build that goes on beside this
  note('writing images and manifests');
  const programs = { pause: 'pause', manager: 'jobset', controller: 'trainer-controller-manager' };
  const single = (name: string, program: string, as: string) => {
    mkdirSync(join(work, name, 'tmp'), { recursive: true });
    cpSync(join(bin, program), join(work, name, as));
    return join(work, name);
  };
  const nonRoot = { Entrypoint: ['/manager'], User: '65532' };
  const archive = (name: string, root: string, config: object) =>
    writeImage(join(part, 'images', `${name}.tar`), `local.test/${name}:1`, root, config);
  await archive('pause', single('pause', programs.pause, 'pause'), { Entrypoint: ['/pause'] });
  await archive('jobset', single('jobset', programs.manager, 'manager'), nonRoot);
  await archive('trainer', single('trainer', programs.controller, 'manager'), nonRoot);
  await archive('busybox', busybox, { Cmd: ['/bin/sh'] });
  await archive('python', python, { Cmd: ['/usr/bin/python3'] });
  await renderManifests(bin, work, join(part, 'manifests'));
}

/** The links that the packages' own installation scripts would make. */
function link(root: string): void {
  symlinkSync('python3', join(root, 'usr/bin/python'));
  for (const dir of readdirSync(join(root, 'usr/lib')).filter((name) => name.endsWith('-linux-gnu')))
    for (const name of ['blas', 'lapack'])
      symlinkSync(`${name}/lib${name}.so.3`, join(root, 'usr/lib', dir, `lib${name}.so.3`));
}

/** scikit-learn's digits data set with its licence, without the library around it. */
async function addDigits(work: string, root: string): Promise<void> {
  const dir = join(work, 'digits');
  await unpack(await fetchPackages(join(work, 'debs-digits'), ['python3-sklearn'], { dependencies: false }), dir);
  const dest = join(root, 'usr/share/digits');
  mkdirSync(dest, { recursive: true });
  cpSync(join(dir, digits), join(dest, 'digits.csv.gz'));
  cpSync(join(dir, 'usr/share/doc/python3-sklearn/copyright'), join(dest, 'copyright'));
}

function addPeople(root: string): void {
  const lines = ['root:x:0:0:root:/root:/bin/sh', 'nobody:x:65534:65534:nobody:/:/bin/false', ''];
  writeFileSync(join(root, 'etc/passwd'), lines.join('\n'));
  writeFileSync(join(root, 'etc/group'), 'root:x:0:\n');
  for (const name of ['tmp', 'root', 'proc', 'sys', 'dev']) mkdirSync(join(root, name), { recursive: true });
  chmodSync(join(root, 'tmp'), 0o1777);
}

/** Writes a docker archive (what `ctr images import` and `docker load` take) of one layer from a folder. */
export async function writeImage(file: string, name: string, root: string, config: object): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'kubectl-kf-image-'));
  try {
    if (existsSync(join(root, 'tmp'))) chmodSync(join(root, 'tmp'), 0o1777);
    const plain = ['--owner=0', '--group=0', '--numeric-owner', '--sort=name', '--mtime=@0', '--format=pax'];
    const layer = join(work, 'layer.tar');
    await must('tar', [...plain, '-cf', layer, '-C', root, ...readdirSync(root).sort()]);
    const digest = await sha256(layer);
    renameSync(layer, join(work, `${digest}.tar`));
    const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
    const description = JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      config: { Env: [`PATH=${path}`], WorkingDir: '/', ...config },
      rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
      history: [{ created_by: 'test/cluster/images.ts' }],
    });
    const configName = `${createHash('sha256').update(description).digest('hex')}.json`;
    writeFileSync(join(work, configName), description);
    const manifest = [{ Config: configName, RepoTags: [name], Layers: [`${digest}.tar`] }];
    writeFileSync(join(work, 'manifest.json'), JSON.stringify(manifest));
    await must('tar', [...plain, '-cf', `${file}.part`, '-C', work, 'manifest.json', configName, `${digest}.tar`]);
    renameSync(`${file}.part`, file);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}
