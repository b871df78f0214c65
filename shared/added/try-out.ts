import type { Context } from '../cli/context.ts';
import { digestOf } from '../registry/digest.ts';
import { apiVersion, type Found, kind } from '../registry/entry.ts';
import type { Understood } from '../registry/source.ts';
import { forgetSource } from './cached-source.ts';
import { runLocal } from './local.ts';
import { runWith } from './run.ts';

/** Runs what a source was understood as, here and as its owner's own: nothing of it is kept. */
export async function testSource({ name, version }: Understood, words: string[], context: Context): Promise<number> {
  const spec = { ...version, version: version.version ?? '0.1.0', runs: ['local' as const] };
  const subcommand = { apiVersion, kind, metadata: { name }, spec: { ...spec, digest: digestOf(spec) } };
  const found: Found = { level: 'personal', subcommand };
  try {
    return await runWith(found, words, context, ({ call, flags }) => runLocal(context, subcommand, call, flags));
  } finally {
    forgetSource(context, subcommand.spec.digest);
  }
}
