/** What verbs that people add cost those that they have not: start-up of built-ins, and completion and help of many. */
import { readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { writeIndex } from '../../shared/registry/remembered.ts';
import { context } from '../support/command.ts';
import { completing } from '../support/completing.ts';
import { type ManySubcommands, manySubcommands } from '../support/many-subcommands.ts';
import { folder, installedSuite, person, personEnv } from '../support/suite.ts';
import { inRounds } from './completion.ts';
import { median, type Row } from './table.ts';

/** Built-ins without the group kf-command, with it, and with something replaced in another project. */
export async function builtinRows(namespace: string): Promise<Row[]> {
  const { bin: installed } = await installedSuite();
  const env = await personEnv();
  const machine = (groups: string[]) => {
    const [home, bin] = [folder(), folder()];
    for (const name of groups) {
      const file = join(installed, name);
      symlinkSync(process.env.KF_BIN ? file : readlinkSync(file), join(bin, name));
    }
    const path = (env.PATH ?? '').replace(installed, bin);
    return { home, words: `env HOME=${home} KREW_ROOT=${home} PATH=${path} kubectl` };
  };
  const all = ['kubectl-kf', 'kubectl-kf_train', 'kubectl-kf_command'];
  const machines = [machine(all.slice(0, 2)), machine(all), machine(all)];
  const entry = { name: 'train', level: 'project' as const, summary: '', digest: '', replaces: 'train' };
  writeIndex('elsewhere', [entry], context({ home: machines[2]!.home }).context);
  const rows: Row[] = [];
  for (const words of ['kf version --client', `kf train list -n ${namespace}`]) {
    const lines = machines.map((each) => `${each.words} ${words}`);
    const [without = 0, ...others] = (await inRounds(lines, env)).map((times) => median(times) * 1000);
    for (const [i, what] of ['with kf-command', 'and train replaced elsewhere'].entries()) {
      const ms = others[i]!;
      const figures = `${ms.toFixed(1)} ms to ${without.toFixed(1)} ms`;
      rows.push({ what: `kubectl ${words}: ${what} / without`, ratio: ms / without, bar: 1.05, figures });
    }
  }
  return rows;
}

/** Bar 6: a registry of many against one of ten, with what is remembered. */
export async function manyRows(many: number, say: (line: string) => void): Promise<Row[]> {
  const made: ManySubcommands[] = [];
  try {
    for (const count of [10, many]) {
      made.push(await manySubcommands(count));
      say(`${count} subcommands made`);
    }
    const { env, tabUntil } = await completing();
    for (const { namespace, name } of made) {
      await tabUntil((lines) => lines.some((line) => line.startsWith(name)), 'kf', '-n', namespace, '');
      await tabUntil((lines) => lines.some((line) => line.startsWith('--metric')), 'kf', name, '-n', namespace, '--');
      await person('kubectl', ['kf', '--help', '-n', namespace], { env });
    }
    const asked: [string, (place: ManySubcommands) => string][] = [
      ['kubectl __complete kf ""', ({ namespace }) => `kubectl __complete kf -n ${namespace} ""`],
      ['kubectl __complete kf t', ({ namespace }) => `kubectl __complete kf -n ${namespace} t`],
      ['  without the answer kept', ({ namespace }) => `kubectl __complete kf --namespace=${namespace} t`],
      ['kubectl __complete kf NAME --', ({ namespace, name }) => `kubectl __complete kf ${name} -n ${namespace} --`],
      [
        'kubectl __complete kf command describe ""',
        ({ namespace }) => `kubectl __complete kf command describe -n ${namespace} ""`,
      ],
      ['kubectl kf --help', ({ namespace }) => `kubectl kf --help -n ${namespace}`],
      ['kubectl kf NAME --help', ({ namespace, name }) => `kubectl kf ${name} --help -n ${namespace}`],
    ];
    const rows: Row[] = [];
    for (const [what, line] of asked) {
      const [few = 0, all = 0] = (await inRounds(made.map(line), env)).map((times) => median(times) * 1000);
      const figures = `${all.toFixed(0)} ms to ${few.toFixed(0)} ms`;
      rows.push({ what: `${what}: ${many} subcommands / 10`, ratio: all / few, bar: 1.5, figures });
    }
    return rows;
  } finally {
    for (const each of made) await each.delete();
  }
}
