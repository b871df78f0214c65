import { usageError } from '../cli/errors.ts';
import type { KubeFlags } from './kube.ts';
import {
  besides,
  type Entry,
  type Fields,
  isFields,
  loadMerged,
  type Merged,
  type Place,
  stringField,
} from './merge.ts';

export interface ClusterConfig {
  name: string;
  /** With scheme, without a slash at the end. */
  server: string;
  ca: Source | undefined;
  insecure: boolean;
  tlsServerName: string | undefined;
  proxyUrl: string | undefined;
  disableCompression: boolean;
  /** `extensions[client.authentication.k8s.io/exec]`: handed to credential plugins. */
  execConfig: unknown;
}

/** Text given in the kubeconfig (base64), or a file. */
export interface Source {
  data?: string;
  file?: string;
}

export interface UserConfig {
  name: string;
  /** Where the user is defined: refreshed tokens are saved there. '' in a cluster. */
  file: string;
  cert: Source | undefined;
  key: Source | undefined;
  token: string | undefined;
  /** Wins over `token`, as in client-go; read again when it has aged. */
  tokenFile: string | undefined;
  username: string | undefined;
  password: string | undefined;
  exec: Fields | undefined;
  authProvider: Fields | undefined;
  impersonate: Impersonation;
}

export interface Impersonation {
  user: string | undefined;
  uid: string | undefined;
  groups: string[];
  extra: Record<string, string[]>;
}

/** The cluster, person and namespace that a command's flags and the kubeconfig choose. */
export interface Chosen {
  contextName: string;
  cluster: ClusterConfig;
  user: UserConfig;
  namespace: string;
  namespaceGiven: boolean;
}

/** Reads the kubeconfig as kubectl does and applies its flags. Throws KfError (exit 2) where there is no cluster to talk to. */
export async function choose(flags: KubeFlags, place: Place): Promise<Chosen> {
  const merged = await loadMerged(flags.kubeconfig, place);
  if (isEmpty(merged)) {
    const { inCluster } = await import('./config-in-cluster.ts');
    const inside = inCluster(flags, place);
    if (inside) return inside;
    throw usageError(
      merged.found.length > 0
        ? `the kubeconfig is empty: ${merged.found.join(', ')}`
        : `no kubeconfig: ${merged.tried.join(', ')} ${merged.tried.length === 1 ? 'is' : 'are'} not there`,
      'ask for a kubeconfig from who runs the cluster, then set KUBECONFIG to it or use --kubeconfig',
    );
  }
  const contextName = flags.context || merged.currentContext;
  // No context at all will do where --cluster says enough.
  const context = contextName === '' && flags.cluster ? undefined : chosenContext(merged, contextName);
  const clusterName = flags.cluster || (context && stringField(context.fields, 'cluster')) || '';
  const userName = flags.user || (context && stringField(context.fields, 'user')) || '';
  return {
    contextName,
    cluster: clusterFrom(entry(merged.clusters, clusterName, 'cluster', contextName)),
    user: withFlags(userFrom(userName === '' ? undefined : entry(merged.users, userName, 'user', contextName)), flags),
    namespace: flags.namespace || (context && stringField(context.fields, 'namespace')) || 'default',
    namespaceGiven: Boolean(flags.namespace),
  };
}

const isEmpty = (merged: Merged) => merged.clusters.size === 0 && merged.contexts.size === 0 && merged.users.size === 0;

/** The context of that name; '' finds none, and says what there is. */
export function chosenContext(merged: Merged, name: string): Entry {
  const found = merged.contexts.get(name);
  if (found) return found;
  const names = [...merged.contexts.keys()];
  const files = (merged.found.length > 0 ? merged.found : merged.tried).join(', ');
  if (name !== '') {
    throw usageError(
      `no context "${name}" in ${files}`,
      names.length > 0 ? `there are: ${names.join(', ')}` : 'it has no contexts at all',
    );
  }
  throw usageError(
    `the kubeconfig sets no current context: ${files}`,
    names.length > 0
      ? `choose one: kubectl config use-context ${names[0]}, or --context; there are: ${names.join(', ')}`
      : 'it has no contexts at all: choose another with KUBECONFIG or --kubeconfig',
  );
}

function entry(entries: Map<string, Entry>, name: string, what: 'cluster' | 'user', contextName: string): Entry {
  const found = entries.get(name);
  if (found) return found;
  const names = [...entries.keys()].join(', ');
  if (name === '') throw usageError(`context "${contextName}" names no ${what}`, `name one with --${what}: ${names}`);
  throw usageError(`no ${what} "${name}" in the kubeconfig`, names ? `there are: ${names}` : `it has no ${what}s`);
}

function clusterFrom(from: Entry): ClusterConfig {
  const { fields } = from;
  const ca = source(from, 'certificate-authority');
  const insecure = fields['insecure-skip-tls-verify'] === true;
  const server = stringField(fields, 'server');
  if (!server) throw usageError(`cluster "${from.name}" has no server (${from.file})`, 'correct the kubeconfig');
  if (insecure && ca) {
    throw usageError(
      `cluster "${from.name}" has both a certificate authority and insecure-skip-tls-verify (${from.file})`,
      'remove insecure-skip-tls-verify: kubectl refuses such a file too',
    );
  }
  return {
    name: from.name,
    server: serverUrl(server, from, ca !== undefined || insecure),
    ca,
    insecure,
    tlsServerName: stringField(fields, 'tls-server-name'),
    proxyUrl: stringField(fields, 'proxy-url'),
    disableCompression: fields['disable-compression'] === true,
    execConfig: extension(fields, 'client.authentication.k8s.io/exec'),
  };
}

/** A server without a scheme is https where the entry speaks of TLS, else http (client-go rest.DefaultServerURL). */
function serverUrl(server: string, from: Entry, tls: boolean): string {
  const text = server.includes('://') ? server : `${tls ? 'https' : 'http'}://${server}`;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:') || url.hostname === '') {
    throw usageError(
      `cluster "${from.name}" has no usable server: "${server}" (${from.file})`,
      'it must be an https URL',
    );
  }
  return `${url.protocol}//${url.host}${url.pathname.replace(/\/+$/, '')}`;
}

function extension(fields: Fields, name: string): unknown {
  const list = Array.isArray(fields.extensions) ? fields.extensions : [];
  return list.find((item) => isFields(item) && item.name === name)?.extension;
}

export function userFrom(from: Entry | undefined): UserConfig {
  const fields = from?.fields ?? {};
  const text = (name: string) => stringField(fields, name);
  const tokenFile = text('tokenFile');
  const exec = fields.exec;
  const authProvider = fields['auth-provider'];
  return {
    name: from?.name ?? '',
    file: from?.file ?? '',
    cert: from && source(from, 'client-certificate'),
    key: from && source(from, 'client-key'),
    token: text('token'),
    tokenFile: from && tokenFile ? besides(from, tokenFile) : undefined,
    username: text('username'),
    password: text('password'),
    exec: from && isFields(exec) ? execFields(exec, from) : undefined,
    authProvider: isFields(authProvider) ? authProvider : undefined,
    impersonate: {
      user: text('as'),
      uid: text('as-uid'),
      groups: strings(fields['as-groups']),
      extra: extraFrom(fields['as-user-extra']),
    },
  };
}

/** A plugin's command with a slash in it is a path beside the kubeconfig; a bare name is looked up in PATH. */
function execFields(exec: Fields, from: Entry): Fields {
  const command = stringField(exec, 'command');
  return command && /[/\\]/.test(command) ? { ...exec, command: besides(from, command) } : exec;
}

/** `--as`, `--as-group`, `--as-uid` replace what the kubeconfig says. */
export function withFlags(user: UserConfig, flags: KubeFlags): UserConfig {
  const { impersonate } = user;
  const chosen: Impersonation = {
    user: flags.as || impersonate.user,
    uid: flags.asUid || impersonate.uid,
    groups: flags.asGroup?.length ? flags.asGroup : impersonate.groups,
    extra: impersonate.extra,
  };
  if (!chosen.user && (chosen.uid || chosen.groups.length > 0)) {
    throw usageError('--as-group and --as-uid need --as: a user to act as', 'add --as NAME');
  }
  return { ...user, impersonate: chosen };
}

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function extraFrom(value: unknown): Record<string, string[]> {
  if (!isFields(value)) return {};
  return Object.fromEntries(Object.entries(value).map(([key, list]) => [key, strings(list)]));
}

/** `<name>-data` wins over the file `<name>`. */
function source(from: Entry, name: string): Source | undefined {
  const data = stringField(from.fields, `${name}-data`);
  if (data) return { data };
  const file = stringField(from.fields, name);
  return file ? { file: besides(from, file) } : undefined;
}
