// waits
/** The resolver, the roots of a project and what they own: each kind that Kubernetes and Trainer's own controllers run. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { KfError } from '../../shared/cli/errors.ts';
import type { Kube } from '../../shared/kube/kube.ts';
import { openKube } from '../../shared/kube/open.ts';
import type { Component } from '../../shared/resources/component.ts';
import { listComponents, type OwnedNode, ownedTree } from '../../shared/resources/project.ts';
import { componentLabel, componentPods, resolveComponent } from '../../shared/resources/resolve.ts';
import { failure, makeContext } from '../shared/kube/support.ts';
import { testUnless } from '../support/real.ts';
import { kf } from '../support/suite.ts';
import * as make from './component-objects.ts';
import { clientCertUser, ensureCluster, kubectl, namespace, ownOnly, skipReason, until } from './index.ts';
import { create } from './pods.ts';

const real = testUnless(skipReason());
const context = makeContext();
const kubes: Kube[] = [];
const open = async (kubeconfig: string, ns: string): Promise<Kube> => {
  kubes.push(await openKube({ kubeconfig, namespace: ns }, context));
  return kubes.at(-1)!;
};
let kube: Kube;
let ns = '';
let end = async () => {};

test.before(async () => {
  if (skipReason()) return;
  const { kubeconfig } = await ensureCluster();
  const made = await namespace('components');
  [ns, end] = [made.name, made.delete];
  kube = await open(kubeconfig, ns);
  const objects = [
    make.cronJob('tick'),
    make.deployment('web', 2),
    make.crashing('broken'),
    make.deployment('asleep', 0),
    make.deployment('huge', 1, {}, { ...make.stays(), resources: { requests: { memory: '900Gi' } } }),
    make.statefulSet('db'),
    make.daemonSet('agent'),
    make.pod('lone'),
    make.pod('twin'),
    make.deployment('twin', 0),
    make.job('done'),
    make.job('fails', 'echo oh no; exit 4'),
    make.jobSet('set'),
    make.trainJob('digits'),
    ...make.shop('shop'),
  ];
  await create(ns, { apiVersion: 'v1', kind: 'List', items: objects });
});
test.after(async () => {
  for (const each of kubes) each.close();
  await end();
});

const resolve = (word: string) => resolveComponent(kube, context, word);
const refusal = (word: string): Promise<KfError> => failure(() => resolve(word));
const stateOf = async (word: string) => {
  const component = await resolve(word);
  const pods = await componentPods(kube, component);
  return { component, pods: pods!, state: component.kind.state(component.object, pods) };
};
/** Waits until the component does that, and gives all there is of it. */
async function doing(word: string, phase: string, ready: string) {
  let seen = '';
  await until(`${word} to be ${phase} ${ready}`, 150, async () => {
    const { state } = await stateOf(word);
    seen = `${state.phase} ${state.nodes.ready}/${state.nodes.total} ${state.why}`;
    return state.phase === phase && `${state.nodes.ready}/${state.nodes.total}` === ready;
  }).catch((error: Error) => {
    throw new Error(`${error.message}; it is ${seen}`);
  });
  return stateOf(word);
}
const namesOf = (pods: { metadata: { name: string } }[]) => pods.map((pod) => pod.metadata.name).sort();
/** `kind/name` of all there is under it, a step of two spaces a level; the random parts of names as `*`. */
const drawn = (node: OwnedNode, depth = 0): string[] =>
  node.children
    .map((child) => [`${'  '.repeat(depth)}${child.kind}/${child.name}`, ...drawn(child, depth + 1)])
    .sort()
    .flat()
    .map((line) => line.replace(/-[0-9a-z]{5}$/, '-*').replace(/-[0-9a-f]{8,10}(?=$|-\*)/, '-*'));
const treeOf = async (component: Component) => {
  const { root, refused, cut } = await ownedTree(kube, component);
  assert.equal([refused, cut], [[], []]);
  return drawn(root);
};

/** Words that mean it → label, phase, ready of total, pods, main container, a branch of what it owns. */
const table: [string[], string, string, string, RegExp[], string[]][] = [
  [
    ['web', 'deployment/web', 'deploy/web', 'Deployments/web', 'deployments.apps/web', 'deployment.v1.apps/web'],
    'deployment/web',
    'Running',
    '2/2',
    [/^web-[0-9a-f]+-\w{5}$/, /^web-[0-9a-f]+-\w{5}$/],
    ['ReplicaSet/web-*', '  Pod/web-*-*', '  Pod/web-*-*'],
  ],
  [['db', 'sts/db', 'statefulset/db'], 'statefulset/db', 'Running', '1/1', [/^db-0$/], ['Pod/db-0']],
  [['agent', 'ds/agent', 'daemonset/agent'], 'daemonset/agent', 'Running', '1/1', [/^agent-\w{5}$/], ['Pod/agent-*']],
  [['lone', 'pod/lone', 'po/lone', 'pods/lone'], 'pod/lone', 'Running', '1/1', [/^lone$/], []],
  [['done', 'job/done', 'jobs.batch/done'], 'job/done', 'Succeeded', '1/1', [/^done-\w{5}$/], ['Pod/done-*']],
  [
    ['set', 'jobset/set', 'js/set'],
    'jobset/set',
    'Running',
    '2/2',
    [/^set-worker-0-0-\w{5}$/, /^set-worker-0-1-\w{5}$/],
    ['Job/set-worker-0', '  Pod/set-worker-0-0-*', '  Pod/set-worker-0-1-*', 'Service/set'],
  ],
  [
    ['digits', 'trainjob/digits', 'trainjobs.trainer.kubeflow.org/digits'],
    'trainjob/digits',
    'Running',
    '2/2',
    [/^digits-node-0-0-\w{5}$/, /^digits-node-0-1-\w{5}$/],
    [
      'ConfigMap/digits-runtime-snapshot',
      'JobSet/digits',
      '  Job/digits-node-0',
      '    Pod/digits-node-0-0-*',
      '    Pod/digits-node-0-1-*',
      '  Service/digits',
    ],
  ],
  [
    ['shop', 'package/shop', 'pkg/shop'],
    'package/shop',
    'Running',
    '3/3',
    [/^shop-db-0$/, /^shop-web-/, /^shop-web-/],
    [
      'ConfigMap/shop-config',
      'Deployment/shop-web',
      '  ReplicaSet/shop-web-*',
      '    Pod/shop-web-*-*',
      '    Pod/shop-web-*-*',
      'Service/shop-web',
      'StatefulSet/shop-db',
      '  Pod/shop-db-0',
    ],
  ],
];

for (const [words, label, phase, ready, names, tree] of table) {
  real(`${label}: ${words.join(', ')}`, async () => {
    const { component, pods, state } = await doing(words[0]!, phase, ready);
    assert.is(state.why, '');
    assert.ok(Date.parse(state.started!) <= Date.now());
    for (const word of words) assert.is(componentLabel(await resolve(word)), label, word);
    assert.is(pods.length, names.length, namesOf(pods).join());
    namesOf(pods).forEach((name, i) => {
      assert.match(name, names[i]!);
    });
    for (const each of pods) {
      assert.ok(each.spec?.containers?.some(({ name }) => name === component.kind.mainContainer(each)));
    }
    assert.equal(await treeOf(component), tree);
  });
}

real('a CronJob: its runs and their pods, though no selector leads to them', async () => {
  const { component, pods, state } = await doing('cj/tick', 'Running', '1/1');
  assert.is(componentLabel(component), 'cronjob/tick');
  assert.is(component.kind.podSelector(component.object), undefined);
  assert.match(namesOf(pods).join(), /^tick-\d+-\w{5}$/);
  assert.is(state.failure, undefined);
  const [run, pod] = await treeOf(component);
  assert.match(run!, /^Job\/tick-/);
  assert.match(pod!, /^ {2}Pod\/tick-\S+-\*$/);
  await kubectl(['-n', ns, 'patch', 'cronjob', 'tick', '-p', '{"spec":{"suspend":true}}']);
  assert.is((await stateOf('tick')).state.phase, 'Suspended');
});

real('kubectl kf status says it of each, by any of its words', async () => {
  for (const [words, label, phase] of table) {
    const { code, stdout, stderr } = await kf(['status', words.at(-1)!, '-n', ns]);
    assert.is(code, 0, stderr);
    assert.match(stdout, new RegExp(`^${label} {3}${phase}\\b`), stdout);
  }
});

real('what does not run says why', async () => {
  const asleep = await doing('asleep', 'Stopped', '0/0');
  assert.is(asleep.state.why, 'scaled to 0');
  const huge = await doing('huge', 'Pending', '0/1');
  assert.match(huge.state.why, /^not enough memory \(asks 900Gi\)$/);
  const broken = await doing('broken', 'Restarting', '0/1');
  assert.match(broken.state.why, /^broken-\S+ exited 3, restarted /);
  assert.is(broken.state.failure?.exitCode, 3);
  const fails = await doing('job/fails', 'Failed', '1/1');
  assert.match(fails.state.why, /^fails-\w{5} exited 4$/);
  await kubectl(['-n', ns, 'delete', 'job', 'fails', '--wait=false']);
});

real('the roots of the project are those that nobody else lists', async () => {
  const found: string[] = [];
  for await (const { kind, items, refused } of listComponents(kube, context)) {
    assert.is(refused, undefined);
    found.push(...items.map((each) => `${kind.kind}/${each.metadata.name}`));
  }
  const expected =
    'TrainJob/digits JobSet/set Job/done CronJob/tick Deployment/asleep Deployment/broken Deployment/huge ' +
    'Deployment/shop-web Deployment/twin Deployment/web StatefulSet/db StatefulSet/shop-db DaemonSet/agent Pod/lone Pod/twin';
  assert.is(found.filter((each) => each !== 'Job/fails').join(' '), expected);
  const only: string[] = [];
  const kinds = [(await resolve('web')).kind];
  for await (const page of listComponents(kube, context, { kinds, selector: 'app.kubernetes.io/part-of=shop' })) {
    only.push(...page.items.map((each) => each.metadata.name));
  }
  assert.equal(only, ['shop-web']);
});

real('a name that two components have, that none has, or that can be none', async () => {
  const two = await refusal('twin');
  assert.is(two.exit, 2);
  assert.is(two.message, '"twin" is more than one component: deployment/twin, pod/twin');
  assert.is(componentLabel(await resolve('pod/twin')), 'pod/twin');
  // What a component made is reached by its kind, though its name alone means the root.
  assert.is(componentLabel(await resolve('jobset/digits')), 'jobset/digits');

  const slip = await refusal('digts');
  assert.is(slip.exit, 3);
  assert.is(slip.message, `no component "digts" in ${ns}; did you mean digits?`);
  assert.is((await refusal('deploy/wbe')).message, `no deployment "wbe" in ${ns}; did you mean web?`);
  assert.is((await refusal('package/shp')).message, `no package "shp" in ${ns}; did you mean shop?`);
  assert.is((await refusal('zzzzzzzzzz')).message, `no component "zzzzzzzzzz" in ${ns}`);
  for (const word of ['', '/', 'web/', '/web', 'a/b/c', '..', 'pod/..', '.']) {
    assert.is((await refusal(word)).exit, 2, word);
  }
  for (const word of ['\u001b[31mweb', 'Web', 'web web', 'web?x=1', 'web%2f', 'x'.repeat(300), 'web\u202e']) {
    assert.is((await refusal(word)).exit, 3, word);
  }
  const kind = await refusal('deploymnt/web');
  assert.is(kind.exit, 2);
  assert.is(kind.message, 'no kind of component "deploymnt"; did you mean deployment?');
  const gone = await failure(async () => {
    const other = await open((await ensureCluster()).kubeconfig, `${ns}x`);
    return resolveComponent(other, context, 'web');
  });
  assert.is(gone.exit, 3);
  assert.match(gone.message, new RegExp(`^no project "${ns}x"`));
});

testUnless(ownOnly())('who may see only a part gets that part, and is told what is lacking', async () => {
  const user = `part-${ns}`;
  const read = ['get', 'list'];
  const rules = [
    { apiGroups: ['apps'], resources: ['deployments'], verbs: read },
    { apiGroups: ['trainer.kubeflow.org'], resources: ['trainjobs'], verbs: read },
  ];
  await create(ns, { apiVersion: 'v1', kind: 'List', items: make.allowed(user, rules) });
  const own = await open(await clientCertUser(user, []), ns);
  await until('the binding to hold', 20, async () => {
    return (
      (await kubectl(['-n', ns, 'auth', 'can-i', 'get', 'trainjobs.trainer.kubeflow.org', '--as', user])).code === 0
    );
  });
  const digits = await resolveComponent(own, context, 'digits');
  assert.is(componentLabel(digits), 'trainjob/digits');
  assert.is(await componentPods(own, digits), undefined);
  const tree = await ownedTree(own, digits);
  assert.equal(tree.root.children, []);
  assert.ok(tree.refused.includes('pods') && tree.refused.includes('jobsets.jobset.x-k8s.io'), tree.refused.join());
  const missing: string[] = [];
  const seen: string[] = [];
  for await (const { kind, items, refused } of listComponents(own, context)) {
    if (refused) missing.push(refused);
    seen.push(...items.map((each) => `${kind.kind}/${each.metadata.name}`));
  }
  assert.ok(missing.includes(`you may not list pods in ${ns}`), missing.join());
  assert.ok(seen.includes('Deployment/web') && seen.includes('TrainJob/digits'), seen.join());
  const slip = await failure(() => resolveComponent(own, context, 'digts'));
  assert.is(slip.message, `no component "digts" in ${ns}; did you mean digits?`);
  assert.match(slip.details.join(), /^you may not read .*jobsets.*pods.* there: it may be one of those$/);
  assert.is((await failure(() => resolveComponent(own, context, 'pod/lone'))).exit, 4);

  const nobody = await open(await clientCertUser(`nobody-${ns}`, []), ns);
  assert.is((await failure(() => resolveComponent(nobody, context, 'digits'))).exit, 4);
});

test.run();
