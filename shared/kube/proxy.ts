import { BlockList, isIP } from 'node:net';
import { usageError } from '../cli/errors.ts';

/**
 * The proxy for a server: the kubeconfig's proxy-url, else what the environment says, as Go reads it (golang.org/x/net
 * http/httpproxy): HTTPS_PROXY or HTTP_PROXY by the server's scheme, in capitals or not, NO_PROXY, never for this machine.
 * ALL_PROXY is not looked at, as there. Throws KfError for a proxy that is none.
 */
export function proxyFor(
  server: string,
  proxyUrl: string | undefined,
  env: Record<string, string | undefined>,
): URL | undefined {
  if (proxyUrl) return parseProxy(proxyUrl, 'proxy-url in the kubeconfig');
  const name = server.startsWith('https:') ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  const text = env[name] || env[name.toLowerCase()];
  if (!text || bypasses(new URL(server), env.NO_PROXY || env.no_proxy || '')) return undefined;
  return parseProxy(text, name);
}

function parseProxy(text: string, where: string): URL {
  const full = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (!url || !/^(https?|socks5h?):$/.test(url.protocol) || url.hostname === '') {
    throw usageError(`${where} is not a proxy: ${withoutPassword(text)}`, 'it must be an http, https or socks5 URL');
  }
  return url;
}

/** For messages. */
export const withoutPassword = (text: string): string => text.replace(/^([a-z0-9]+:\/\/)?[^@/]*@/i, '$1');

/** NO_PROXY: `*`, names (with all below them), `.names` (only what is below), addresses, networks (CIDR), each with a port or not. */
function bypasses(server: URL, noProxy: string): boolean {
  const host = server.hostname.replace(/^\[|\]$/g, '').toLowerCase();
  const port = server.port || (server.protocol === 'https:' ? '443' : '80');
  if (host === 'localhost' || isLoopback(host)) return true;
  return noProxy
    .split(',')
    .map((entry) => entry.trim().toLowerCase())
    .some((entry) => entry === '*' || (entry !== '' && fits(entry, host, port)));
}

function fits(entry: string, host: string, port: string): boolean {
  const network = /^([0-9a-f.:]+)\/(\d+)$/.exec(entry);
  if (network && isIP(network[1]!)) return inNetwork(host, network[1]!, Number(network[2]));
  const [, bracketed, bare, entryPort] = /^(?:\[([^\]]+)\]|([^:]*|[0-9a-f:]+))(?::(\d+))?$/.exec(entry) ?? [];
  if (entryPort && entryPort !== port) return false;
  const name = (bracketed ?? bare ?? entry).replace(/^\*\./, '.');
  if (isIP(host)) return name === host;
  return name.startsWith('.') ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}

function inNetwork(host: string, address: string, bits: number): boolean {
  const family = isIP(host);
  if (family === 0 || family !== isIP(address) || bits > (family === 4 ? 32 : 128)) return false;
  const list = new BlockList();
  const kind = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(address, bits, kind);
  return list.check(host, kind);
}

const isLoopback = (host: string) => inNetwork(host, '127.0.0.0', 8) || host === '::1';
