import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { group } from '../../../plugins/kf-command/index.ts';
import { Exit } from '../../../shared/cli/errors.ts';
import { manifest } from '../../../shared/registry/manifest.ts';
import { type Answer, type Asked, apiServer, type Handler, status } from '../../support/api-server.ts';
import { runCommand } from '../../support/command.ts';

const test = suite('kubectl kf command init');
const list = '/apis/kf.kubeflow.org/v1alpha1/namespaces/kf-system/subcommands';
const missing = status(404, 'NotFound', 'the server could not find the requested resource');

/** Every PATCH is answered by `patched`; the registry's own path by `served`. */
async function init(words: string[], patched: (asked: Asked) => Answer, served: Handler | Answer = { body: {} }) {
  const paths = manifest('i').map(({ apiVersion, kind, metadata }) => {
    const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    const plural = `${kind.toLowerCase().replace(/y$/, 'ie')}s`;
    return `${root}${metadata.namespace ? `/namespaces/${metadata.namespace}` : ''}/${plural}/${metadata.name}`;
  });
  const server = await apiServer({
    ...Object.fromEntries(paths.map((path) => [`PATCH ${path}`, patched])),
    [`GET ${list}`]: served,
  });
  try {
    const env = { KUBECONFIG: server.kubeconfig };
    return { ...(await runCommand(group, ['command', 'init', ...words], { env })), asked: server.asked };
  } finally {
    await server.close();
  }
}

test('all of the manifest is applied, and the definition is waited for', async () => {
  let asked = 0;
  const {
    code,
    stdout,
    stderr,
    asked: all,
  } = await init(
    [],
    () => ({ body: {} }),
    () => (++asked < 3 ? missing : { body: {} }),
  );
  assert.is(code, 0);
  assert.is(stdout.trim().split('\n').length, manifest().length);
  assert.match(stdout, /^customresourcedefinition\.apiextensions\.k8s\.io\/subcommands\.kf\.kubeflow\.org applied$/m);
  assert.match(stderr, /^the registry is there; /);
  const patches = all.filter(({ method }) => method === 'PATCH');
  assert.equal(
    patches.map(({ body }) => JSON.parse(body)),
    JSON.parse(JSON.stringify(manifest())),
  );
  assert.ok(patches.every(({ url }) => /fieldManager=kubectl-kf&.*force=true/.test(url)));
  assert.is(asked, 3);
});

test('--dry-run=client -o yaml asks no server and prints what kubectl apply takes; --image is in it', async () => {
  const { code, stdout, stderr } = await runCommand(group, [
    'command',
    'init',
    '--dry-run=client',
    '-oyaml',
    '--image',
    'r.example/kf:1',
  ]);
  assert.equal([code, stderr], [0, '']);
  const { kind, items } = parse(stdout);
  assert.equal([kind, items], ['List', JSON.parse(JSON.stringify(manifest('r.example/kf:1')))]);
  assert.equal(items.at(-1).data, { image: 'r.example/kf:1' });
});

test('a dry run of the server, before the namespace is there, says what was not tried', async () => {
  const noNamespace = status(404, 'NotFound', 'namespaces "kf-system" not found', {
    name: 'kf-system',
    kind: 'namespaces',
  });
  const { code, stderr, asked } = await init(['--dry-run=server'], ({ path }) =>
    path.includes('/namespaces/kf-system/') ? noNamespace : { body: {} },
  );
  assert.is(code, 0);
  assert.match(stderr, /^kf-system is not there yet: .*\nthe server would take it; nothing was changed\n$/);
  assert.ok(asked.every(({ url }) => url.includes('dryRun=All')));
});

test('without rights, and on a server too old for policies: what to do is said', async () => {
  const said = 'User "tester" cannot patch resource "namespaces" in API group "" in the namespace "kf-system"';
  const no = status(403, 'Forbidden', `namespaces "kf-system" is forbidden: ${said}`, { name: 'kf-system' });
  const refused = await init([], () => no);
  assert.equal([refused.code, refused.stdout, refused.asked.length], [Exit.forbidden, '', 1]);
  assert.match(
    refused.stderr,
    /^not allowed: tester may not patch namespaces.*\nthe registry is for an admin .*--personal\n$/,
  );
  const old = await init([], ({ path }) => (path.includes('admissionregistration') ? missing : { body: {} }));
  assert.is(old.code, Exit.failed);
  assert.match(
    old.stderr,
    /^this cluster can't have ValidatingAdmissionPolicy .*\nthe registry needs Kubernetes 1\.30 or newer\n$/,
  );
});

test.run();
