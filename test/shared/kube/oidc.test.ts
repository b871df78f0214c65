import { createSign, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { openKube } from '../../../shared/kube/open.ts';
import {
  at,
  bodyText,
  closeServers,
  connect,
  failure,
  makeAuthority,
  makeCertificate,
  makeContext,
  pemOf,
  reply,
  type Served,
  serve,
} from './support.ts';

test.after(closeServers);

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** A signed ID token of the issuer, good for so many seconds. */
function idToken(issuer: string, seconds: number, sub = 'alice'): string {
  const now = Math.floor(Date.now() / 1000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const text = `${part({ alg: 'RS256', typ: 'JWT' })}.${part({ iss: issuer, aud: 'kf', sub, iat: now - 3600, exp: now + seconds })}`;
  return `${text}.${createSign('RSA-SHA256').update(text).sign(privateKey, 'base64url')}`;
}

interface Provider extends Served {
  grants: string[];
  next: (issuer: string) => object | undefined;
}

/** An identity provider: discovery and the token endpoint, behind an authority of its own. */
async function provider(): Promise<Provider> {
  makeAuthority('idp');
  makeCertificate('idp-server', 'idp', '/CN=idp', 'IP:127.0.0.1');
  const it = { grants: [] as string[] } as Provider;
  const served = await serve(
    async (request, response) => {
      const issuer = it.url;
      if (request.url === '/.well-known/openid-configuration') {
        return reply(response, 200, {
          issuer,
          token_endpoint: `${issuer}/token`,
          jwks_uri: `${issuer}/keys`,
          response_types_supported: ['code'],
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['RS256'],
        });
      }
      it.grants.push(await bodyText(request));
      const answer = it.next(issuer);
      if (answer) reply(response, 200, answer);
      else reply(response, 400, { error: 'invalid_grant', error_description: 'refresh token is revoked' });
    },
    { cert: pemOf('idp-server.crt'), key: pemOf('idp-server.key') },
  );
  it.next = (issuer) => ({
    access_token: 'a',
    token_type: 'bearer',
    id_token: idToken(issuer, 3600),
    refresh_token: 'r2',
  });
  return Object.assign(it, served);
}

const config = (server: string, issuer: string, token: string) => `# my clusters
current-context: x
contexts: [{name: x, context: {cluster: c, user: me}}]
clusters:
- name: c
  cluster: {server: "${server}", certificate-authority: ca.crt}
users:
- name: me
  user:
    auth-provider:
      name: oidc
      config:
        client-id: kf
        client-secret: s3cret
        id-token: ${token} # the token
        idp-certificate-authority: idp.crt
        idp-issuer-url: ${issuer}
        refresh-token: r1
`;

test('a good token is used as it is; an old one is renewed once, used, and saved with the rest of the file as it was', async () => {
  const idp = await provider();
  const seen: string[] = [];
  const server = await serve((request, response) => {
    seen.push(request.headers.authorization ?? '');
    reply(response, 200, {});
  });
  const good = idToken(idp.url, 600);
  writeFileSync(at('oidc'), config(server.url, idp.url, good));
  await (await openKube({ kubeconfig: at('oidc') }, makeContext())).json({ path: '/' });
  assert.equal([seen.pop(), idp.grants.length], [`Bearer ${good}`, 0]);
  const old = idToken(idp.url, -10);
  const text = config(server.url, idp.url, old);
  writeFileSync(at('oidc'), text);
  const kube = await openKube({ kubeconfig: at('oidc') }, makeContext());
  await Promise.all([1, 2, 3].map(() => kube.json({ path: '/' })));
  assert.is(idp.grants.length, 1);
  const sent = new URLSearchParams(idp.grants[0]);
  assert.equal([sent.get('grant_type'), sent.get('refresh_token')], ['refresh_token', 'r1']);
  const saved = readFileSync(at('oidc'), 'utf8');
  const { 'id-token': token, 'refresh-token': refresh } = parse(saved).users[0].user['auth-provider'].config;
  assert.equal([refresh, new Set(seen)], ['r2', new Set([`Bearer ${token}`])]);
  assert.is(saved, text.replace(old, token).replace('r1\n', 'r2\n'));
});

test('a token that the server refuses is renewed', async () => {
  const idp = await provider();
  const first = idToken(idp.url, 600);
  const server = await serve((request, response) =>
    reply(response, request.headers.authorization === `Bearer ${first}` ? 401 : 200, {}),
  );
  writeFileSync(at('oidc'), config(server.url, idp.url, first));
  idp.next = (issuer) => ({ access_token: 'a', token_type: 'bearer', id_token: idToken(issuer, 3600, 'again') });
  await (await openKube({ kubeconfig: at('oidc') }, makeContext())).json({ path: '/' });
  assert.match(readFileSync(at('oidc'), 'utf8'), 'refresh-token: r1');
});

test('a refresh token that is no longer good: exit 4, log in again; nothing is changed', async () => {
  const idp = await provider();
  idp.next = () => undefined;
  const text = config('https://127.0.0.1:9', idp.url, idToken(idp.url, -10));
  writeFileSync(at('oidc'), text);
  const kube = await openKube({ kubeconfig: at('oidc') }, makeContext());
  const error = await failure(kube.json({ path: '/' }));
  assert.is(error.exit, 4);
  assert.match(error.message, 'the login of user "me" could not be renewed');
  assert.match(error.message, 'refresh token is revoked');
  assert.is(error.hint, 'log in again');
  assert.is(readFileSync(at('oidc'), 'utf8'), text);
});

test('other auth providers are gone from kubectl, and said so', async () => {
  const error = await failure(connect('https://127.0.0.1:9', { user: { 'auth-provider': { name: 'gcp' } } }));
  assert.match(error.message, 'the auth-provider "gcp" of user "alice" is no longer supported');
  assert.is(error.exit, 2);
});

test.run();
