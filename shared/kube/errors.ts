import { type ApiStatus, Exit, KfError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import type { KubeRequest } from './kube.ts';

/** What an error says of where it happened. */
export interface Where {
  server: string;
  contextName: string;
  userName: string;
  /** The proxy's URL without its password, where one is used. */
  proxy?: string | undefined;
}

const place = ({ server, contextName }: Where) => (contextName ? `${server} (context ${contextName})` : server);

const way = ({ contextName }: Where) => `kubectl cluster-info${contextName ? ` --context ${contextName}` : ''}`;

/** The request got no answer: the socket, the name or the certificate failed. */
export function networkError(error: unknown, where: Where): KfError {
  if (error instanceof KfError) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  const fail = (why: string, hint: string) =>
    new KfError(Exit.unreachable, `cannot reach ${place(where)}: ${why}`, { hint, cause: error });
  const check = `check that the cluster runs and that this machine reaches it (VPN?): ${way(where)}`;
  if (where.proxy) {
    const why = proxyTrouble(code, message);
    const hint = 'check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY';
    if (why) return fail(`the proxy ${where.proxy} ${why}`, hint);
  }
  switch (code) {
    case 'ERR_INVALID_CHAR':
      return new KfError(Exit.usage, `the credentials of user "${where.userName}" hold characters that can't be sent`, {
        hint: 'is there a line break in the token? log in again, or fetch the kubeconfig again',
        cause: error,
      });
    case 'ECONNREFUSED':
      return fail('connection refused', check);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EAI_NODATA':
      return fail(
        `no such host ${hostOf(where.server)}`,
        `check the server's name in the kubeconfig, and the VPN: ${way(where)}`,
      );
    case 'ETIMEDOUT':
    case 'ESOCKETTIMEDOUT':
      return fail('no answer in time', check);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
      return fail('no route to it', check);
    case 'ECONNRESET':
    case 'EPIPE':
    case 'ECONNABORTED':
      return fail('the connection was closed', check);
  }
  return tlsError(code, message, where, error) ?? fail(oneLine(message || code || String(error)), check);
}

/** Something answered 200 that is no API server: a login page, another service. */
export const notJsonError = (path: string, where: Where, cause: unknown): KfError =>
  new KfError(Exit.unreachable, `${place(where)} does not answer as an API server does: ${path} gave no JSON`, {
    hint: "check the cluster's server in the kubeconfig: a login page or a proxy in between?",
    cause,
  });

/** What the proxy did, in the words of hpagent and of socks; undefined where it is not about the proxy. */
function proxyTrouble(code: string, message: string): string | undefined {
  const status = /^Bad response: (\d+)/.exec(message)?.[1];
  if (status) return status === '407' ? 'wants a name and password (407)' : `would not connect to it (${status})`;
  if (/ECONNREFUSED/.test(`${code} ${message}`)) return 'refuses connections';
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'has a name that is not known';
  if (/^(Proxy|Socks)/i.test(message)) return `would not connect to it: ${oneLine(message)}`;
  return undefined;
}

/** --request-timeout, or our own limit, ran out. */
export const timeoutError = (ms: number, where: Where): KfError =>
  new KfError(Exit.unreachable, `${place(where)} did not answer within ${ms / 1000}s`, {
    hint: 'try again, or give it longer: --request-timeout 2m',
  });

function tlsError(code: string, message: string, where: Where, cause: unknown): KfError | undefined {
  const fail = (why: string, hint: string) =>
    new KfError(Exit.unreachable, `cannot trust ${place(where)}: ${why}`, { hint, cause });
  switch (code) {
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'CERT_UNTRUSTED':
    case 'CERT_SIGNATURE_FAILURE':
      return fail(
        'its certificate is signed by an unknown authority',
        "fetch the cluster's kubeconfig again: its certificate-authority is not the server's",
      );
    case 'CERT_HAS_EXPIRED':
      return fail(
        'its certificate has expired',
        'who runs the cluster must renew it; is the clock of this machine right?',
      );
    case 'CERT_NOT_YET_VALID':
      return fail('its certificate is not valid yet', 'is the clock of this machine right?');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return fail(
        `its certificate is for another name: ${oneLine(message.replace(/^.*?altnames: /, ''))}`,
        "use a name that the certificate has as the cluster's server, or set tls-server-name in the kubeconfig",
      );
  }
  if (/alert.*(certificate|unknown ca)/i.test(message)) {
    return fail('it refused the client certificate', 'log in again, or fetch the kubeconfig again');
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'EPROTO' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
    return fail('it does not speak TLS', "check the server's scheme (http or https) and port in the kubeconfig");
  }
  return undefined;
}

const hostOf = (server: string) => (URL.canParse(server) ? new URL(server).hostname : server);

/** The server's refusal: a meta/v1 Status where it sent one, its bare text otherwise. */
export function statusError(code: number, body: string, request: KubeRequest, where: Where): KfError {
  const status = parseStatus(code, body);
  const message = oneLine(status.message ?? '').slice(0, 2000);
  // Several causes are listed below it, each on its line.
  const said = causes(status).length > 0 ? message.replace(/: \[.*/, '') : message;
  const make = (exit: KfError['exit'], message: string, hint?: string, details?: string[]) =>
    new KfError(exit, message, { status, ...(hint ? { hint } : {}), ...(details ? { details } : {}) });
  switch (code) {
    case 401:
      return unauthorized(status, where);
    case 403:
      return (
        refusedBy(said, make) ?? make(Exit.forbidden, `not allowed: ${forbidden(said, where)}`, forbiddenHint(said))
      );
    case 404:
      return status.details?.name
        ? make(Exit.notFound, said, namespaceOf(request) && `looked in namespace ${namespaceOf(request)}`)
        : make(
            Exit.notFound,
            `${place(where)} does not serve ${request.path}`,
            'is what it belongs to installed there?',
          );
    case 409:
      return make(
        Exit.failed,
        said || 'it was changed or made by another at the same time',
        status.reason === 'AlreadyExists' ? undefined : 'look at what is there now, then try again',
        causes(status),
      );
    case 400:
    case 422:
      return make(
        Exit.usage,
        said || `the server took the request for a wrong one (${code})`,
        undefined,
        causes(status),
      );
    case 429:
      return make(
        Exit.unreachable,
        `${place(where)} is too busy: ${said || 'too many requests'}`,
        'try again in a minute',
      );
    case 502:
    case 503:
    case 504:
      return make(Exit.unreachable, `${place(where)} cannot answer now (${code}): ${said}`, 'try again in a minute');
  }
  // What server-side apply answers (500) where the object does not fit its schema.
  if (/failed to create (typed|manager for)|field not declared in schema/.test(said)) return make(Exit.usage, said);
  return make(
    Exit.failed,
    `${place(where)} failed (${code}): ${said}`,
    'try again; if it stays so, tell who runs the cluster',
  );
}

/** Nothing accepted the credentials. */
function unauthorized(status: ApiStatus, { userName, contextName }: Where): KfError {
  const who = userName ? `the credentials of user "${userName}"` : 'the request had no credentials and';
  return new KfError(
    Exit.forbidden,
    `${who} were not accepted${userName ? ' (expired?)' : ''}`.replace('and were', 'and was'),
    {
      status,
      hint: `log in again, or fetch the kubeconfig${contextName ? ` of context ${contextName}` : ''} again`,
    },
  );
}

/** What an admission policy has against it, in its own words; undefined where it was none. */
function refusedBy(said: string, make: (exit: KfError['exit'], message: string, hint: string) => KfError) {
  const [, policy, message] = /ValidatingAdmissionPolicy '([^']*)' .*?denied request: (.*)/.exec(said) ?? [];
  if (message === undefined) return undefined;
  return make(Exit.forbidden, `not allowed: ${message}`, `so says the cluster's policy ${policy}`);
}

/** Who may not do what, where: out of the authorizer's sentence (apiserver responsewriters/errors.go). */
function forbidden(said: string, where: Where): string {
  const what = /User "(.*?)" cannot (\S+) (resource|path) "([^"]*)"/.exec(said);
  if (!what) return said || `${where.userName || 'you'} may not do this`;
  const [, user, verb, , thing] = what;
  const namespace = /in the namespace "([^"]*)"/.exec(said)?.[1];
  const scope = namespace ? ` in ${namespace}` : /at the cluster scope/.test(said) ? ' in the whole cluster' : '';
  return `${user} may not ${verb} ${thing}${scope}`;
}

function forbiddenHint(said: string): string {
  const namespace = /in the namespace "([^"]*)"/.exec(said)?.[1];
  const who = namespace ? `an owner of ${namespace}` : 'who runs the cluster';
  return `${who} can grant it; kubectl kf whoami says what you may do`;
}

const namespaceOf = ({ path }: KubeRequest) => /\/namespaces\/([^/]+)\/./.exec(path)?.[1];

function causes(status: ApiStatus): string[] {
  const list = status.details?.causes ?? [];
  if (list.length < 2) return [];
  return list.map(({ field, message }) => `  ${oneLine(`${field ? `${field}: ` : ''}${message ?? ''}`)}`);
}

/** The meta/v1 Status in a body, or one made of its text: proxies and webhooks answer with HTML and plain words. */
export function parseStatus(code: number, body: string): ApiStatus {
  try {
    const value = JSON.parse(body) as ApiStatus & { kind?: string };
    if (value && value.kind === 'Status') return { ...value, code };
  } catch {
    // Not JSON.
  }
  const text = /<(html|!doctype)/i.test(body.slice(0, 200)) ? '' : oneLine(body).slice(0, 300);
  return { code, ...(text ? { message: text } : {}) };
}

/** True where the object of that name is not there (and not where its kind is not served). */
export const isMissing = (error: unknown): boolean =>
  error instanceof KfError && error.status?.code === 404 && Boolean(error.status.details?.name);
