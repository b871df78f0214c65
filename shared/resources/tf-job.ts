import { trainingOperatorKind } from './training-operator.ts';

export const tfJob = trainingOperatorKind({
  kind: 'TFJob',
  plural: 'tfjobs',
  replicas: 'tfReplicaSpecs',
  container: 'tensorflow',
});
