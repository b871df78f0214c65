/** Added verbs, against what they are made of: a built-in's start-up, and the program that they run. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { which } from '../cluster/system.ts';
import { folder, kf, personEnv } from '../support/suite.ts';
import { times } from './startup.ts';
import type { Row } from './table.ts';

const python = 'def benchpy(name, count: int = 1):\n    """Bench."""\n    return [{"name": name, "count": count}]\n';
const bash = '#!/usr/bin/env bash\necho "$1"\n';
const go = 'package main\n\nimport "fmt"\n\nfunc main() {\n\tfmt.Println("x")\n}\n';

/** A verb of the person's own, run on this machine, through kubectl and the dispatcher. `use` reads the kubeconfig and asks nobody. */
export async function commandRows(say: (line: string) => void): Promise<Row[]> {
  const work = folder();
  const rows: Row[] = [];
  const base = await personEnv();
  const own = async (file: string, text: string): Promise<void> => {
    writeFileSync(join(work, file), text);
    const { code, stderr } = await kf(['command', 'add', join(work, file), '--personal', '--yes']);
    if (code !== 0) throw new Error(`the verb to be run: ${stderr}`);
  };
  const row = async (what: string, verb: string, program: string, env: typeof base): Promise<void> => {
    const [ours, start, alone] = (await times([`kubectl kf ${verb}`, 'kubectl kf use', program], env)) as [
      number,
      number,
      number,
    ];
    const figures = `${ours.toFixed(0)} ms to ${start.toFixed(0)} + ${alone.toFixed(0)} ms`;
    rows.push({ what, ratio: ours / (start + alone), bar: 1.3, figures });
  };
  await own('benchpy.py', python);
  await row('a Python verb of one’s own / kubectl kf use + python3 -c pass', 'benchpy a', 'python3 -c pass', base);
  await own('benchsh.sh', bash);
  await row('a bash verb / kubectl kf use + bash -c :', 'benchsh', 'bash -c :', base);
  const compiler = which('go');
  if (!compiler) say('not measured: a Go verb: go is missing');
  else {
    const env = { ...base, PATH: `${join(compiler, '..')}:${base.PATH}`, GOTOOLCHAIN: 'local' };
    await own('benchgo.go', go);
    const built = await kf(['benchgo'], { env, timeout: 300_000 });
    if (built.code !== 0) throw new Error(`the Go verb: ${built.stderr}`);
    await row('a Go verb, built before / kubectl kf use + true', 'benchgo', 'true', env);
  }
  return rows;
}
