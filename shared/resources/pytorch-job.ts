import { trainingOperatorKind } from './training-operator.ts';

export const pytorchJob = trainingOperatorKind({
  kind: 'PyTorchJob',
  plural: 'pytorchjobs',
  replicas: 'pytorchReplicaSpecs',
  container: 'pytorch',
});
