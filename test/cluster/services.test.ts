/** services on the real cluster: a real HTTP server in a pod, its Service, rights, and a port that is forwarded. */
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { testUnless } from '../support/real.ts';
import { kf, startKf } from '../support/suite.ts';
import { clientCertUser, kubectl, namespace, ownOnly, skipReason, teardown, until } from './index.ts';
import { create } from './pods.ts';

const real = testUnless(skipReason());

/** Says its pod's name; gives what it was sent back; gives so many bytes with their sum. */
const server = `
import hashlib, http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def answer(self, body, digest=''):
        self.send_response(500 if self.path == '/' and os.path.exists('/tmp/broken') else 200)
        self.send_header('Content-Length', str(len(body)))
        self.send_header('X-Digest', digest)
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        size = int(self.path[1:] or 0)
        body = os.urandom(size) if size else os.uname().nodename.encode()
        self.answer(body, hashlib.sha256(body).hexdigest())
    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers['Content-Length'])))
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(('', 8080), Handler).serve_forever()
`;

const web = (name: string, spec: object = {}) => [
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          terminationGracePeriodSeconds: 0,
          containers: [
            {
              name: 'main',
              image: 'local.test/python:1',
              command: ['python3', '-c', server],
              ports: [{ name: 'http', containerPort: 8080 }],
              readinessProbe: { tcpSocket: { port: 'http' }, periodSeconds: 1 },
              resources: { requests: { cpu: '20m', memory: '32Mi' }, limits: { cpu: '1', memory: '256Mi' } },
            },
          ],
        },
      },
      ...spec,
    },
  },
  service(name),
];

const service = (name: string, selects = name, port: number | string = 'http') => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: selects }, ports: [{ name: 'http', port: 80, targetPort: port }] },
});

async function served(prefix: string, name: string) {
  const made = await namespace(prefix);
  for (const object of web(name)) await create(made.name, object);
  const { code, stderr } = await kubectl(['-n', made.name, 'rollout', 'status', `deployment/${name}`, '--timeout=90s']);
  assert.is(code, 0, stderr);
  return { ns: made.name, done: made.delete };
}

const sum = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
/** The rows of a table without its columns' gaps. */
const rows = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {3,}/));

real('list, health and stats of a server, of one that is broken, and of one without pods', async () => {
  const { ns, done } = await served('services', 'web');
  await create(ns, service('closed', 'web', 8081));
  await create(ns, service('mlflow', 'nobody'));
  const rule = {
    host: 'web.example.com',
    http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'web', port: { number: 80 } } } }] },
  };
  await create(ns, {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web' },
    spec: { rules: [rule] },
  });
  const list = await kf(['services', '-n', ns]);
  assert.is(list.code, 0, list.stderr);
  assert.equal(
    rows(list.stdout).map(([type, name, state, ready, , reach]) => [type, name, state, ready, reach]),
    [
      ['service', 'service/closed', 'Running', '1/1', 'kubectl kf services open service/closed'],
      ['dashboard', 'service/mlflow', '-', '-', 'kubectl kf services open service/mlflow'],
      ['service', 'service/web', 'Running', '1/1', 'http://web.example.com/'],
    ],
  );
  // Slices of endpoints come a moment after the pods.
  await until('the endpoints', 30, async () =>
    /service\/closed .* 1\/1/.test((await kf(['services', 'health', '-n', ns])).stdout),
  );
  const health = await kf(['services', 'health', '-n', ns]);
  assert.is(health.code, 1);
  assert.equal(
    rows(health.stdout).map(([, name, word, ready, answer, , why]) => [name, word, ready, answer, why]),
    [
      ['service/closed', 'Unhealthy', '1/1', '-', 'nothing listens on its port'],
      ['service/mlflow', 'Unhealthy', '0/0', '-', 'no pods behind it'],
      ['service/web', 'Healthy', '1/1', 'HTTP 200', '-'],
    ],
  );
  assert.is((await kf(['services', 'health', 'web', '-n', ns])).code, 0);
  await kubectl(['-n', ns, 'exec', 'deployment/web', '--', 'touch', '/tmp/broken']);
  const broken = await kf(['services', 'health', 'service/web', '-n', ns]);
  assert.equal([broken.code, rows(broken.stdout)[0]!.at(-1)], [1, 'HTTP 500']);
  const stats = async () => JSON.parse((await kf(['services', 'stats', '-n', ns, '-o', 'json'])).stdout).items[0];
  await until('what the kubelet measured', 60, async () => (await stats())?.memory.used > 0, 1000);
  const { component, pods, cpu, memory } = await stats();
  assert.equal([component.kind, component.name, pods, cpu.request, cpu.limit], ['Deployment', 'web', 1, 0.02, 1]);
  assert.equal([memory.request, memory.limit], [32 * 2 ** 20, 256 * 2 ** 20]);
  assert.ok(memory.used > 2 ** 20 && memory.used < memory.limit, String(memory.used));
  await done();
});

real('open: bytes both ways unchanged, many connections, a new pod, a container that restarts, Ctrl-C', async () => {
  const { ns, done } = await served('open', 'web');
  const open = await startKf(['services', 'open', 'web', '--port', '0', '-n', ns]);
  await open.saw(/until Ctrl-C/);
  const url = open.out().stdout.trim();
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/$/);
  const name = async () => (await fetch(url)).text();
  const first = await name();
  assert.match(first, /^web-/);
  const down = await fetch(`${url}${48 << 20}`);
  assert.is(sum(new Uint8Array(await down.arrayBuffer())), down.headers.get('x-digest'));
  const sent = randomBytes(24 << 20);
  const back = await fetch(url, { method: 'POST', body: sent });
  assert.is(sum(new Uint8Array(await back.arrayBuffer())), sum(sent));
  const many = await Promise.all(Array.from({ length: 20 }, () => fetch(url, { headers: { connection: 'close' } })));
  assert.ok(many.every(({ status }) => status === 200));
  await kubectl(['-n', ns, 'delete', 'pod', first, '--wait=true']);
  const again = async () => {
    try {
      return await name();
    } catch {
      return '';
    }
  };
  await until('the new pod', 60, async () => ![first, ''].includes(await again()), 500);
  const second = await name();
  await kubectl(['-n', ns, 'exec', second, '--', 'sh', '-c', 'kill 1']);
  // It may take no signal from within: then the container goes on, and so does this.
  await until('the container', 60, async () => (await again()) === second, 500);
  open.child.kill('SIGINT');
  const ended = await open.ended;
  assert.is(ended.code, 0, ended.stderr);
  assert.is(ended.stdout, `${url}\n`);
  assert.is(await again(), '');
  await done();
});

real('open waits for a pod that is not ready, with the reason; a port that is taken; what is not there', async () => {
  const { name: ns, delete: done } = await namespace('open');
  const [deployment, its] = web('web') as [{ spec: { template: { spec: object } } }, object];
  Object.assign(deployment.spec.template.spec, { nodeSelector: { none: 'such' } });
  await create(ns, deployment);
  await create(ns, its);
  const waiting = await startKf(['services', 'open', 'web', '--port', '0', '-n', ns]);
  await waiting.saw(/waiting for service\/web: .*(node|pod)/);
  waiting.child.kill('SIGINT');
  assert.is((await waiting.ended).code, 130);
  const near = await kf(['services', 'open', 'wbe', '-n', ns]);
  assert.equal([near.code, near.stderr.split('\n')[0]], [3, `no service "wbe" in ${ns}; did you mean web?`]);
  const port = await kf(['services', 'open', 'web', '--port', '0:metrics', '-n', ns]);
  assert.equal([port.code, port.stderr], [2, 'service/web has no port metrics\nit has: http\n']);
  await done();
});

testUnless(ownOnly())('a person with a part of the rights has a part of the answer', async () => {
  const { ns, done } = await served('services', 'web');
  const user = `viewer-${ns}`;
  const kubeconfig = await clientCertUser(user, []);
  const may = async (name: string, verbs: string, resources: string) => {
    await kubectl(['create', 'role', name, `--verb=${verbs}`, `--resource=${resources}`, '-n', ns]);
    const made = await kubectl(['create', 'rolebinding', name, `--role=${name}`, `--user=${user}`, '-n', ns]);
    assert.is(made.code, 0, made.stderr);
  };
  const as = (words: string[]) => kf(['services', ...words, '-n', ns], { kubeconfig });
  for (const words of [['list'], ['health'], ['stats'], ['open', 'web']]) {
    const { code, stderr } = await as(words);
    assert.is(code, 4, `${words}: ${stderr}`);
    assert.match(stderr, /not allowed/);
  }
  await may('services', 'get,list', 'services');
  const list = await as(['list']);
  assert.equal([list.code, rows(list.stdout).length], [0, 1]);
  assert.match(list.stderr, new RegExp(`^you may not list \\w+ in ${ns}: there may be more\n`));
  const blind = await as(['health']);
  assert.is(blind.code, 4);
  assert.match(blind.stdout, / {3}Unknown {3}/);
  await may('pods', 'get,list', 'pods');
  const stats = await as(['stats']);
  assert.is(stats.code, 4);
  assert.match(stats.stdout, /\npod\/web-\S+ +1 +- +20m\/1 +- +- +32Mi\/256Mi /);
  assert.match(
    stats.stderr,
    /^nothing tells what is used: only what is asked for is shown\n[\s\S]*may not get nodes\/proxy/,
  );
  const open = await as(['open', 'web', '--port', '0']);
  assert.is(open.code, 4, open.stderr);
  assert.match(open.stderr, new RegExp(`^not allowed: ${user} may not \\w+ pods/portforward`));
  await may('slices', 'list', 'endpointslices.discovery.k8s.io');
  const ready = await as(['health']);
  assert.is(ready.code, 0, ready.stderr);
  assert.match(ready.stdout, /service\/web +Healthy +1\/1 +- /);
  assert.match(ready.stderr, /you may not reach services in .* through the API server: this is not the whole answer/);
  await done();
});

real('a project that is being deleted, and hostile names of a service', async () => {
  const { name: ns, delete: done } = await namespace('services');
  const evil = '\u001b[2J\u202eevil\u001b]0;x\u0007';
  const annotations = { note: evil, large: 'x'.repeat(200_000) };
  const spec = { type: 'ExternalName', externalName: 'example.com' };
  await create(ns, { apiVersion: 'v1', kind: 'Service', metadata: { name: 'out', annotations }, spec });
  const list = await kf(['services', '-n', ns, '-o', 'wide']);
  assert.equal(rows(list.stdout)[0]!.slice(0, 2), ['service', 'service/out']);
  assert.not.match(list.stdout, /[\u001b\u202e]/);
  const out = await kf(['services', 'open', 'out', '-n', ns]);
  assert.equal([out.code, out.stderr.split('\n')[0]], [2, 'service/out only stands for another name: example.com']);
  await done();
  const going = await kf(['services', '-n', ns]);
  assert.ok([0, 3].includes(going.code), going.stderr);
});

test.after(teardown);
test.run();
