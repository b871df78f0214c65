import type { Context } from '../cli/context.ts';
import { Exit, Interrupted, KfError, usageError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import type { Chosen, ClusterConfig } from './config.ts';
import type { Credentials, Identity } from './credentials.ts';
import { type Fields, isFields, stringField } from './merge.ts';
import { pem } from './tls.ts';

const versions = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1'];

/** client.authentication.k8s.io ExecCredential, its status. */
interface Status {
  token?: string;
  clientCertificateData?: string;
  clientKeyData?: string;
  expirationTimestamp?: string;
}

/**
 * Credentials from an exec plugin, as kubectl runs one (client-go plugin/pkg/client/auth/exec): once per process until they expire or
 * the server refuses them, however many requests wait for it. Its stderr, and its stdin on a terminal, are the person's.
 */
export function fromPlugin(chosen: Chosen, base: Identity, context: Context): Credentials {
  const plugin = readPlugin(chosen.user.exec!, chosen.user.name);
  let running: Promise<void> | undefined;
  let identity: Identity | undefined;
  let expires = Number.POSITIVE_INFINITY;
  const run = (): Promise<void> => {
    running ??= execute(plugin, chosen, context)
      .then((status) => {
        expires = status.expirationTimestamp ? Date.parse(status.expirationTimestamp) : Number.POSITIVE_INFINITY;
        identity = identityFrom(status, base, identity);
      })
      .finally(() => {
        running = undefined;
      });
    return running;
  };
  return {
    async current() {
      if (!identity || context.now() >= expires) await run();
      return identity!;
    },
    async refresh(used) {
      // Another request's 401 may have renewed them already.
      if (used === identity) await run();
      return true;
    },
  };
}

interface Plugin {
  apiVersion: string;
  command: string;
  args: string[];
  env: Record<string, string>;
  interactiveMode: string;
  provideClusterInfo: boolean;
  installHint: string;
  who: string;
}

function readPlugin(exec: Fields, who: string): Plugin {
  const apiVersion = stringField(exec, 'apiVersion') ?? '';
  const command = stringField(exec, 'command');
  const say = (what: string) => usageError(`the credential plugin of user "${who}" ${what}`, 'correct the kubeconfig');
  if (!command) throw say('has no command');
  if (!versions.includes(apiVersion)) {
    throw say(`has apiVersion "${apiVersion}": kubectl takes ${versions.join(' and ')}`);
  }
  const interactiveMode = stringField(exec, 'interactiveMode') ?? (apiVersion === versions[1] ? 'IfAvailable' : '');
  if (!['Never', 'IfAvailable', 'Always'].includes(interactiveMode)) {
    throw say(
      `needs an interactiveMode: Never, IfAvailable or Always${interactiveMode && `, not "${interactiveMode}"`}`,
    );
  }
  const pairs = Array.isArray(exec.env) ? exec.env.filter(isFields) : [];
  return {
    apiVersion,
    command,
    args: Array.isArray(exec.args) ? exec.args.map(String) : [],
    env: Object.fromEntries(pairs.map((pair) => [stringField(pair, 'name') ?? '', stringField(pair, 'value') ?? ''])),
    interactiveMode,
    provideClusterInfo: exec.provideClusterInfo === true,
    installHint: oneLine(stringField(exec, 'installHint') ?? ''),
    who,
  };
}

async function execute(plugin: Plugin, chosen: Chosen, context: Context): Promise<Status> {
  const { apiVersion, command, args, interactiveMode, who } = plugin;
  const terminal = context.stdin.isTTY === true;
  if (interactiveMode === 'Always' && !terminal) {
    throw usageError(
      `the credential plugin ${command} of user "${who}" wants to ask you, and stdin is not a terminal`,
      'run this command on a terminal, or log in beforehand',
    );
  }
  const interactive = interactiveMode !== 'Never' && terminal;
  const cluster = plugin.provideClusterInfo ? { cluster: clusterInfo(chosen.cluster) } : {};
  const info = { kind: 'ExecCredential', apiVersion, spec: { ...cluster, interactive } };
  const exec = await context.exec();
  let ended: { code: number; stdout: string };
  try {
    ended = await exec(command, args, {
      env: { ...context.env, ...plugin.env, KUBERNETES_EXEC_INFO: JSON.stringify(info) },
      cwd: context.cwd,
      signal: context.signal,
      inherit: interactive ? ['stdin', 'stderr'] : ['stderr'],
    });
  } catch (error) {
    throw notStarted(plugin, error);
  }
  if (context.signal.aborted) throw new Interrupted();
  if (ended.code !== 0) {
    throw new KfError(
      Exit.forbidden,
      `the credential plugin ${command} of user "${who}" failed with exit code ${ended.code}`,
      {
        hint: plugin.installHint || 'see what it said above; log in again',
      },
    );
  }
  return readStatus(plugin, ended.stdout);
}

function notStarted({ command, who, installHint }: Plugin, error: unknown): KfError {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === 'ENOENT' ? 'is not there' : code === 'EACCES' ? 'may not be run' : `did not start: ${message}`;
  return new KfError(Exit.usage, `the credential plugin ${command} of user "${who}" ${why}`, {
    hint: installHint || `install ${command}, or put it on PATH`,
    cause: error,
  });
}

/** Its answer, checked as kubectl does. */
function readStatus({ command, apiVersion }: Plugin, stdout: string): Status {
  const say = (what: string) =>
    new KfError(Exit.forbidden, `the credential plugin ${command} ${what}`, { hint: 'it may need an update' });
  let answer: { kind?: string; apiVersion?: string; status?: Status };
  try {
    answer = JSON.parse(stdout);
  } catch {
    throw say('answered with something that is not JSON');
  }
  if (answer?.kind !== 'ExecCredential') throw say('answered with something that is not an ExecCredential');
  if (answer.apiVersion !== apiVersion) throw say(`answered in ${answer.apiVersion}, and was asked for ${apiVersion}`);
  const { status } = answer;
  if (!status) throw say('answered without a status');
  const { token, clientCertificateData: cert, clientKeyData: key } = status;
  if (!token && !cert && !key) throw say('gave neither a token nor a certificate');
  if (Boolean(cert) !== Boolean(key)) throw say('gave a certificate without its key, or a key without its certificate');
  return status;
}

/** A new object only where something has changed: new certificates mean new connections. */
function identityFrom(status: Status, base: Identity, before: Identity | undefined): Identity {
  const authorization = base.authorization ?? (status.token ? `Bearer ${status.token}` : undefined);
  const { clientCertificateData: cert, clientKeyData: key } = status;
  const old = before?.pair;
  const pair = !cert || !key ? base.pair : old?.cert === cert && old.key === key ? old : { cert, key };
  return { authorization, pair };
}

/** client.authentication.k8s.io Cluster: what a plugin is told of the server where it asks for it. */
function clusterInfo(cluster: ClusterConfig): object {
  const ca = cluster.ca && pem(cluster.ca, `certificate authority of cluster "${cluster.name}"`).toString('base64');
  return {
    server: cluster.server,
    ...(cluster.tlsServerName ? { 'tls-server-name': cluster.tlsServerName } : {}),
    ...(cluster.insecure ? { 'insecure-skip-tls-verify': true } : {}),
    ...(ca ? { 'certificate-authority-data': ca } : {}),
    ...(cluster.proxyUrl ? { 'proxy-url': cluster.proxyUrl } : {}),
    ...(cluster.disableCompression ? { 'disable-compression': true } : {}),
    config: cluster.execConfig ?? null,
  };
}
