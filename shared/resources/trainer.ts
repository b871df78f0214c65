import { Exit, KfError } from '../cli/errors.ts';

const install =
  'a cluster admin installs it: kubectl apply --server-side -k "https://github.com/kubeflow/trainer.git/manifests/overlays/manager?ref=v2.3.0"';

/** A 404 to a list of TrainJobs means that their kind is not served; anything else is thrown as it is. */
export function noTrainer(error: unknown): KfError {
  if (!(error instanceof KfError) || error.exit !== Exit.notFound) throw error;
  return new KfError(
    Exit.notFound,
    'this cluster has no Kubeflow Trainer: it serves no trainjobs.trainer.kubeflow.org',
    {
      hint: install,
      ...(error.status ? { status: error.status } : {}),
    },
  );
}
