/** Every way in which a kubeconfig leads to the cluster that kubectl knows (the executables that krew installed, the real kubectl beside). */
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse, stringify } from 'yaml';
import { testUnless } from '../support/real.ts';
import { folder, type KfOptions, kf, person } from '../support/suite.ts';
import {
  clientCertUser,
  ensureCluster,
  kubectl,
  namespace,
  ownOnly,
  serviceAccountToken,
  skipReason,
} from './index.ts';

interface Named {
  name: string;
  [key: string]: unknown;
}
interface Config {
  clusters: (Named & { cluster: Record<string, unknown> })[];
  users: (Named & { user: Record<string, unknown> })[];
  contexts: (Named & { context: Record<string, unknown> })[];
  'current-context'?: string;
}

const real = testUnless(skipReason());
const own = testUnless(ownOnly());
let ns = '';
let remove = async () => {};
test.before(async () => {
  if (skipReason()) return;
  const made = await namespace('kubeconfig');
  [ns, remove] = [made.name, made.delete];
});
test.after(async () => remove());

/** The administrator's kubeconfig as an object. */
async function admin(): Promise<Config> {
  return parse(readFileSync((await ensureCluster()).kubeconfig, 'utf8')) as Config;
}

/** A kubeconfig for the cluster with another user, and what else is to differ. */
async function configWith(user: Record<string, unknown>, cluster: Record<string, unknown> = {}): Promise<string> {
  const { clusters } = await admin();
  const config: Config = {
    clusters: [{ name: 'c', cluster: { ...clusters[0]!.cluster, ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: ns } }],
    'current-context': 'x',
  };
  const file = join(folder(), 'config');
  writeFileSync(file, stringify({ apiVersion: 'v1', kind: 'Config', ...config }));
  return file;
}

/** Who the cluster takes us for, as kubectl kf and as kubectl see it: they must agree. */
async function who(options: KfOptions, ...flags: string[]): Promise<string> {
  const ours = await kf(['whoami', '-o', 'name', ...flags], options);
  assert.equal([ours.code, ours.stderr], [0, '']);
  const theirs = await person(
    'kubectl',
    ['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}', ...flags],
    options,
  );
  assert.is(ours.stdout.trim(), theirs.stdout.trim());
  return ours.stdout.trim();
}

const robot = () => `system:serviceaccount:${ns}:default`;

real(
  'several files in KUBECONFIG are one: a missing one is passed over, the first that says something wins',
  async () => {
    const { clusters, users } = await admin();
    const dir = folder();
    const write = (name: string, content: object) => writeFileSync(join(dir, name), stringify(content));
    write('clusters', { clusters: [{ name: 'c', cluster: clusters[0]!.cluster }] });
    write('users', { users: [{ name: 'u', user: users[0]!.user }], 'current-context': 'x' });
    write('contexts', {
      contexts: [{ name: 'x', context: { cluster: 'c', user: 'u', namespace: ns } }],
      clusters: [{ name: 'c', cluster: { server: 'https://127.0.0.1:1' } }],
      'current-context': 'nothing',
    });
    const kubeconfig = ['clusters', 'missing', 'users', 'contexts'].map((name) => join(dir, name)).join(delimiter);
    await who({ kubeconfig });
    assert.is((await kf(['use', '-o', 'name'], { kubeconfig })).stdout, `${ns}\n`);
    assert.is((await kf(['train', 'list'], { kubeconfig })).code, 0);
  },
);

own('a client certificate, in the file and beside it', async () => {
  const file = await clientCertUser('alice', ['vision']);
  assert.is(await who({ kubeconfig: file }), 'alice');
  const inside = parse(readFileSync(file, 'utf8')) as Config;
  const { user } = inside.users[0]!;
  const dir = folder();
  const data = (part: string) => {
    const path = user[`client-${part}`];
    return path ? readFileSync(String(path)) : Buffer.from(String(user[`client-${part}-data`]), 'base64');
  };
  writeFileSync(join(dir, 'cert.pem'), data('certificate'));
  writeFileSync(join(dir, 'key.pem'), data('key'));
  inside.users[0]!.user = { 'client-certificate': 'cert.pem', 'client-key': 'key.pem' };
  writeFileSync(join(dir, 'config'), stringify(inside));
  assert.is(await who({ kubeconfig: join(dir, 'config'), cwd: '/' }), 'alice');
});

real('a token file', async () => {
  const dir = folder();
  writeFileSync(join(dir, 'token'), `${await serviceAccountToken(ns, 'default')}\n`);
  assert.is(await who({ kubeconfig: await configWith({ tokenFile: join(dir, 'token') }) }), robot());
});

real('an exec credential plugin is told about the cluster, run once for a command, and asked for a token', async () => {
  const dir = folder();
  const plugin = join(dir, 'plugin');
  const credential = {
    apiVersion: 'client.authentication.k8s.io/v1',
    kind: 'ExecCredential',
    status: { token: await serviceAccountToken(ns, 'default') },
  };
  writeFileSync(join(dir, 'credential.json'), JSON.stringify(credential));
  writeFileSync(
    plugin,
    `#!/bin/sh\necho "$PPID $KUBERNETES_EXEC_INFO" >> ${dir}/calls\n[ "$GREETING" = hello ] && cat ${dir}/credential.json\n`,
  );
  chmodSync(plugin, 0o755);
  const exec = {
    apiVersion: credential.apiVersion,
    command: plugin,
    env: [{ name: 'GREETING', value: 'hello' }],
    interactiveMode: 'Never',
    provideClusterInfo: true,
  };
  const kubeconfig = await configWith({ exec });
  const { code, stdout } = await kf(['whoami', '-o', 'name'], { kubeconfig });
  assert.equal([code, stdout], [0, `${robot()}\n`]);
  const calls = readFileSync(join(dir, 'calls'), 'utf8').trim().split('\n');
  // What renews names behind the command is a process of its own, and may have asked too.
  const askers = calls.map((line) => line.split(' ', 1)[0]);
  assert.is(new Set(askers).size, askers.length);
  const info = JSON.parse(calls[0]!.slice(calls[0]!.indexOf(' ')));
  assert.is(info.kind, 'ExecCredential');
  assert.is(info.spec.cluster.server, (await admin()).clusters[0]!.cluster.server);
  assert.is(info.spec.interactive, false);
});

real('a credential plugin that is not there, or fails, is named', async () => {
  const missing = {
    exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'no-such-plugin', interactiveMode: 'Never' },
  };
  const { code, stderr } = await kf(['whoami'], { kubeconfig: await configWith(missing) });
  assert.is.not(code, 0);
  assert.match(stderr, 'no-such-plugin');
  assert.not.match(stderr, 'a fault in kubectl kf');
});

/** A proxy on the loopback that opens tunnels, and counts them. */
async function proxy(): Promise<{ url: string; tunnels: string[]; server: Server }> {
  const tunnels: string[] = [];
  const server = createServer((_, response) => response.writeHead(400).end());
  server.on('connect', (request, socket, head) => {
    tunnels.push(request.url ?? '');
    const [host, port] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      target.write(head);
      socket.pipe(target).pipe(socket);
    });
    for (const each of [socket, target]) each.on('error', () => [socket, target].map((one) => one.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, tunnels, server };
}

real('a proxy: proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY in the environment', async () => {
  const token = await serviceAccountToken(ns, 'default');
  const target = new URL(String((await admin()).clusters[0]!.cluster.server));
  /** What one run asks a proxy of its own for: names that an earlier one has renewed behind it are not its. */
  const through = async (config: (url: string) => Promise<string>, env: (url: string) => Record<string, string>) => {
    const { url, tunnels, server } = await proxy();
    try {
      const { code, stdout, stderr } = await kf(['whoami', '-o', 'name'], {
        kubeconfig: await config(url),
        env: env(url),
      });
      assert.equal([code, stdout], [0, `${robot()}\n`], stderr);
      return [...tunnels];
    } finally {
      server.closeAllConnections();
      server.close();
    }
  };
  const plain = () => configWith({ token });
  const viaUrl = await through(
    (url) => configWith({ token }, { 'proxy-url': url }),
    () => ({}),
  );
  assert.ok(viaUrl.length > 0 && viaUrl.every((each) => each === target.host));
  assert.ok((await through(plain, (url) => ({ HTTPS_PROXY: url }))).length > 0);
  assert.equal(await through(plain, (url) => ({ HTTPS_PROXY: url, NO_PROXY: target.hostname })), []);
  assert.equal(await through(plain, () => ({})), []);
});

real('a proxy that is not there is named, exit 5', async () => {
  const kubeconfig = await configWith({ token: 'x' }, { 'proxy-url': 'http://127.0.0.1:9' });
  const { code, stderr } = await kf(['whoami'], { kubeconfig });
  assert.is(code, 5);
  assert.match(stderr, '127.0.0.1:9');
});

real('--context, --cluster, --user, -n and --as are obeyed', async () => {
  const { clusters, users } = await admin();
  const file = join(folder(), 'config');
  const config: Config = {
    clusters: [
      { name: 'good', cluster: clusters[0]!.cluster },
      { name: 'gone', cluster: { server: 'https://127.0.0.1:1' } },
    ],
    users: [
      { name: 'admin', user: users[0]!.user },
      { name: 'robot', user: { token: await serviceAccountToken(ns, 'default') } },
    ],
    contexts: [
      { name: 'dead', context: { cluster: 'gone', user: 'admin' } },
      { name: 'live', context: { cluster: 'good', user: 'admin', namespace: ns } },
    ],
    'current-context': 'dead',
  };
  writeFileSync(file, stringify(config));
  const options = { kubeconfig: file };
  assert.is((await kf(['whoami'], options)).code, 5);
  const name = await who(options, '--context', 'live');
  assert.is(await who(options, '--cluster=good'), name);
  assert.is(await who(options, '--context=live', '--user', 'robot'), robot());
  assert.is(await who(options, '--context=live', '--as', 'carol', '--as-group', 'vision'), 'carol');
  const { stdout } = await kf(['whoami', '--context', 'live', '-n', 'default', '-o', 'json'], options);
  assert.is(JSON.parse(stdout).project, 'default');
  const elsewhere = await kf(['whoami', '-o', 'name', '--kubeconfig', file, '--context', 'live'], {
    kubeconfig: '/nowhere',
  });
  assert.is(elsewhere.stdout.trim(), name);
  const flagsFirst = await kf(['-n', 'default', '--context=live', 'use', '-o', 'name'], options);
  assert.is(flagsFirst.stdout, 'default\n');
  const wrong = await kf(['whoami', '--context', 'lvie'], options);
  assert.is(wrong.code, 2);
  assert.match(wrong.stderr, 'lvie');
});

real('use changes one value in the file that has the context, and keeps comments and order', async () => {
  const { clusters, users } = await admin();
  const dir = folder();
  const first = `# mine\n${stringify({ users: [{ name: 'u', user: users[0]!.user }] })}current-context: x # today\n`;
  const second = [
    '# of the team',
    'contexts: # all of them',
    '- name: other',
    '  context: {cluster: c, user: u, namespace: other}',
    '- context:',
    '    user: u   # who',
    '    namespace: default # where',
    '    cluster: c',
    '  name: x',
    stringify({ clusters: [{ name: 'c', cluster: clusters[0]!.cluster }] }),
  ].join('\n');
  const [a, b] = [join(dir, 'a'), join(dir, 'b')];
  writeFileSync(a, first);
  writeFileSync(b, second);
  const options = { kubeconfig: [a, b].join(delimiter) };
  const { code, stderr } = await kf(['use', ns], options);
  assert.equal([code, stderr], [0, `now in ${ns} (was default), context x\n`]);
  assert.is(readFileSync(a, 'utf8'), first);
  assert.is(readFileSync(b, 'utf8'), second.replace('namespace: default #', `namespace: ${ns} #`));
  const kubectlToo = await kubectl(['config', 'view', '--minify', '-o', 'jsonpath={..namespace}'], {
    kubeconfig: options.kubeconfig,
  });
  assert.equal([kubectlToo.stdout, kubectlToo.stderr], [ns, '']);
});

real('use changes nothing where the project is not there, or the server', async () => {
  const kubeconfig = await configWith((await admin()).users[0]!.user);
  const before = readFileSync(kubeconfig, 'utf8');
  const missing = await kf(['use', `${ns}x`], { kubeconfig });
  assert.equal([missing.code, missing.stderr], [3, `no project "${ns}x"; did you mean ${ns}?\n`]);
  assert.is(readFileSync(kubeconfig, 'utf8'), before);
  const gone = await configWith({ token: 'x' }, { server: 'https://127.0.0.1:1' });
  const text = readFileSync(gone, 'utf8');
  assert.is((await kf(['use', 'kube-system'], { kubeconfig: gone })).code, 5);
  assert.is(readFileSync(gone, 'utf8'), text);
});

test.run();
