import type { Context } from '../cli/context.ts';
import { Interrupted, KfError } from '../cli/errors.ts';
import { version } from '../cli/version.ts';
import { type BodyLimit, readBody, streamOf } from './body.ts';
import type { Chosen } from './config.ts';
import { type Credentials, type Identity, impersonationHeaders } from './credentials.ts';
import { networkError, notJsonError, statusError, type Where } from './errors.ts';
import type { Kube, KubeRequest } from './kube.ts';
import { type Failure, retryAfterSeconds, retryDelay } from './retry.ts';
import type { Trace } from './trace.ts';
import type { Reply, Transport } from './transport.ts';

export interface ClientParts {
  chosen: Chosen;
  where: Where;
  context: Context;
  /** Milliseconds; 0: none but our own. */
  timeoutMs: number;
  credentials: Credentials;
  transport: Transport;
  trace: Trace | undefined;
}

/** The API server gives up on a plain request after 60 s; a server that says nothing for longer is not there. */
const silence = 90_000;

/** The request path of {@link Kube}: who, where, retries, errors. */
export function makeClient(parts: ClientParts): Pick<Kube, 'json' | 'text' | 'stream' | 'connect' | 'close'> {
  const { context, where, transport } = parts;
  const whole = async (request: KubeRequest, accept: string): Promise<string> => {
    const text = await answered(parts, { accept, ...request }, true, (response) =>
      readBody(response, bodyLimit(parts, request), where),
    );
    parts.trace?.body(text);
    return text;
  };
  return {
    async json<T>(request: KubeRequest) {
      const text = await whole(request, 'application/json');
      try {
        return JSON.parse(text) as T;
      } catch (error) {
        throw notJsonError(request.path, where, error);
      }
    },
    text: (request) => whole(request, '*/*'),
    stream: (request) =>
      answered(parts, { accept: 'application/json', ...request }, false, async (response) =>
        streamOf(response, signalOf(request, context), where),
      ),
    async connect(request, protocols) {
      const { upgrade } = await import('./upgrade.ts');
      return upgrade(request, protocols, where, (asked, take) => answered(parts, asked, false, take));
    },
    close: () => transport.close(),
  };
}

const signalOf = (request: KubeRequest, context: Context) => request.signal ?? context.signal;
/** Milliseconds until the answer's head must have come. */
const limitOf = (parts: ClientParts, request: KubeRequest) => request.timeoutMs ?? (parts.timeoutMs || silence);

/** A limit that was asked for holds for the whole body; ours only for silence: a long list over a slow line takes its time. */
function bodyLimit(parts: ClientParts, request: KubeRequest): BodyLimit {
  const asked = request.timeoutMs ?? parts.timeoutMs;
  return { total: asked, idle: request.timeoutMs === 0 || asked > 0 ? 0 : silence };
}

/** Sends until there is an answer that is 2xx and could be taken, or a reason to give up: that is thrown. */
async function answered<T>(
  parts: ClientParts,
  request: KubeRequest,
  compress: boolean,
  take: (response: Reply) => Promise<T>,
): Promise<T> {
  const { context, credentials, where } = parts;
  let retries = 0;
  let refreshed = false;
  for (;;) {
    let failure: Failure;
    let error: KfError;
    try {
      const identity = await credentials.current();
      const response = await sendOnce(parts, request, identity, compress);
      const status = response.statusCode ?? 0;
      // 101: only where it was asked for.
      if (status === 101 || (status >= 200 && status < 300)) return await take(response);
      const body = await readBody(response, bodyLimit(parts, request), where);
      parts.trace?.body(body);
      if (status === 401 && !refreshed) {
        refreshed = true;
        if (await credentials.refresh(identity)) continue;
      }
      failure = { status, retryAfter: retryAfterSeconds(response.headers['retry-after'], context.now()) };
      error = statusError(status, body, request, where);
    } catch (thrown) {
      if (thrown instanceof KfError) throw thrown;
      if (signalOf(request, context).aborted) throw new Interrupted();
      failure = { code: (thrown as NodeJS.ErrnoException).code };
      error = networkError(thrown, where);
    }
    const delay = retryDelay(request, failure, retries++, Math.random());
    if (delay === undefined) throw error;
    parts.trace?.note(`trying again in ${Math.round(delay)} milliseconds: ${error.message}`);
    await context.sleep(delay, signalOf(request, context));
  }
}

async function sendOnce(
  parts: ClientParts,
  request: KubeRequest,
  identity: Identity,
  compress: boolean,
): Promise<Reply> {
  const { chosen, context, where, trace } = parts;
  const method = request.method ?? 'GET';
  const path = `${new URL(where.server).pathname.replace(/\/$/, '')}${request.path}${queryOf(request)}`;
  const body = bodyOf(request);
  const headers = {
    Accept: request.accept ?? '*/*',
    'User-Agent': `kubectl-kf/${version} (${context.platform})`,
    ...(compress && !chosen.cluster.disableCompression ? { 'Accept-Encoding': 'gzip' } : {}),
    ...(body === undefined
      ? {}
      : { 'Content-Type': request.contentType ?? 'application/json', 'Content-Length': Buffer.byteLength(body) }),
    ...(identity.authorization ? { Authorization: identity.authorization } : {}),
    ...impersonationHeaders(chosen.user.impersonate),
    ...request.headers,
  };
  const url = new URL(where.server).origin + path;
  trace?.request(method, url, headers, body);
  const began = Date.now();
  try {
    const signal = signalOf(request, context);
    const response = await parts.transport[request.trickle ? 'trickle' : 'send'](
      { method, path, headers, body, signal, timeoutMs: limitOf(parts, request) },
      identity,
    );
    const status = `${response.statusCode} ${response.statusMessage ?? ''}`.trim();
    trace?.response(method, url, status, Date.now() - began, response.headers);
    return response;
  } catch (error) {
    trace?.response(method, url, String((error as Error).message), Date.now() - began, {});
    throw error;
  }
}

function bodyOf({ body }: KubeRequest): string | undefined {
  if (body === undefined) return undefined;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

function queryOf({ query = {} }: KubeRequest): string {
  const words = Object.entries(query)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return words.length > 0 ? `?${words.join('&')}` : '';
}
