import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Chosen, userFrom, withFlags } from './config.ts';
import type { KubeFlags } from './kube.ts';
import type { Place } from './merge.ts';

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * A pod's own service account, where there is no kubeconfig (client-go rest.InClusterConfig).
 * @param folder where the kubelet puts the account's files
 */
export function inCluster(flags: KubeFlags, place: Place, folder: string = serviceAccount): Chosen | undefined {
  const host = place.env.KUBERNETES_SERVICE_HOST;
  const port = place.env.KUBERNETES_SERVICE_PORT;
  const tokenFile = join(folder, 'token');
  const read = (name: string): string | undefined => {
    try {
      return readFileSync(join(folder, name), 'utf8').trim();
    } catch {
      return undefined;
    }
  };
  if (!host || !port || read('token') === undefined) return undefined;
  const caFile = join(folder, 'ca.crt');
  return {
    contextName: '',
    cluster: {
      name: '',
      server: `https://${host.includes(':') ? `[${host}]` : host}:${port}`,
      ca: read('ca.crt') === undefined ? undefined : { file: caFile },
      insecure: false,
      tlsServerName: undefined,
      proxyUrl: undefined,
      disableCompression: false,
      execConfig: undefined,
    },
    user: withFlags({ ...userFrom(undefined), tokenFile }, flags),
    namespace: flags.namespace || read('namespace') || 'default',
    namespaceGiven: Boolean(flags.namespace),
  };
}
