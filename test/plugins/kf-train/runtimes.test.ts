import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { forbidden, list, train } from './support.ts';

const group = '/apis/trainer.kubeflow.org/v1alpha1';
const own = `${group}/namespaces/team-a/trainingruntimes`;
const shared = `${group}/clustertrainingruntimes`;
const runtime = (name: string, labels: object, image: string, nodes?: number) => ({
  metadata: { name, labels, creationTimestamp: '2026-01-01T00:00:00Z' },
  spec: {
    mlPolicy: nodes ? { numNodes: nodes } : {},
    template: {
      spec: {
        replicatedJobs: [
          {
            name: 'dataset-initializer',
            template: { spec: { template: { spec: { containers: [{ name: 'x', image: 'no' }] } } } },
          },
          {
            name: 'node',
            template: {
              metadata: { labels: { 'trainer.kubeflow.org/trainjob-ancestor-step': 'trainer' } },
              spec: {
                template: {
                  spec: {
                    containers: [
                      { name: 'sidecar', image: 'no' },
                      { name: 'node', image },
                    ],
                  },
                },
              },
            },
          },
        ],
      },
    },
  },
});
const torch = runtime('torch', { 'trainer.kubeflow.org/framework': 'torch' }, 'pytorch:2', 2);
const old = runtime(
  'old',
  { 'trainer.kubeflow.org/framework': 'mpi', 'trainer.kubeflow.org/support': 'deprecated' },
  'mpi:1',
);

test("the project's and the cluster's runtimes", async () => {
  const routes = { [own]: list('TrainingRuntime', [old]), [shared]: list('ClusterTrainingRuntime', [torch]) };
  const { code, stdout } = await train(['runtimes'], routes);
  assert.is(code, 0);
  assert.equal(stdout.split('\n'), [
    'NAME    SCOPE     FRAMEWORK          NODES   IMAGE',
    'old     project   mpi (deprecated)   1       mpi:1',
    'torch   cluster   torch              2       pytorch:2',
    '',
  ]);
  const names = await train(['runtimes', '-o', 'name'], routes);
  assert.is(
    names.stdout,
    'trainingruntime.trainer.kubeflow.org/old\nclustertrainingruntime.trainer.kubeflow.org/torch\n',
  );
});

test('who may read one kind only gets that, and is told', async () => {
  const { code, stdout, stderr } = await train(['runtimes'], {
    [own]: list('TrainingRuntime', [old]),
    [shared]: forbidden('clustertrainingruntimes'),
  });
  assert.is(code, 0);
  assert.match(stdout, /\nold /);
  assert.is(stderr, 'clustertrainingruntimes may not be listed here: this is not all there may be\n');
});

test('who may read none is told by whom it is granted', async () => {
  const { code, stderr } = await train(['runtimes'], {
    [own]: forbidden('trainingruntimes'),
    [shared]: forbidden('clustertrainingruntimes'),
  });
  assert.is(code, 4);
  assert.match(stderr, /^not allowed: tester may not list trainingruntimes and clustertrainingruntimes in team-a\n/);
});

test('no runtimes, and no Trainer', async () => {
  const none = await train(['runtimes'], {
    [own]: list('TrainingRuntime', null),
    [shared]: list('ClusterTrainingRuntime', null),
  });
  assert.equal([none.code, none.stdout], [0, '']);
  assert.match(none.stderr, /^no runtimes in team-a or the cluster/);
  assert.is((await train(['runtimes'])).code, 3);
});

test.run();
