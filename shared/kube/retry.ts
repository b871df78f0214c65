import type { KubeRequest } from './kube.ts';

/** How often a request is sent again at most. */
export const maxRetries = 5;

/** What went wrong with one try: an answer's status, or a socket error's code. */
export interface Failure {
  status?: number;
  /** Seconds, from the Retry-After header. */
  retryAfter?: number | undefined;
  code?: string | undefined;
}

/**
 * True where sending it twice does no more than sending it once: reads, server-side apply, dry runs, and the reviews,
 * which are POSTs that store nothing. Not what asks for another protocol: exec runs a program.
 */
export function isRepeatable(request: KubeRequest): boolean {
  const { method = 'GET', contentType, path, query, headers } = request;
  if (request.once || headers?.Upgrade) return false;
  if (method === 'GET') return true;
  if (query?.dryRun === 'All') return true;
  if (method === 'PATCH') return contentType === 'application/apply-patch+yaml';
  return method === 'POST' && /^\/apis\/(authorization|authentication)\.k8s\.io\//.test(path);
}

/**
 * Milliseconds to wait before the next try; undefined where there must be none. With 429 the server did not begin, so any
 * request may come again; with 5xx or a broken connection it may have done its work, so only what is safe to repeat.
 * @param retries how often it was already sent again
 * @param random 0 to 1: jitter, so that many clients don't come back at once
 */
export function retryDelay(
  request: KubeRequest,
  failure: Failure,
  retries: number,
  random: number,
): number | undefined {
  if (retries >= maxRetries) return undefined;
  const repeatable = isRepeatable(request);
  const backoff = Math.min(200 * 2 ** retries, 5000) * (0.5 + random);
  const { status, retryAfter, code } = failure;
  if (status === 429) {
    if (retryAfter === undefined && !repeatable) return undefined;
    return retryAfter === undefined ? backoff : Math.min(retryAfter, 60) * 1000 + random * 200;
  }
  if (!repeatable) return undefined;
  if (status !== undefined) {
    if (![500, 502, 503, 504].includes(status)) return undefined;
    // 500 is as often a lasting fault as a passing one: the API server has it for an apply with an unknown field, too.
    if (status === 500 && (retries >= 2 || (request.method ?? 'GET') !== 'GET')) return undefined;
    return retryAfter === undefined ? backoff : Math.min(retryAfter, 60) * 1000 + random * 200;
  }
  if (code === 'ECONNRESET' || code === 'EPIPE' || code === 'ECONNABORTED') return retries === 0 ? 0 : backoff;
  return undefined;
}

/** Retry-After in seconds: a number, or a date. */
export function retryAfterSeconds(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, (date - now) / 1000);
}
