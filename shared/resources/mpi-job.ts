import { trainingOperatorKind } from './training-operator.ts';

export const mpiJob = trainingOperatorKind({
  kind: 'MPIJob',
  plural: 'mpijobs',
  replicas: 'mpiReplicaSpecs',
  container: 'mpi',
});
