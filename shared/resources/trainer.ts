import { Exit, KfError } from '../cli/errors.ts';
import { isUnserved } from '../kube/discovery.ts';

const install =
  'a cluster admin installs it: kubectl apply --server-side -k "https://github.com/kubeflow/trainer.git/manifests/overlays/manager?ref=v2.3.0"';

/** Exit 3, and what to install. */
export const missingTrainer = (): KfError =>
  new KfError(Exit.notFound, 'this cluster has no Kubeflow Trainer: it serves no trainjobs.trainer.kubeflow.org', {
    hint: install,
  });

/** A 404 to a list of TrainJobs means that their kind is not served; anything else is thrown as it is. */
export function noTrainer(error: unknown): KfError {
  if (!isUnserved(error)) throw error;
  return missingTrainer();
}
