import { readFileSync } from 'node:fs';
import type { Context } from '../cli/context.ts';
import { usageError } from '../cli/errors.ts';
import type { Chosen, Impersonation, UserConfig } from './config.ts';
import { unreadable } from './merge.ts';
import { type KeyPair, keyPair } from './tls.ts';

/** What goes along with a request to say who sends it. */
export interface Identity {
  /** The Authorization header's value. */
  authorization: string | undefined;
  pair: KeyPair | undefined;
}

/** Whatever the user entry says: certificate, token, token file, password, plugin or auth provider. */
export interface Credentials {
  /** The same object as long as nothing has changed. */
  current(): Promise<Identity>;
  /** After a 401 on what {@link Credentials.current} gave: true where there is something newer to try. */
  refresh(used: Identity): Promise<boolean>;
}

/** client-go reads a token file again when a minute has passed. */
const tokenFileAge = 60_000;

export async function credentialsFor(chosen: Chosen, context: Context): Promise<Credentials> {
  const { user } = chosen;
  const base: Identity = { authorization: undefined, pair: keyPair(user.cert, user.key, user.name) };
  if (user.username !== undefined && user.password !== undefined) return fixed({ ...base, authorization: basic(user) });
  if (user.tokenFile) return fromTokenFile(user.tokenFile, base, context);
  if (user.token) return fixed({ ...base, authorization: `Bearer ${user.token}` });
  if (user.exec && user.authProvider) {
    throw usageError(`user "${user.name}" has both exec and auth-provider`, 'remove one of them from the kubeconfig');
  }
  if (user.exec) return (await import('./exec-credential.ts')).fromPlugin(chosen, base, context);
  if (user.authProvider) {
    const { name } = user.authProvider;
    if (name === 'oidc') return (await import('./oidc.ts')).fromOidc(chosen, base, context);
    throw usageError(
      `the auth-provider "${name}" of user "${user.name}" is no longer supported, by kubectl neither`,
      'use its exec credential plugin (gke-gcloud-auth-plugin, kubelogin)',
    );
  }
  return fixed(base);
}

const basic = ({ username, password }: UserConfig) =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

const fixed = (identity: Identity): Credentials => ({ current: async () => identity, refresh: async () => false });

/** A token that something else keeps renewing: a projected service account token, a login helper. */
function fromTokenFile(file: string, base: Identity, { now }: Context): Credentials {
  let identity = base;
  let readAt = Number.NEGATIVE_INFINITY;
  const read = () => {
    readAt = now();
    let token: string;
    try {
      token = readFileSync(file, 'utf8').trim();
    } catch (error) {
      throw unreadable(file, error, 'token file');
    }
    const authorization = `Bearer ${token}`;
    if (authorization === identity.authorization) return false;
    identity = { ...base, authorization };
    return true;
  };
  return {
    current: async () => {
      if (now() - readAt > tokenFileAge) read();
      return identity;
    },
    refresh: async () => read(),
  };
}

/** Impersonation headers (client-go transport/round_trippers.go). Values go as UTF-8. */
export function impersonationHeaders({ user, uid, groups, extra }: Impersonation): Record<string, string | string[]> {
  const headers: Record<string, string | string[]> = {};
  if (!user) return headers;
  headers['Impersonate-User'] = utf8(user);
  if (uid) headers['Impersonate-Uid'] = utf8(uid);
  if (groups.length > 0) headers['Impersonate-Group'] = groups.map(utf8);
  for (const [key, values] of Object.entries(extra)) {
    const name = encodeURIComponent(key.toLowerCase()).replace(/[()]/g, (c) => `%${c.charCodeAt(0).toString(16)}`);
    headers[`Impersonate-Extra-${name}`] = values.map(utf8);
  }
  return headers;
}

/** node:http writes header values as Latin-1; this makes the bytes on the wire UTF-8. */
const utf8 = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
