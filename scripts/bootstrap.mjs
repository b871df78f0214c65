// Runs a script of this project on the Node that the project pins, whatever Node the machine has: node scripts/bootstrap.mjs scripts/x.ts …
// Plain JavaScript without dependencies, because on a fresh clone there is nothing else yet.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');
const windows = process.platform === 'win32';
const pinned = join(modules, 'node', 'bin', windows ? 'node.exe' : 'node');
const ownBin = join(modules, '.bin');

/** Says in one line what is missing, and ends. */
function stop(line) {
  process.stderr.write(`${line}\n`);
  process.exit(2);
}

const readJson = (...path) => JSON.parse(readFileSync(join(...path), 'utf8'));

/** Whether what is installed is not what package-lock.json asks for. npm notes what it installed in a lock file of its own. */
function outdated() {
  try {
    if (!existsSync(pinned)) return true;
    const wanted = readJson(root, 'package-lock.json').packages;
    const installed = readJson(modules, '.package-lock.json').packages;
    return Object.keys(wanted).some((path) => {
      if (path === '') return false;
      const there = installed[path];
      return there ? there.version !== wanted[path].version : !wanted[path].optional && !wanted[path].devOptional;
    });
  } catch {
    return true;
  }
}

/** npm ci, with a sign of life every ten seconds; what npm says is shown where it fails. */
function install() {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)}s`;
  process.stderr.write('installing the packages of package-lock.json (npm ci) …\n');
  const timer = setInterval(() => process.stderr.write(`  npm ci ${seconds()}\n`), 10000);
  // Without our own node_modules/.bin, which npm puts on PATH: npm must not run on the Node that it is about to remove.
  const path = (process.env.PATH || '').split(delimiter).filter((dir) => dir !== ownBin);
  const args = [
    'ci',
    '--include=dev',
    '--include=optional',
    '--ignore-scripts=false',
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
  ];
  return new Promise((resolve) => {
    const npm = spawn('npm', args, {
      cwd: root,
      env: { ...process.env, PATH: path.join(delimiter) },
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: windows,
    });
    let said = '';
    for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (said += chunk));
    npm.on('error', () => stop('npm is not on PATH: install Node 20 or newer with npm (https://nodejs.org)'));
    npm.on('close', (code) => {
      clearInterval(timer);
      if (code !== 0)
        stop(`${said}npm ci failed (exit ${code}) after ${seconds()}: see above; is the package registry reachable?`);
      if (!existsSync(pinned))
        stop(`npm ci did not bring ${pinned}: there is no Node for this platform in the npm package "node"`);
      process.stderr.write(`installed after ${seconds()}\n`);
      resolve();
    });
  });
}

const major = Number(process.versions.node.split('.')[0]);
if (major < 20)
  stop(`Node 20 or newer is needed, this is ${process.version}: install a newer one (https://nodejs.org)`);
const args = process.argv.slice(2);
if (args.length === 0) stop('usage: node scripts/bootstrap.mjs SCRIPT [ARGUMENT …]');
if (outdated()) await install();

const child = spawn(pinned, args, {
  stdio: 'inherit',
  env: {
    ...process.env,
    PATH: [ownBin, ...(process.env.PATH || '').split(delimiter).filter((dir) => dir !== ownBin)].join(delimiter),
  },
});
// A terminal sends Ctrl-C to the child too, which decides; what only we are sent is passed on.
process.on('SIGINT', () => {});
for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => stop(`${pinned} does not start: ${error.message}`));
child.on('close', (code, signal) => {
  if (code !== null) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});
