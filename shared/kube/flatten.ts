import type { Chosen, Source } from './config.ts';

/** The chosen cluster, person and project alone, as a kubeconfig (JSON, which YAML holds). Paths in it are absolute. */
export function flattened({ contextName, cluster, user, namespace }: Chosen): string {
  const { impersonate } = user;
  const context = contextName || 'kf';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': context,
    contexts: [{ name: context, context: { cluster: cluster.name, user: user.name || 'kf', namespace } }],
    clusters: [
      {
        name: cluster.name,
        cluster: {
          server: cluster.server,
          ...source('certificate-authority', cluster.ca),
          ...(cluster.insecure ? { 'insecure-skip-tls-verify': true } : {}),
          'tls-server-name': cluster.tlsServerName,
          'proxy-url': cluster.proxyUrl,
          ...(cluster.disableCompression ? { 'disable-compression': true } : {}),
          ...(cluster.execConfig === undefined
            ? {}
            : { extensions: [{ name: 'client.authentication.k8s.io/exec', extension: cluster.execConfig }] }),
        },
      },
    ],
    users: [
      {
        name: user.name || 'kf',
        user: {
          ...source('client-certificate', user.cert),
          ...source('client-key', user.key),
          token: user.token,
          tokenFile: user.tokenFile,
          username: user.username,
          password: user.password,
          exec: user.exec,
          'auth-provider': user.authProvider,
          as: impersonate.user,
          'as-uid': impersonate.uid,
          ...(impersonate.groups.length > 0 ? { 'as-groups': impersonate.groups } : {}),
          ...(Object.keys(impersonate.extra).length > 0 ? { 'as-user-extra': impersonate.extra } : {}),
        },
      },
    ],
  });
}

function source(name: string, from: Source | undefined): Record<string, string> {
  if (from?.data !== undefined) return { [`${name}-data`]: from.data };
  return from?.file === undefined ? {} : { [name]: from.file };
}
