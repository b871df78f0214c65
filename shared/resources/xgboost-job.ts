import { trainingOperatorKind } from './training-operator.ts';

export const xgboostJob = trainingOperatorKind({
  kind: 'XGBoostJob',
  plural: 'xgboostjobs',
  replicas: 'xgbReplicaSpecs',
  container: 'xgboost',
});
