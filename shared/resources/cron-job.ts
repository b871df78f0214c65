import type { KubeObject } from '../kube/kube.ts';
import type { ComponentKind, ComponentState } from './component.ts';
import { at, objects, text } from './fields.ts';
import { job } from './job.ts';
import type { Pod } from './pod.ts';
import { podFacts } from './pods.ts';
import { deletingOf, whyDeleting } from './workload.ts';

/** batch/v1 CronJob: its runs are Jobs, whose pods only ownerReferences lead to. */
export const cronJob: ComponentKind = {
  group: 'batch',
  kind: 'CronJob',
  plural: 'cronjobs',
  versions: ['v1'],
  shortNames: ['cj'],
  state: stateOf,
  podSelector: () => undefined,
  mainContainer: job.mainContainer,
  rank: (pod) => text(pod.metadata?.name),
  service: 'job',
  owns: ['jobs.batch', 'pods'],
};

function stateOf(object: KubeObject, pods?: readonly Pod[]): ComponentState {
  const status = (field: string) => text(at(object, 'status', field)) || undefined;
  const runs = objects(at(object, 'status', 'active')).length;
  const facts = podFacts(pods ?? [], cronJob);
  const live = facts.ranks.filter((r) => r.phase !== 'Succeeded' && r.phase !== 'Failed');
  const state: ComponentState = {
    phase: 'Scheduled',
    why: '',
    nodes: { ready: live.filter((r) => r.ready).length, total: live.length },
    restarts: 0,
    started: status('lastScheduleTime'),
    finished: runs > 0 ? undefined : status('lastSuccessfulTime'),
    failure: undefined,
  };
  const as = (phase: ComponentState['phase'], why = ''): ComponentState => Object.assign(state, { phase, why });
  const going = `${runs} ${runs === 1 ? 'run goes' : 'runs go'} on`;
  const deleting = deletingOf(object);
  if (deleting) return as('Deleting', whyDeleting(deleting));
  if (at(object, 'spec', 'suspend') === true) return as('Suspended', runs > 0 ? going : '');
  if (runs > 0) return as('Running', runs > 1 ? going : '');
  // The newest run failed: a schedule goes on all the same, but a person wants to know.
  const newest = facts.ranks.at(facts.pods.indexOf(newestOf(facts.pods)!));
  if (newest?.phase === 'Failed') {
    state.failure = newest.failure;
    return as('Scheduled', `its last run failed: ${newest.failure?.text ?? 'no pod says why'}`);
  }
  return as('Scheduled', words(object));
}

const words = (object: KubeObject): string => {
  const schedule = text(at(object, 'spec', 'schedule'));
  const zone = text(at(object, 'spec', 'timeZone'));
  return schedule && `at ${schedule}${zone ? ` (${zone})` : ''}`;
};

const newestOf = (pods: readonly Pod[]): Pod | undefined =>
  pods.reduce<Pod | undefined>((a, b) => (a && created(a) > created(b) ? a : b), undefined);
const created = (pod: Pod) => text(pod.metadata?.creationTimestamp);
