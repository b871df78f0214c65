import { trainingOperatorKind } from './training-operator.ts';

export const paddleJob = trainingOperatorKind({
  kind: 'PaddleJob',
  plural: 'paddlejobs',
  replicas: 'paddleReplicaSpecs',
  container: 'paddle',
});
