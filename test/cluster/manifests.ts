/** The manifests of JobSet and Trainer, as their own modules ship them, on the images that the node has. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { moduleDir } from './binaries.ts';
import { here } from './layout.ts';
import { must } from './system.ts';

/** Writes jobset.yaml, trainer.yaml and runtimes.yaml into `dest`; `work` is for the copies that are changed. */
export async function renderManifests(bin: string, work: string, dest: string): Promise<void> {
  await copyOf('sigs.k8s.io/jobset', 'config', join(work, 'jobset'));
  await copyOf('github.com/kubeflow/trainer/v2', 'manifests', join(work, 'trainer'));
  edit(join(work, 'jobset/components/manager/kustomization.yaml'), [
    [/newName: .*/, 'newName: local.test/jobset'],
    [/newTag: .*/, 'newTag: "1"'],
  ]);
  edit(join(work, 'trainer/overlays/manager/kustomization.yaml'), [
    [/.*third-party\/jobset.*\n/, ''], // a base from the network; JobSet comes from its own module
    [/newTag: .*/, 'newName: local.test/trainer\n    newTag: "1"'],
  ]);
  const render = async (dir: string, file: string) => {
    const text = await must(join(bin, 'kubectl'), ['kustomize', join(work, dir)]);
    writeFileSync(join(dest, file), quick(text));
  };
  await render('jobset/default', 'jobset.yaml');
  await render('trainer/overlays/manager', 'trainer.yaml');
  await render('trainer/overlays/runtimes', 'runtimes.yaml');
  writeFileSync(join(dest, 'python-distributed.yaml'), readFileSync(join(here, 'python-distributed.yaml')));
}

/** Readiness probes that look soon and often, so that the cluster is there sooner; images that are never pulled. */
function quick(text: string): string {
  let probe = '';
  const lines = text.split('\n').map((line) => {
    probe = line.match(/^\s+(\w+Probe):$/)?.[1] ?? probe;
    if (/^\s+imagePullPolicy: Always$/.test(line)) return line.replace('Always', 'IfNotPresent');
    return probe === 'readinessProbe'
      ? line.replace(/^(\s+(?:initialDelay|period)Seconds: )\d+$/, (_, key) => `${key}1`)
      : line;
  });
  return lines.join('\n');
}

async function copyOf(module: string, folder: string, dest: string): Promise<void> {
  cpSync(join(await moduleDir(module), folder), dest, { recursive: true });
  await must('chmod', ['-R', 'u+w', dest]); // Go's module cache is read-only
}

function edit(file: string, changes: [RegExp, string][]): void {
  let text = readFileSync(file, 'utf8');
  for (const [pattern, replacement] of changes) {
    if (!pattern.test(text)) throw new Error(`${file} no longer has ${pattern}`);
    text = text.replace(pattern, replacement);
  }
  writeFileSync(file, text);
}
