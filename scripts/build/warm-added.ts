import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../shared/registry/digest.ts';
import type { SubcommandSpec } from '../../shared/registry/entry.ts';
import { trust } from '../../shared/registry/trust.ts';

const words = ['__added', 'warm', 'a', '--count', '3'];
/** The words that run it: here, and twice in the project's runner, which is remembered from then on. */
export const addedWarm: string[][] = [words, ...Array(2).fill([...words, '--where', 'cluster'])];

/** Stands for Python: says of each call that the function returned a row. It needs not be on the machine that builds. */
const python = `#!/bin/sh
for call; do :; done
file=$(printf %s "$call" | sed 's/.*"file":"\\([^"]*\\)".*/\\1/')
echo '{"value": [{"name": "a", "count": 3}]}' > "$file"
`;

/**
 * A person's home with a subcommand of their own in it, so that the way of its run is warmed too.
 * @returns the folder of the programs that it needs
 */
export async function addedHome(home: string): Promise<string> {
  const spec: SubcommandSpec = {
    ...{ version: '0.1.0', digest: '', summary: 'warm', runtime: 'python', handler: 'warm.warm', python: '>=3.8' },
    files: { 'warm.py': 'def warm(name, count: int = 1):\n    return [{"name": name, "count": count}]\n' },
    parameters: [
      { name: 'name', typed: 'word', type: 'text', required: true, passed: 'either' },
      ...(['text', 'integer', 'boolean'] as const).map((type, i) => ({
        ...{ name: ['what', 'count', 'fast'][i]!, typed: 'option' as const, flag: `--${['what', 'count', 'fast'][i]}` },
        ...{ type, required: false, passed: 'either' as const },
      })),
    ],
    ...{ requires: [], runs: ['local', 'cluster'] },
  };
  spec.digest = digestOf(spec);
  const folder = join(home, '.config', 'kubectl-kf', 'commands');
  await mkdir(folder, { recursive: true });
  const object = { apiVersion: 'kf.kubeflow.org/v1alpha1', kind: 'Subcommand', metadata: { name: 'warm' }, spec };
  await writeFile(join(folder, 'warm.yaml'), JSON.stringify(object, null, 2));
  trust({ env: {}, home, cwd: home, now: Date.now }, spec.digest, { name: 'warm', origin: 'the build' });
  const bin = join(home, 'bin');
  await mkdir(bin, { recursive: true });
  await writeFile(join(bin, 'python3'), python, { mode: 0o755 });
  return bin;
}
