/** What the real tests need of this machine, and the cluster of this run. */
import { down, up } from '../../test/cluster/cluster.ts';
import { preflight } from '../../test/cluster/preflight.ts';
import { identify } from '../../test/cluster/system.ts';

let mayEnd = false;

/** What keeps the real tests from running here, each with its remedy; `context` where they run on a cluster that exists. */
export function needs(): { lacks: string[]; context: string | undefined } {
  const context = process.env.KF_TEST_CONTEXT || undefined;
  if (context) return { lacks: [], context };
  return { lacks: preflight().map(({ missing, remedy }) => `${missing} is missing (${remedy})`), context };
}

/** Starts it, or uses the one that a person has up; '' when it is ready. */
export async function startCluster(): Promise<string> {
  mayEnd = true;
  const { state } = await up({ owner: identify(process.pid) });
  mayEnd = state.owner !== undefined;
  return '';
}

/** Ends the cluster, if this run began it: not one that a person started, nor with KF_KEEP_CLUSTER=1. */
export async function stopCluster(): Promise<void> {
  if (!mayEnd) return;
  if (process.env.KF_KEEP_CLUSTER === '1') {
    process.stdout.write('the cluster stays up (KF_KEEP_CLUSTER=1); end it: npm run cluster -- down\n');
    return;
  }
  await down(process.pid);
}
