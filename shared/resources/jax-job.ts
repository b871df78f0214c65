import { trainingOperatorKind } from './training-operator.ts';

export const jaxJob = trainingOperatorKind({
  kind: 'JAXJob',
  plural: 'jaxjobs',
  replicas: 'jaxReplicaSpecs',
  container: 'jax',
});
