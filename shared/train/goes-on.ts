import { Exit, KfError } from '../cli/errors.ts';
import type { KubeObject } from '../kube/kube.ts';

/** What Ctrl-C leaves once the job is made. */
export const goesOn = (job: KubeObject): KfError =>
  new KfError(Exit.interrupted, `interrupted; ${job.kind.toLowerCase()}/${job.metadata.name} was made and goes on`, {
    hint: `Follow it: kubectl kf train logs -f ${job.metadata.name}   Stop it: kubectl kf train suspend ${job.metadata.name}`,
  });
