import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { signMachO } from './macho.ts';
import { baseFor, generatorFor } from './node.ts';
import type { Job } from './pkg-worker.ts';
import type { Target } from './targets.ts';

/**
 * Node's own flags in an executable. Without the first, whatever loads node:tls reads 140 authorities on a second thread, whose
 * end the process waits for: 7 ms at each exit. shared/kube names the authorities that it trusts, so none of them is missed.
 * Without the second, SIGUSR1 opens a debugger's port in a program that holds tokens, and a thread waits for it. The third leaves
 * V8 one thread of four: each has memory of its own, and is waited for at the end. Both together are 2.5 ms of each run.
 */
const allFlags = ['--use-openssl-ca', '--disable-sigusr1', '--v8-pool-size=1'];
/** The first megabytes' garbage collections are spared; more than these would have to be set up at each start. */
const nodeFlags = [...allFlags, '--min-semi-space-size=4'];
/** kf follows logs for hours: what V8 is given to begin with it keeps. */
const frugalFlags = [...allFlags, '--min-semi-space-size=1', '--max-semi-space-size=1'];

/**
 * Makes an executable: the target's prepared Node with a blob of the main script and its assets (files by name).
 * @param group whose commands it holds
 * @param main file of the script that runs first
 * @param output where the executable goes; it is overwritten
 */
export async function inject(
  group: string,
  target: Target,
  main: string,
  assets: Record<string, string>,
  output: string,
): Promise<void> {
  const { home } = await baseFor(target);
  const job: Job = {
    main,
    output,
    platform: target.os === 'darwin' ? 'macos' : target.os,
    arch: target.arch,
    node: target.node,
    seaConfig: {
      assets,
      disableExperimentalSEAWarning: true,
      // Node's flags in the arguments are ours to refuse, and NODE_OPTIONS could load code into a program that holds tokens.
      ...(target.argvSwitch ? { execArgvExtension: 'none', execArgv: group === 'kf' ? frugalFlags : nodeFlags } : {}),
    },
  };
  const worker = join(import.meta.dirname, 'pkg-worker.ts');
  const env = { ...process.env, HOME: home, USERPROFILE: home, NODE_OPTIONS: '', NODE_NO_WARNINGS: '1' };
  await promisify(execFile)(await generatorFor(target), [worker, JSON.stringify(job)], { env, maxBuffer: 1 << 26 });
  if (target.os === 'darwin') await writeFile(output, signMachO(await readFile(output), 'kubectl-kf'), { mode: 0o755 });
}
