/** npm run cluster -- up [--bare] | down | env | status */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toolsOf } from './binaries.ts';
import { abandon, down, healthy, Missing, up } from './cluster.ts';
import { kubectlOf } from './kubeflow.ts';
import { jobsetVersion, kubernetesVersion, runDir, slotNames, trainerVersion } from './layout.ts';
import { seconds } from './progress.ts';
import { readState, type State } from './state.ts';
import { alive, endRunning, run } from './system.ts';

const usage = 'usage: npm run cluster -- up [--bare] | down | env | status';
const print = (line: string) => process.stdout.write(`${line}\n`);
const tell = (line: string) => process.stderr.write(`${line}\n`);

async function runUp(bare: boolean): Promise<number> {
  const since = Date.now();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)
    process.once(signal, () => {
      tell('interrupted: ending what was begun');
      abandon()
        .finally(endRunning)
        .finally(() => process.exit(code));
    });
  const { state, started } = await up({ bare });
  const where = slotNames(state.slot).server;
  tell(started ? `up after ${seconds(Date.now() - since)}: ${where}` : `already up since ${state.since}: ${where}`);
  tell('use it: eval "$(npm run --silent cluster -- env)"   end it: npm run cluster -- down');
  return 0;
}

async function runDown(owner: string | undefined): Promise<number> {
  tell((await down(owner === undefined ? undefined : Number(owner))) ? 'down' : 'there was none');
  return 0;
}

/** A word for a POSIX shell. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function current(): State | undefined {
  const state = readState();
  return state?.complete && alive(state.init) ? state : undefined;
}

async function runEnv(): Promise<number> {
  const state = current();
  if (!state) {
    tell('no cluster is up here; start it: npm run cluster -- up');
    return 1;
  }
  print(`export KUBECONFIG=${quoted(join(runDir(), 'admin.kubeconfig'))}`);
  print(`export PATH=${quoted(toolsOf(state.bin))}:"$PATH"`);
  return 0;
}

async function runStatus(): Promise<number> {
  const state = current();
  if (!state) {
    print(readState() ? 'down (an earlier one left traces; the next up or down removes them)' : 'down');
    return 1;
  }
  const kubectl = kubectlOf(runDir(), state);
  const ok = await healthy(state);
  print(
    `${ok ? 'up' : 'up, but its API server does not answer'} since ${state.since}, ${slotNames(state.slot).server}`,
  );
  print(`Kubernetes ${kubernetesVersion}${state.bare ? '' : `, JobSet ${jobsetVersion}, Trainer ${trainerVersion}`}`);
  if (!ok) return 1;
  print((await run(...kubectl('get', 'nodes'))).stdout.trimEnd());
  const pods = await run(...kubectl('get', 'pods', '-A', '--no-headers', '--chunk-size=500'));
  const waiting = pods.stdout.split('\n').filter((line) => {
    const [ready, of] = (line.split(/\s+/)[2] ?? '').split('/');
    return line && ready !== of && !/\sCompleted\s/.test(line);
  });
  print(waiting.length === 0 ? 'all pods are ready' : `pods not ready:\n${waiting.join('\n')}`);
  return 0;
}

async function main(): Promise<number> {
  let words: ReturnType<typeof parse>;
  try {
    words = parse();
  } catch (error) {
    tell(`${(error as Error).message}\n${usage}`);
    return 2;
  }
  const [verb, ...rest] = words.positionals;
  if (rest.length > 0 || (words.values.bare && verb !== 'up')) {
    tell(usage);
    return 2;
  }
  if (verb === 'up') return runUp(words.values.bare === true);
  if (verb === 'down') return runDown(words.values.owner);
  if (verb === 'env') return runEnv();
  if (verb === 'status') return runStatus();
  tell(usage);
  return 2;
}

// --owner is for a test run that ends: only what is still its own.
const options = { bare: { type: 'boolean' }, owner: { type: 'string' } } as const;
const parse = () => parseArgs({ allowPositionals: true, options });

// `status | head -1`: whoever reads has seen enough.
process.stdout.on('error', () => process.exit());

try {
  process.exitCode = await main();
} catch (error) {
  tell(error instanceof Missing ? `missing here: ${error.message}` : `failed: ${(error as Error).message}`);
  process.exitCode = 1;
}
