/** A subcommand in the project's runner beside `kubectl exec` of the same function there, by turns. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { ensureCommandImage } from '../cluster/command-image.ts';
import { kubectl, namespace } from '../cluster/index.ts';
import { subcommandOf } from '../support/subcommands.ts';
import { folder, kf, personEnv } from '../support/suite.ts';
import { median, type Row } from './table.ts';

const source = 'def tune(name):\n    print("tuned", name)\n';

/** Bar: at most 1.5 times kubectl's. */
export async function runnerRows(rounds: number): Promise<Row[]> {
  const image = await ensureCommandImage();
  const ns = await namespace('bench-command');
  try {
    const config = folder();
    const given = { files: { 'tune.py': source }, runs: ['cluster' as const], image };
    const [name] = subcommandOf('tune').spec.parameters;
    const tune = subcommandOf('tune', { ...given, parameters: [name!] });
    mkdirSync(join(config, 'kubectl-kf', 'commands'), { recursive: true });
    writeFileSync(join(config, 'kubectl-kf', 'commands', 'tune.yaml'), stringify(tune));
    const warm = await kf(['command', 'warm', '-n', ns.name, '--image', image]);
    if (warm.code !== 0) throw new Error(warm.stderr);
    const pods = [
      '-n',
      ns.name,
      'get',
      'pods',
      '-l',
      'kf.kubeflow.org/runner',
      '-o',
      'jsonpath={.items[0].metadata.name}',
    ];
    const pod = (await kubectl(pods)).stdout;
    const env = { ...(await personEnv()), XDG_CONFIG_HOME: config } as NodeJS.ProcessEnv;
    const time = (words: string[]): number => {
      const began = performance.now();
      const { status, stdout, stderr } = spawnSync('kubectl', words, { env, encoding: 'utf8', input: '' });
      if (status !== 0 || stdout !== 'tuned x\n')
        throw new Error(`kubectl ${words.join(' ')}: ${status}\n${stdout}${stderr}`);
      return performance.now() - began;
    };
    const ours: number[] = [];
    const theirs: number[] = [];
    const same = ['python3', '-c', `${source}tune("x")\n`];
    for (let round = -2; round < rounds; round++) {
      const [a, b] = [
        time(['kf', 'tune', 'x', '-n', ns.name, `--trust=${tune.spec.digest}`]),
        time(['-n', ns.name, 'exec', '-i', pod, '--', ...same]),
      ];
      // The first ones find nothing in the machine's caches.
      if (round < 0) continue;
      ours.push(a);
      theirs.push(b);
    }
    const [a, b] = [median(ours), median(theirs)];
    const figures = `${a.toFixed(0)} ms to ${b.toFixed(0)} ms`;
    return [{ what: 'kubectl kf tune in the runner / kubectl exec of the same', ratio: a / b, bar: 1.5, figures }];
  } finally {
    await ns.delete();
  }
}
