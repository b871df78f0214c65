import { Interrupted } from '../cli/errors.ts';
import { networkError, timeoutError, type Where } from './errors.ts';
import type { KubeStream } from './kube.ts';
import type { Reply } from './transport.ts';

/** How long a body may take, in milliseconds: all of it, or each next piece of it. 0: no limit. */
export interface BodyLimit {
  total: number;
  idle: number;
}

/** The whole body as text, unpacked. Throws the socket's error where it was cut short, KfError where it took too long. */
export async function readBody(response: Reply, { total, idle }: BodyLimit, where: Where): Promise<string> {
  const after = (ms: number) => (ms > 0 ? setTimeout(() => response.destroy(timeoutError(ms, where)), ms) : undefined);
  const timer = after(total);
  const silence = after(idle);
  try {
    const chunks: Buffer[] = [];
    for await (const chunk of response) {
      silence?.refresh();
      chunks.push(chunk);
    }
    if (!response.complete) throw Object.assign(new Error('the answer was cut short'), { code: 'ECONNRESET' });
    const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    if (response.headers['content-encoding'] !== 'gzip') return bytes.toString('utf8');
    const { gunzip } = await import('node:zlib');
    return await new Promise<string>((resolve, reject) => {
      gunzip(bytes, (error, unpacked) => (error ? reject(error) : resolve(unpacked.toString('utf8'))));
    });
  } finally {
    clearTimeout(timer);
    clearTimeout(silence);
  }
}

/** A body as it comes. A connection that breaks is a KfError (exit 5), never a quiet end. */
export function streamOf(response: Reply, signal: AbortSignal, where: Where): KubeStream {
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    destroy: () => void response.destroy(),
    async *[Symbol.asyncIterator]() {
      try {
        yield* response;
      } catch (error) {
        throw signal.aborted ? new Interrupted() : networkError(error, where);
      }
      if (!response.complete && !signal.aborted) {
        throw networkError(Object.assign(new Error('cut short'), { code: 'ECONNRESET' }), where);
      }
    },
  };
}
