import type { Agent } from 'node:http';
import type { AgentOptions } from 'node:https';
import { machineAuthorities } from './tls.ts';

/** An agent whose connections go through the proxy: CONNECT for http and https proxies, SOCKS5 with names resolved by the proxy. */
export async function proxyAgent(proxy: URL, secure: boolean, options: AgentOptions): Promise<Agent> {
  if (proxy.protocol.startsWith('socks5')) {
    const { SocksProxyAgent } = await import('socks-proxy-agent');
    const url = new URL(proxy.href.replace(/^socks5:/, 'socks5h:'));
    // Said outright: its guess (from the call stack) is wrong when a connection comes back, which then is not used again.
    return new SocksProxyAgent(url, { ...options, secureEndpoint: secure } as typeof options) as unknown as Agent;
  }
  const { HttpProxyAgent, HttpsProxyAgent } = await import('hpagent');
  const settings = {
    ...options,
    proxy: proxy.href,
    // The proxy's own certificate is judged by the machine's authorities, not by the cluster's.
    ...(proxy.protocol === 'https:' ? { proxyRequestOptions: { ca: machineAuthorities() } } : {}),
  };
  return secure ? new HttpsProxyAgent(settings as never) : new HttpProxyAgent(settings as never);
}
