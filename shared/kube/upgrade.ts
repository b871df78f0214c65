import { createHash, randomBytes } from 'node:crypto';
import { Exit, KfError } from '../cli/errors.ts';
import type { Where } from './errors.ts';
import type { KubeConnection, KubeRequest } from './kube.ts';
import type { Reply } from './transport.ts';

/** RFC 6455, 1.3: what the server adds to the key before it hashes it. */
const magic = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

type Ask = <T>(request: KubeRequest, take: (response: Reply) => Promise<T>) => Promise<T>;

/** The client's side of the WebSocket handshake (RFC 6455, 4.1), without extensions: the API server has none. */
export function upgrade(
  request: KubeRequest,
  protocols: readonly string[],
  { server }: Where,
  ask: Ask,
): Promise<KubeConnection> {
  const key = randomBytes(16).toString('base64');
  const headers = {
    ...request.headers,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': key,
    'Sec-WebSocket-Protocol': protocols.join(', '),
  };
  return ask({ accept: '*/*', ...request, headers }, async (response) => {
    const { socket, statusCode } = response;
    const fail = (why: string) => {
      socket?.destroy();
      return new KfError(Exit.unreachable, `${server} opens no WebSocket: ${why}`, {
        hint: 'does a proxy or load balancer in between let WebSockets pass? is the cluster older than Kubernetes 1.30?',
      });
    };
    if (statusCode !== 101 || !socket) throw fail(`it answered ${statusCode}`);
    const accept = createHash('sha1').update(key + magic).digest('base64'); // biome-ignore format: one thought
    if (response.headers['sec-websocket-accept'] !== accept) throw fail('its handshake is not right');
    const protocol = response.headers['sec-websocket-protocol'] ?? '';
    if (!protocols.includes(protocol)) throw fail(`it speaks none of ${protocols.join(', ')}`);
    return { socket, protocol };
  });
}
