import type { Context } from '../../shared/cli/context.ts';
import { findPlugin } from '../../shared/cli/find.ts';

/** The executable that answers to a verb, where anyone's plugin does: `kubectl-kf_foo` for foo. */
export const pluginOf =
  (context: Context) =>
  (verb: string): string | undefined =>
    findPlugin(`kf-${verb}`, context);
