import type { Context } from '../cli/context.ts';
import type { Kube } from '../kube/kube.ts';

/** One run of the command: where to, and for whom. */
export interface Session {
  kube: Kube;
  context: Context;
  /** --kubeconfig, where given. */
  kubeconfig: string | undefined;
  /** Marks what this run makes. */
  submission: string;
}
