import { type Reason, reason } from './reason.ts';

/** A controller's complaint that it could not make its objects (an event's message), in plain words. */
export function reasonCreateFailed(message: string): Reason {
  for (const [pattern, tell] of complaints) {
    const match = pattern.exec(message);
    if (match) return tell(...(match.slice(1).map((group) => group ?? '') as Groups));
  }
  const plain = message
    .replace(/^\(combined from similar events\): /, '')
    .replace(/^TrainJob resources reconciliation failed: /, '')
    .replace(/^(?:Error creating|create Pod \S+ in \S+ \S+ failed error): /, '');
  return reason('controller', plain);
}

type Groups = [string, string, string, string];

/** The API server's words, by what refused: quota, limits, accounts, policies, webhooks, the project itself. */
const complaints: [RegExp, (...groups: Groups) => Reason][] = [
  [
    /exceeded quota: ([^,]+), requested: ([^\s]+), used: ([^\s]+), limited: ([^\s]+)/,
    (quota, asks, used, limit) =>
      reason(
        'quota',
        `over the quota ${quota}: asks ${asks}, used ${used} of ${limit}`,
        `ask for less, or end what the project no longer needs: kubectl describe quota ${quota}`,
      ),
  ],
  [
    /failed quota: ([^:]+): must specify ([^;]+?)(?: for: ([^;]+))?(?:;|$)/,
    (quota, what, container) =>
      reason(
        'quota',
        `the quota ${quota} wants ${what} to be set${container ? ` (container ${container})` : ''}`,
        `set resources for ${what}`,
      ),
  ],
  [
    /((?:minimum|maximum) \w[\w./-]* usage per \w+ is [^,]+, but (?:limit|request) is [^.,\]]+)/,
    (what) =>
      reason('quota', `outside the project's limits: ${what}`, 'see what it allows: kubectl describe limitrange'),
  ],
  [
    /ValidatingAdmissionPolicy '([^']+)' with binding '[^']*' denied request: (.*)$/s,
    (policy, why) => reason('admission', `refused by the policy ${policy}: ${why}`, 'change what the policy names'),
  ],
  [
    /admission webhook "([^"]+)" denied the request(?: without explanation)?(?:: (.*))?$/s,
    (hook, why) =>
      reason('admission', `refused by the webhook ${hook}${why && `: ${why}`}`, why && 'change what it names'),
  ],
  [
    /failed calling webhook "([^"]+)": (.*)$/s,
    (hook, why) => reason('admission', `the webhook ${hook} does not answer: ${why}`, 'tell who runs the cluster'),
  ],
  [
    /violates PodSecurity "([^":]+)[^"]*": (.*)$/s,
    (level, why) =>
      reason(
        'admission',
        `refused by the pod security level ${level}: ${why}`,
        'set what it asks for in securityContext',
      ),
  ],
  [
    /error looking up service account [^/\s]+\/[^:\s]+: serviceaccount "([^"]+)" not found/,
    (account) =>
      reason(
        'config',
        `service account ${account} does not exist`,
        'name one that exists: kubectl get serviceaccounts',
      ),
  ],
  [
    /no PriorityClass with name (\S+) was found/,
    (name) =>
      reason('config', `priority class ${name} does not exist`, 'name one that exists: kubectl get priorityclasses'),
  ],
  [
    /because (?:it|namespace \S+) is being terminated/,
    () => reason('deleting', 'the project is being deleted', 'work in another: kubectl kf use'),
  ],
  [
    /(?:ClusterTrainingRuntime|TrainingRuntime)\S* "([^"]+)" not found/i,
    (name) => reason('runtime', `its runtime ${name} does not exist`, 'see which there are: kubectl kf train runtimes'),
  ],
];
