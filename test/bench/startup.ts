/** Start-up of whole processes against kubectl's, in one run of hyperfine. */
import { execFile } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { folder, installedSuite, kf, personEnv } from '../support/suite.ts';
import { median, type Row } from './table.ts';

/**
 * Runs each command line once a round and gives its times by round, in milliseconds. There and back: a machine that is slower for
 * a moment is so for all of them.
 */
async function rounds(count: number, commands: string[], env: Record<string, string | undefined>): Promise<number[][]> {
  const out = join(folder(), 'times.json');
  const all = new Map(commands.map((command) => [command, [] as number[]]));
  // The first round warms what there is to be warmed.
  for (let round = 0; round <= count; round++) {
    const order = round % 2 ? commands.toReversed() : commands;
    const args = ['-N', '--runs', '1', '--style', 'none', '--export-json', out, ...order];
    await promisify(execFile)('hyperfine', args, { env: env as NodeJS.ProcessEnv });
    const { results } = JSON.parse(readFileSync(out, 'utf8')) as { results: { command: string; times: number[] }[] };
    if (round > 0) for (const { command, times } of results) all.get(command)!.push(times[0]! * 1000);
  }
  return [...all.values()];
}

/** The median of each command line's times, in milliseconds. */
export async function times(commands: string[], env: Record<string, string | undefined>): Promise<number[]> {
  return (await rounds(30, commands, env)).map(median);
}

type Times = number[];

/** Bar 5: with one job in the namespace. */
export async function startup(namespace: string): Promise<Row[]> {
  const { bin } = await installedSuite();
  const env = await personEnv();
  const made = await kf([
    'train',
    'one',
    join(import.meta.dirname, '..', '..', 'scripts', 'demo', 'digits'),
    '--runtime',
    'python-distributed',
    '--wait',
    '-n',
    namespace,
  ]);
  if (made.code !== 0) throw new Error(`the job to be listed: ${made.stderr}`);
  const train = join(bin, 'kubectl-kf_train');
  const measure = (commands: string[], environment: typeof env) => rounds(60, commands, environment);
  const [base, version] = (await measure(['kubectl version --client', `${train} --version`], env)) as [Times, Times];
  const list = [
    `kubectl get trainjobs -n ${namespace}`,
    `${train} list -n ${namespace}`,
    `kubectl kf train list -n ${namespace}`,
  ];
  const [get, direct, dispatched] = (await measure(list, env)) as [Times, Times, Times];
  const links = folder();
  symlinkSync(train, join(links, 'kubectl-kf-train'));
  const linkedEnv = { ...env, PATH: `${links}${delimiter}${env.PATH}` };
  const [getAgain, linked] = (await measure([list[0]!, list[2]!], linkedEnv)) as [Times, Times];
  const row = (what: string, ours: Times, theirs: Times, bar: number): Row => ({
    what,
    ratio: median(ours.map((time, i) => time / theirs[i]!)),
    bar,
    figures: `${median(ours).toFixed(0)} ms to ${median(theirs).toFixed(0)} ms`,
  });
  return [
    row('kubectl-kf_train --version / kubectl version --client', version, base, 0.8),
    row('kubectl-kf_train list, one job / kubectl get trainjobs', direct, get, 1.1),
    row('kubectl kf train list, dash-spelled link / kubectl get trainjobs', linked, getAgain, 1.8),
    row('kubectl kf train list, dispatcher / kubectl get trainjobs', dispatched, get, 2.2),
  ];
}
