import type { Context } from '../cli/context.ts';
import { choose } from './config.ts';
import { credentialsFor } from './credentials.ts';
import { requestTimeout } from './duration.ts';
import type { Where } from './errors.ts';
import type { Kube, KubeFlags } from './kube.ts';
import { proxyFor, withoutPassword } from './proxy.ts';
import { makeClient } from './request.ts';
import { traceFor } from './trace.ts';
import { makeTransport } from './transport.ts';

/**
 * The cluster and person that flags and kubeconfig choose. Sends nothing and runs no plugin: that waits for the first request.
 * Throws KfError (exit 2) where the kubeconfig or the flags are not usable.
 */
export async function openKube(flags: KubeFlags, context: Context): Promise<Kube> {
  const timeoutMs = requestTimeout(flags.requestTimeout);
  const chosen = await choose(flags, context);
  const { cluster, user, contextName } = chosen;
  const proxy = proxyFor(cluster.server, cluster.proxyUrl, context.env);
  const where: Where = {
    server: cluster.server,
    contextName,
    userName: user.name,
    ...(proxy ? { proxy: withoutPassword(proxy.href) } : {}),
  };
  const client = makeClient({
    chosen,
    where,
    context,
    timeoutMs,
    credentials: await credentialsFor(chosen, context),
    transport: makeTransport(cluster, where, proxy),
    trace: traceFor(flags.verbosity ?? 0, context),
  });
  return {
    namespace: chosen.namespace,
    namespaceGiven: chosen.namespaceGiven,
    contextName,
    clusterName: cluster.name,
    userName: user.name,
    server: cluster.server,
    ...client,
  };
}
