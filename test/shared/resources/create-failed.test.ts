import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reasonCreateFailed } from '../../../shared/resources/create-failed.ts';

const forbids = 'Error creating: pods "x" is forbidden: ';

/** What controllers say of what they could not make (Kubernetes 1.36) → kind, words, remedy. */
const table: [string, string, string, RegExp][] = [
  [
    `${forbids}exceeded quota: team, requested: limits.memory=8Gi,pods=1, used: limits.memory=1Gi,pods=3, limited: limits.memory=4Gi,pods=3`,
    'quota',
    'over the quota team: asks limits.memory=8Gi,pods=1, used limits.memory=1Gi,pods=3 of limits.memory=4Gi,pods=3',
    /kubectl describe quota team/,
  ],
  [
    `${forbids}failed quota: team: must specify limits.memory for: main; requests.cpu for: main`,
    'quota',
    'the quota team wants limits.memory to be set (container main)',
    /set resources/,
  ],
  [
    `${forbids}[maximum memory usage per Container is 64Mi, but limit is 1Gi, maximum cpu usage per Container is 1, but limit is 2]`,
    'quota',
    "outside the project's limits: maximum memory usage per Container is 64Mi, but limit is 1Gi",
    /limitrange/,
  ],
  [
    `Error creating: admission webhook "pods.example.com" denied the request: no owner`,
    'admission',
    'refused by the webhook pods.example.com: no owner',
    /change/,
  ],
  [
    `Error creating: admission webhook "pods.example.com" denied the request without explanation`,
    'admission',
    'refused by the webhook pods.example.com',
    /^$/,
  ],
  [
    'Error creating: Internal error occurred: failed calling webhook "pods.example.com": failed to call webhook: no endpoints',
    'admission',
    'the webhook pods.example.com does not answer: failed to call webhook: no endpoints',
    /runs the cluster/,
  ],
  [
    `Error creating: pods "x" is forbidden: unable to create new content in namespace team-a because it is being terminated`,
    'deleting',
    'the project is being deleted',
    /kf use/,
  ],
  [
    'TrainJob resources reconciliation failed: clustertrainingruntimes.trainer.kubeflow.org "nope" not found',
    'runtime',
    'its runtime nope does not exist',
    /train runtimes/,
  ],
  ['Error creating: something new', 'controller', 'something new', /^$/],
];

for (const [message, code, words, remedy] of table) {
  test(words, () => {
    const why = reasonCreateFailed(message);
    assert.equal([why.code, why.text], [code, words]);
    assert.match(why.remedy, remedy);
  });
}

test.run();
