/** Subcommands for tests, as the registry holds them. */
import type { Call, Found, Json, Parameter, SubcommandSpec } from '../../shared/registry/entry.ts';

/** A Python function `fn` in fn.py whose parameters are text, number or whatever the values are. */
export function pythonFunction(
  source: string,
  values: Record<string, Json> = {},
  more: Partial<SubcommandSpec> = {},
): [Found, Call] {
  const parameters = Object.keys(values).map(
    (name): Parameter => ({ name, typed: 'word', type: 'json', required: true, passed: 'either' }),
  );
  const spec: SubcommandSpec = {
    ...{
      version: '0.1.0',
      digest: `sha256:${'0'.repeat(64)}`,
      summary: 'for a test',
      runtime: 'python',
      handler: 'fn.fn',
    },
    ...{ files: { 'fn.py': source }, parameters, requires: [], runs: ['cluster'] },
    ...more,
  };
  const subcommand = { apiVersion: 'kf.kubeflow.org/v1alpha1', kind: 'Subcommand', metadata: { name: 'fn' }, spec };
  return [{ level: 'personal', subcommand }, { values }];
}
