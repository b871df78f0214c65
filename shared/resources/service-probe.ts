import type { Context } from '../cli/context.ts';
import { Exit, Interrupted, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import type { SlimService } from './service-health.ts';
import { httpScheme } from './service-type.ts';
import type { ServiceEntry } from './services.ts';

/** What came of asking a Service for a page. */
export interface Probe {
  /** `refused`: the API server does not let this person reach it; `skipped`: it does not speak HTTP. */
  result: 'answered' | 'failed' | 'refused' | 'skipped';
  /** `HTTP 200`, `connection refused` */
  words: string;
  /** Milliseconds until the answer began; undefined where none came. */
  ms: number | undefined;
}

/**
 * Asks it for a page through the API server's proxy (services/<scheme>:<name>:<port>/proxy). Any answer below 500 shows that it is
 * reached: 404 and 401 are its own words too.
 */
export async function probeService(
  kube: Kube,
  { now }: Pick<Context, 'now'>,
  entry: Pick<ServiceEntry, 'kind' | 'object'>,
  { name, namespace, port }: SlimService,
  timeoutMs: number,
): Promise<Probe> {
  const scheme = port ? httpScheme(port) : 'none';
  if (!port || scheme === 'none')
    return { result: 'skipped', words: `${port?.name || 'its port'} is not HTTP`, ms: undefined };
  const own = entry.kind?.url?.(entry.object);
  // Notebooks answer only below their own path.
  const page = own?.startsWith('/') ? own : '/';
  const target = encodeURIComponent(`${scheme === 'https' ? 'https' : 'http'}:${name}:${port.port}`);
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/services/${target}/proxy${page}`;
  const began = now();
  const answered = (code: number): Probe => ({ result: 'answered', words: `HTTP ${code}`, ms: now() - began });
  try {
    const stream = await kube.stream({ path, timeoutMs, once: true, accept: '*/*' });
    stream.destroy();
    return answered(stream.status);
  } catch (error) {
    if (!(error instanceof KfError) || error instanceof Interrupted) throw error;
    return failed(error, answered, timeoutMs);
  }
}

function failed(error: KfError, answered: (code: number) => Probe, timeoutMs: number): Probe {
  const { status } = error;
  const as = (result: Probe['result'], words: string): Probe => ({ result, words, ms: undefined });
  if (!status) {
    return as(
      'failed',
      error.exit === Exit.unreachable && /did not answer/.test(error.message)
        ? `no answer in ${timeoutMs / 1000}s`
        : error.message,
    );
  }
  const { code, reason = '', message = '' } = status;
  // A reason is the API server's own word; what the service says comes through as it is.
  if (reason === 'Forbidden' || reason === 'Unauthorized') return as('refused', 'you may not reach it');
  if (!reason && code < 500) return answered(code);
  if (/no endpoints available/.test(message)) return as('failed', 'no pod behind it is ready');
  if (/connection refused/.test(message)) return as('failed', 'nothing listens on its port');
  if (/(i\/o timeout|deadline exceeded|timed out)/.test(message)) return as('failed', 'its pod does not answer');
  if (/malformed HTTP|server gave HTTP response to HTTPS client|tls:/i.test(message))
    return as('failed', 'it does not speak HTTP as its port says');
  return as('failed', reason && message ? message : `HTTP ${code}`);
}
