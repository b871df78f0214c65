/** Subcommands for tests: whole objects as `command add` makes them. */
import { digestOf } from '../../shared/registry/digest.ts';
import { apiVersion, kind, type Subcommand, type SubcommandSpec } from '../../shared/registry/entry.ts';

/** A Python function `tune(name, trials=10, metric="loss")`, with a digest that is right. */
export function specOf(given: Partial<SubcommandSpec> = {}): SubcommandSpec {
  const spec: SubcommandSpec = {
    version: '0.1.0',
    digest: '',
    summary: 'Tune a model',
    runtime: 'python',
    handler: 'tune.tune',
    files: { 'tune.py': 'def tune(name, trials: int = 10, metric="loss"):\n    return []\n' },
    parameters: [
      { name: 'name', typed: 'word', type: 'text', required: true, passed: 'either' },
      {
        ...{ name: 'trials', typed: 'option', flag: '--trials', type: 'integer', required: false, default: 10 },
        ...{ help: 'how often', passed: 'either' },
      },
      {
        ...{ name: 'metric', typed: 'option', flag: '--metric', type: 'text', required: false, default: 'loss' },
        ...{ choices: ['loss', 'accuracy'], passed: 'either' },
      },
    ],
    requires: [],
    runs: ['local', 'cluster'],
    ...given,
  };
  return { ...spec, digest: given.digest ?? digestOf(spec) };
}

export const subcommandOf = (name: string, given: Partial<SubcommandSpec> = {}): Subcommand => ({
  apiVersion,
  kind,
  metadata: { name },
  spec: specOf(given),
});
