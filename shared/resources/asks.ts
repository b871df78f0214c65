import type { KubeRequest } from '../kube/kube.ts';
import { firstRequest } from './list.ts';
import { trainJob } from './train-job.ts';

/** What a list of TrainJobs asks first; namespace undefined: of all. */
export const trainJobs = (namespace: string | undefined): KubeRequest => firstRequest(trainJob, namespace);
