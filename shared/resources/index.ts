import type { JobKind } from './resource.ts';

/** Every job kind that the commands know, loaded when asked for; the training kinds first. */
export const jobKinds: Record<string, () => Promise<JobKind>> = {
  TrainJob: () => import('./train-job.ts').then((m) => m.trainJob),
  PyTorchJob: () => import('./pytorch-job.ts').then((m) => m.pytorchJob),
  TFJob: () => import('./tf-job.ts').then((m) => m.tfJob),
  MPIJob: () => import('./mpi-job.ts').then((m) => m.mpiJob),
  XGBoostJob: () => import('./xgboost-job.ts').then((m) => m.xgboostJob),
  PaddleJob: () => import('./paddle-job.ts').then((m) => m.paddleJob),
  JAXJob: () => import('./jax-job.ts').then((m) => m.jaxJob),
  JobSet: () => import('./job-set.ts').then((m) => m.jobSet),
  Job: () => import('./job.ts').then((m) => m.job),
};

/** All of them. */
export const allJobKinds = (): Promise<JobKind[]> => Promise.all(Object.values(jobKinds).map((load) => load()));

/** The kind of that group and name (`TrainJob`); undefined where no file here knows it. */
export async function jobKindOf(apiVersion: string, kind: string): Promise<JobKind | undefined> {
  const found = Object.hasOwn(jobKinds, kind) ? await jobKinds[kind]!() : undefined;
  return found && apiVersion.split('/')[0] === found.group ? found : undefined;
}

/** The kinds that a word may mean, as kubectl takes it: `trainjob`, `trainjobs`, `js`, `job.batch`. */
export async function jobKindsNamed(word: string): Promise<JobKind[]> {
  const [name = '', ...group] = word.toLowerCase().split('.');
  const all = await allJobKinds();
  return all.filter(
    (k) =>
      [k.kind.toLowerCase(), k.plural, ...k.shortNames].includes(name) &&
      (group.length === 0 ||
        k.group === group.join('.') ||
        k.versions.some((v) => `${v}.${k.group}` === group.join('.'))),
  );
}
