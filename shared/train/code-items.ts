import { basename } from 'node:path';
import { KfError } from '../cli/errors.ts';
import { served } from '../kube/discovery.ts';
import type { KubeObject } from '../kube/kube.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { jobKinds } from '../resources/index.ts';
import { missingTrainer } from '../resources/trainer.ts';
import { type Code, readCode } from './code.ts';
import type { Item } from './item.ts';
import { checkTrainJobName } from './name.ts';
import { type CodeFlags, codeOptions } from './options.ts';
import { rehearse } from './rehearse.ts';
import { chooseRuntime } from './runtime-ref.ts';
import type { Selected } from './select.ts';
import type { Session } from './session.ts';
import { codeConfigMap } from './ship.ts';
import { codeTrainJob, type PatchForm, patchForms } from './trainjob-template.ts';

export interface CodeSubmission extends Selected {
  code: Code;
  /** Rehearses with the form of patch that this Trainer takes, and keeps it. */
  rehearse(): Promise<void>;
}

const made = (object: KubeObject): Manifest => ({ object, place: () => undefined });
const configMaps = { group: '', version: 'v1', kind: 'ConfigMap', plural: 'configmaps', namespaced: true };

/** The job and its code as objects. Everything local is checked before the cluster is asked anything. */
export async function codeItems(
  session: Session,
  name: string,
  path: string,
  word: string,
  flags: CodeFlags,
): Promise<CodeSubmission> {
  const options = codeOptions(flags);
  checkTrainJobName(name, 'node', options.nodes);
  const code = await readCode(path, word === '.' ? basename(path) : word, flags.entry);
  const { kube, context } = session;
  const where = await served(kube, context, 'trainer.kubeflow.org', 'TrainJob');
  if (!where) throw missingTrainer();
  const runtime = await chooseRuntime(kube, options.runtime, (line) => context.stderr.write(`${line}\n`));
  const { namespace } = kube;
  const apiVersion = `${where.group}/${where.version}`;
  const jobIn = (form: PatchForm) => made(codeTrainJob({ name, namespace, apiVersion, runtime, code, options }, form));
  const files: Item = { manifest: made(codeConfigMap(name, namespace, code)), served: configMaps, role: 'code' };
  const job: Item = { manifest: jobIn(patchForms[0]), served: where, role: 'job', nodes: runtime.nodes };
  const items = [files, job];
  return {
    items,
    code,
    kind: await jobKinds.TrainJob!(),
    async rehearse() {
      for (const [i, form] of patchForms.entries()) {
        job.manifest = jobIn(form);
        try {
          return await rehearse(session, items);
        } catch (error) {
          const other = error instanceof KfError && error.message.includes(`unknown field spec.${form}`);
          if (!other || i === patchForms.length - 1) throw error;
        }
      }
    },
  };
}
