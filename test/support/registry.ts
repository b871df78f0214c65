/** Subcommands as the registry has them, for tests. */
import type { Parameter, Version } from '../../shared/registry/entry.ts';

export const parameter = (name: string, more: Partial<Parameter> = {}): Parameter => {
  const option = more.typed === undefined || more.typed === 'option';
  return {
    name,
    typed: 'option',
    ...(option ? { flag: `--${name.replaceAll('_', '-')}` } : {}),
    type: 'text',
    required: false,
    ...more,
  };
};

export const version = (number: string, more: Partial<Version> = {}): Version => ({
  version: number,
  digest: `sha256:${number.replaceAll(/\D/g, '').padEnd(64, '0')}`,
  summary: 'tune a model',
  runtime: 'python',
  handler: 'tune.tune',
  files: { 'tune.py': `def tune():\n    return ${JSON.stringify(number)}\n` },
  parameters: [],
  requires: [],
  runs: ['local', 'cluster'],
  ...more,
});
