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
export const openKube = async (flags: KubeFlags, context: Context): Promise<Kube> => (await open(flags, context)).kube;

export interface Opened {
  kube: Kube;
  /** Begins the first connection, where it can be told beforehand who connects; false where not. */
  connect(): Promise<boolean>;
}

/** As {@link openKube}. */
export async function open(flags: KubeFlags, context: Context): Promise<Opened> {
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
  const credentials = await credentialsFor(chosen, context);
  const transport = makeTransport(cluster, where, proxy);
  const client = makeClient({
    chosen,
    where,
    context,
    timeoutMs,
    credentials,
    transport,
    trace: traceFor(flags.verbosity ?? 0, context),
  });
  const kube: Kube = {
    namespace: chosen.namespace,
    namespaceGiven: chosen.namespaceGiven,
    contextName,
    clusterName: cluster.name,
    userName: user.name,
    server: cluster.server,
    ...client,
  };
  const connect = async () => {
    // A plugin may ask the person, or take long: it is run when a request needs it.
    if (user.exec || user.authProvider) return false;
    return transport.connect(await credentials.current());
  };
  return { kube, connect };
}
