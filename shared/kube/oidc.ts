import type { IncomingMessage } from 'node:http';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { CustomFetch } from 'openid-client';
import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import type { Chosen } from './config.ts';
import type { Credentials, Identity } from './credentials.ts';
import { updateFile } from './edit-file.ts';
import { setValue } from './edit-yaml.ts';
import { besides, type Fields, isFields, stringField } from './merge.ts';
import { proxyFor } from './proxy.ts';
import { machineAuthorities, pem } from './tls.ts';

/** A token is renewed this long before it ends, as client-go does. */
const early = 10_000;

/**
 * kubectl's `auth-provider: oidc`: the ID token while it is good, else a new one for the refresh token, saved to the file where
 * the user is defined, so that the next command (and kubectl) has it. client-go plugin/pkg/client/auth/oidc.
 */
export function fromOidc(chosen: Chosen, base: Identity, context: Context): Credentials {
  const { user } = chosen;
  const settings = isFields(user.authProvider!.config) ? user.authProvider!.config : {};
  let idToken = stringField(settings, 'id-token');
  let refreshToken = stringField(settings, 'refresh-token');
  let identity: Identity | undefined;
  let running: Promise<void> | undefined;
  const renew = (): Promise<void> => {
    running ??= (async () => {
      if (!refreshToken) {
        throw new KfError(Exit.forbidden, `the login of user "${user.name}" has expired and can't be renewed`, {
          hint: 'log in again',
        });
      }
      const tokens = await refreshed(settings, refreshToken, chosen, context);
      idToken = tokens.idToken;
      refreshToken = tokens.refreshToken ?? refreshToken;
      identity = undefined;
      await save(chosen, { 'id-token': idToken, 'refresh-token': refreshToken }, context);
    })().finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    async current() {
      if (!idToken || context.now() > expiry(idToken) - early) await renew();
      identity ??= { ...base, authorization: `Bearer ${idToken}` };
      return identity;
    },
    async refresh(used) {
      if (used !== identity) return true;
      if (!refreshToken) return false;
      await renew();
      return true;
    },
  };
}

/** When a JWT ends, in milliseconds since the epoch; 0 where it does not say. */
export function expiry(token: string): number {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    return typeof exp === 'number' ? exp * 1000 : 0;
  } catch {
    return 0;
  }
}

async function refreshed(
  settings: Fields,
  refreshToken: string,
  chosen: Chosen,
  context: Context,
): Promise<{ idToken: string; refreshToken: string | undefined }> {
  const issuer = stringField(settings, 'idp-issuer-url');
  const clientId = stringField(settings, 'client-id');
  const who = chosen.user.name;
  if (!issuer || !URL.canParse(issuer) || !clientId) {
    throw usageError(
      `the oidc settings of user "${who}" lack a usable idp-issuer-url or client-id`,
      'correct the kubeconfig',
    );
  }
  const oidc = await import('openid-client');
  const secret = stringField(settings, 'client-secret');
  try {
    const provider = await oidc.discovery(new URL(issuer), clientId, secret, secret ? undefined : oidc.None(), {
      [oidc.customFetch]: fetcher(settings, chosen, context),
      execute: issuer.startsWith('http:') ? [oidc.allowInsecureRequests] : [],
    });
    const tokens = await oidc.refreshTokenGrant(provider, refreshToken);
    if (!tokens.id_token) throw new Error('it gave no id_token');
    return { idToken: tokens.id_token, refreshToken: tokens.refresh_token };
  } catch (error) {
    const { message, error_description: said, cause } = error as Error & { error_description?: string };
    const why = said ?? (cause instanceof Error ? `${message}: ${cause.message}` : message);
    throw new KfError(Exit.forbidden, `the login of user "${who}" could not be renewed at ${issuer}: ${why}`, {
      hint: 'log in again',
      cause: error,
    });
  }
}

/** fetch over node:https with the provider's own authority, through the proxy that its name asks for. */
function fetcher(settings: Fields, { user }: Chosen, context: Context): CustomFetch {
  const data = stringField(settings, 'idp-certificate-authority-data');
  const file = stringField(settings, 'idp-certificate-authority');
  const from = data
    ? { data }
    : file
      ? { file: besides({ name: user.name, file: user.file, fields: {} }, file) }
      : undefined;
  const ca = from && pem(from, `certificate authority of the identity provider of user "${user.name}"`);
  return async (url, { method, headers, body }) => {
    const proxy = proxyFor(url, undefined, context.env);
    const secure = url.startsWith('https:');
    const tls = secure ? { ca: ca ?? machineAuthorities() } : {};
    const agent = proxy && (await (await import('./proxy-agent.ts')).proxyAgent(proxy, secure, tls));
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const request = (secure ? httpsRequest : httpRequest)(
        url,
        {
          method: method ?? 'GET',
          headers: Object.fromEntries(new Headers(headers)),
          ...tls,
          ...(agent ? { agent } : {}),
          signal: context.signal,
          timeout: 30_000,
        },
        resolve,
      );
      request.on('timeout', () => request.destroy(new Error('no answer in time')));
      request.on('error', reject);
      request.end(body === null || body === undefined ? undefined : String(body));
    });
    const chunks: Buffer[] = [];
    for await (const chunk of answer) chunks.push(chunk as Buffer);
    const kept = Object.entries(answer.headers).filter(([, value]) => typeof value === 'string') as [string, string][];
    return new Response(Buffer.concat(chunks), { status: answer.statusCode ?? 500, headers: kept });
  };
}

/** A file that can't be written costs the next command a refresh, no more. */
async function save({ user }: Chosen, values: Record<string, string>, context: Context): Promise<void> {
  if (!user.file) return;
  const { file, name } = user;
  try {
    await updateFile(file, context, async (text) => {
      let changed = text;
      for (const [key, value] of Object.entries(values)) {
        const place = { list: 'users' as const, name, path: ['user', 'auth-provider', 'config', key] };
        changed = await setValue(changed, place, value, file);
      }
      return changed;
    });
  } catch (error) {
    context.stderr.write(`the renewed login of user "${name}" could not be saved: ${(error as Error).message}\n`);
  }
}
