/**
 * npm run demo: everything from nothing to a trained model, in front of the person. `-- --context NAME` on a cluster that
 * they have; `-- env` prints what a shell needs to go on by hand.
 */
import { spawn } from 'node:child_process';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildAll } from './build.ts';
import { installSuite, krewEnv } from './demo/install.ts';
import { demoDir, exports, krewRoot, kubeconfigFile, lacks, prepare, tools } from './demo/place.ts';

const usage = `npm run demo [-- [--context NAME] [--runtime R] [--image I]]   trains a model on two nodes, with the suite that krew installed
npm run --silent demo -- env                                       what a shell needs to go on by hand, for eval
On a cluster of this checkout's own, which stays up; with --context on one that you have, in its namespace kf-demo.`;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const say = (line: string) => void process.stderr.write(`${line}\n`);
const job = 'digits';

/** Shows a command as typed and runs it before the person's eyes. */
function show(env: NodeJS.ProcessEnv, ...words: string[]): Promise<number> {
  say(`\n$ ${words.join(' ')}`);
  return run(env, words, 'inherit');
}

/** Runs one; `quiet` shows nothing of it. */
function run(
  env: NodeJS.ProcessEnv,
  [file, ...args]: string[],
  stdio: 'inherit' | 'ignore' = 'ignore',
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file!, args, { cwd: root, env, stdio });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
  });
}

interface Wishes {
  context?: string | undefined;
  runtime?: string | undefined;
  image?: string | undefined;
}

async function demo({ context, runtime, image }: Wishes): Promise<number> {
  const missing = lacks(context);
  if (missing.length) {
    for (const line of missing) say(line);
    return 1;
  }
  const began = Date.now();
  await buildAll();
  await prepare(context);
  say('installing the plugins with krew from a local index');
  await installSuite({
    krewRoot: krewRoot(),
    work: join(demoDir(), 'index'),
    tools: tools(),
    say: (line) => say(`$ ${line}`),
  });
  const env = {
    ...process.env,
    ...krewEnv(krewRoot(), tools()),
    KUBECONFIG: kubeconfigFile(),
    // The dispatcher finds the group in krew's folder, as it would for anyone.
    PATH: [join(krewRoot(), 'bin'), tools(), process.env.PATH].join(delimiter),
  };
  say(`ready after ${Math.round((Date.now() - began) / 1000)}s`);

  const project = context === undefined ? 'demo' : 'kf-demo';
  if ((await run(env, ['kubectl', 'get', 'namespace', project])) !== 0) {
    const code = await show(env, 'kubectl', 'create', 'namespace', project);
    if (code !== 0) return code;
  }
  const code = await show(env, 'kubectl', 'kf', 'use', project);
  if (code !== 0) return code;
  if ((await run(env, ['kubectl', 'kf', 'train', 'get', job])) === 0)
    await show(env, 'kubectl', 'kf', 'train', 'delete', job, '--yes');

  const own = context === undefined;
  const chosen = runtime ?? (own ? 'python-distributed' : 'torch-distributed');
  const how = ['--runtime', chosen, '--nodes', '2'];
  if (image) how.push('--image', image);
  // The image of npm run cluster holds numpy and the data; others have pip.
  if (chosen !== 'python-distributed' || image) how.push('--package', 'numpy', '--package', 'scikit-learn');
  const train = ['kubectl', 'kf', 'train', job, 'scripts/demo/digits', ...how, '-f', '--', '--epochs', '5'];
  const trained = await show(env, ...train);
  if (trained !== 0) return trained;
  for (const verb of [['list'], ['get', job]]) {
    const shown = await show(env, 'kubectl', 'kf', 'train', ...verb);
    if (shown !== 0) return shown;
  }
  say('\nto go on by hand:   eval "$(npm run --silent demo -- env)"   then kubectl kf train --help');
  say(own ? 'to end the cluster: npm run cluster -- down' : `to clean up:        kubectl delete namespace ${project}`);
  return 0;
}

/** Parses the words; undefined where they are wrong. */
function words() {
  const text = { type: 'string' } as const;
  try {
    return parseArgs({
      allowPositionals: true,
      options: { context: text, runtime: text, image: text, help: { type: 'boolean', short: 'h' } },
    });
  } catch (error) {
    say((error as Error).message);
    return undefined;
  }
}

async function main(): Promise<number> {
  const parsed = words();
  if (parsed?.values.help) {
    process.stdout.write(`${usage}\n`);
    return 0;
  }
  const verb = parsed?.positionals.join(' ');
  if (!parsed || (verb !== '' && verb !== 'env')) {
    say(usage);
    return 2;
  }
  if (verb === '') return demo(parsed.values);
  const lines = exports();
  if (lines) process.stdout.write(`${lines}\n`);
  else say('there was no demo yet: npm run demo');
  return lines ? 0 : 1;
}

// Ctrl-C is the running command's to answer; what it answers ends the demo.
process.on('SIGINT', () => {});
try {
  process.exitCode = await main();
} catch (error) {
  say(`failed: ${(error as Error).message}`);
  process.exitCode = 1;
}
