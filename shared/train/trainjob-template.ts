import type { KubeObject } from '../kube/kube.ts';
import { at, count, objects, text } from '../resources/fields.ts';
import type { Runtime } from '../resources/runtime.ts';
import type { Code } from './code.ts';
import type { CodeOptions } from './options.ts';
import { codeMount, codeVolumes, startCommand, workspace } from './ship.ts';

/**
 * How TrainJobs patch the pods of their runtime, newest first: Trainer 2.2 and later, 2.1, 2.0 (the schema moved inside v1alpha1).
 */
export const patchForms = ['runtimePatches', 'podTemplateOverrides', 'podSpecOverrides'] as const;
export type PatchForm = (typeof patchForms)[number];

export const codeAnnotation = {
  code: 'kf.kubeflow.org/code',
  args: 'kf.kubeflow.org/args',
  sha256: 'kf.kubeflow.org/code-sha256',
} as const;

/** Who wrote the patch, as Trainer wants it: a domain and a path. */
const patchManager = 'kf.kubeflow.org/kubectl-kf';

export interface CodeJob {
  name: string;
  namespace: string;
  apiVersion: string;
  runtime: Runtime;
  code: Code;
  options: CodeOptions;
}

/** The TrainJob that runs the code on the runtime. */
export function codeTrainJob(job: CodeJob, form: PatchForm): KubeObject {
  const { name, namespace, apiVersion, runtime, code, options } = job;
  const { args } = options;
  return {
    apiVersion,
    kind: 'TrainJob',
    metadata: {
      name,
      namespace,
      annotations: {
        [codeAnnotation.code]: code.files.length === 1 ? code.entry : `${code.name}${code.entry}`,
        [codeAnnotation.sha256]: code.sha256,
        ...(args.length > 0 ? { [codeAnnotation.args]: JSON.stringify(args) } : {}),
      },
    },
    spec: {
      runtimeRef: { apiGroup: 'trainer.kubeflow.org', kind: runtime.kind, name: runtime.name },
      trainer: trainer(job),
      [form]: patches(job, form),
    },
  };
}

function trainer({ runtime, code, options }: CodeJob): object {
  const { packages, args, resources, image } = options;
  // Said outright even where it is the runtime's: a list then knows it without asking, whatever becomes of the runtime.
  const nodes = options.nodes ?? (count(at(runtime.object, 'spec', 'mlPolicy', 'numNodes')) || undefined);
  const env = [{ name: 'PYTHONUNBUFFERED', value: '1' }, ...options.env.filter((e) => e.name !== 'PYTHONUNBUFFERED')];
  const start = startCommand({ code, packages, args, env, framework: runtime.framework, mpi: isMpi(runtime) });
  return {
    ...(nodes === undefined ? {} : { numNodes: nodes }),
    ...(image === undefined ? {} : { image }),
    command: start.command,
    ...(start.args.length > 0 ? { args: start.args } : {}),
    // $(NAME) in a value is replaced as in commands.
    env: env.map(({ name, value }) => ({ name, value: value.replaceAll('$(', '$$$$(') })),
    ...(Object.keys(resources).length > 0 ? { resourcesPerNode: { limits: resources, requests: resources } } : {}),
  };
}

export const isMpi = (runtime: Runtime): boolean => at(runtime.object, 'spec', 'mlPolicy', 'mpi') !== undefined;

/** The steps whose pods run the code: the trainer's, and with MPI the nodes that its launcher starts ranks on. */
function steps(runtime: Runtime): { name: string; container: string; hasWorkspace: boolean }[] {
  return objects(at(runtime.object, 'spec', 'template', 'spec', 'replicatedJobs'))
    .filter((step) => step.name === runtime.step || (isMpi(runtime) && step.name === 'node'))
    .map((step) => {
      const containers = objects(at(step, 'template', 'spec', 'template', 'spec', 'containers'));
      const container = containers.find((c) => c.name === runtime.container) ?? containers[0];
      const hasWorkspace = objects(container?.volumeMounts).some((mount) => mount.mountPath === workspace);
      return { name: text(step.name), container: text(container?.name), hasWorkspace };
    });
}

function patches({ name, runtime, code }: CodeJob, form: PatchForm): object[] {
  const all = steps(runtime).map((step) => {
    const mounts = [{ name: 'kf-code', mountPath: codeMount, readOnly: true }];
    // A runtime that mounts its own volume there (torchtune's initializer) keeps it.
    const own = step.hasWorkspace ? [] : [{ name: 'kf-workspace', mountPath: workspace }];
    const volumes = codeVolumes(name, code).slice(0, step.hasWorkspace ? 1 : 2);
    return { step, spec: { volumes, containers: [{ name: step.container, volumeMounts: [...mounts, ...own] }] } };
  });
  switch (form) {
    case 'podTemplateOverrides':
      return all.map(({ step, spec }) => ({ targetJobs: [{ name: step.name }], spec }));
    case 'podSpecOverrides':
      return all.map(({ step, spec }) => ({ targetJobs: [{ name: step.name }], ...spec }));
    case 'runtimePatches': {
      const replicatedJobs = all.map(({ step, spec }) => ({
        name: step.name,
        template: { spec: { template: { spec } } },
      }));
      return [{ manager: patchManager, trainingRuntimeSpec: { template: { spec: { replicatedJobs } } } }];
    }
  }
}
