/** The registry's own rules, in the real API server, by plain kubectl: they hold whatever client is used. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { registryFile, renderRegistry } from '../../scripts/build/registry.ts';
import { checkDigest } from '../../shared/registry/digest.ts';
import { addedBy, type Subcommand, type SubcommandSpec } from '../../shared/registry/entry.ts';
import { manifest } from '../../shared/registry/manifest.ts';
import { builtins, reserved } from '../../shared/registry/names.ts';
import { testUnless } from '../support/real.ts';
import { specOf } from '../support/subcommands.ts';
import { folder, kf } from '../support/suite.ts';
import { clientCertUser, kubectl, namespace, ownOnly, skipReason } from './index.ts';
import { ensureRegistry } from './registry.ts';

const real = testUnless(skipReason());
const own = testUnless(ownOnly());
let ns = '';
let user = '';
let remove = async () => {};
test.before(async () => {
  if (skipReason()) return;
  await ensureRegistry();
  const made = await namespace('cmd-rules');
  [ns, remove] = [made.name, made.delete];
  const me = await kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}']);
  user = me.stdout;
});
test.after(async () => remove());

const objectOf = (name: string, spec: object = {}, annotations: Record<string, string> = { [addedBy]: user }) => ({
  apiVersion: 'kf.kubeflow.org/v1alpha1',
  kind: 'Subcommand',
  metadata: { name, namespace: ns, annotations },
  spec: { ...specOf(), ...spec },
});

/** Runs a kubectl verb on the object; '' where the server took it, else what it said. */
async function send(verb: 'create' | 'replace', object: object, kubeconfig?: string): Promise<string> {
  const options = { input: JSON.stringify(object), ...(kubeconfig ? { kubeconfig } : {}) };
  const { code, stderr } = await kubectl([verb, '-f', '-', '--validate=false'], options);
  assert.is(code === 0, stderr === '', stderr);
  return stderr;
}

const refused = async (object: object, says: RegExp, verb: 'create' | 'replace' = 'create') =>
  assert.match((await send(verb, object)) || 'was taken', says);

real('the file of a release is what kubectl apply takes, and command init agrees with it', async () => {
  const file = join(folder(), registryFile);
  writeFileSync(file, renderRegistry());
  const args = ['apply', '--server-side', '--dry-run=server', '--field-manager=kubectl-kf', '-f', file];
  const { code, stdout, stderr } = await kubectl(args);
  assert.equal([code, stderr], [0, '']);
  assert.is(stdout.trim().split('\n').length, manifest().length);
  const init = await kf(['command', 'init']);
  assert.is(init.code, 0, init.stderr);
  const { stdout: again } = await kubectl(['diff', '--server-side', '--field-manager=kubectl-kf', '-f', file]);
  assert.is(again, '');
});

real('names: reserved ones never, built-in ones only by who replaces them, labels of 40 characters', async () => {
  for (const name of reserved) {
    await refused(objectOf(name), new RegExp(`${name} is a verb that can't be replaced`));
    await refused(objectOf(name, specOf({ replaces: name })), /can't be replaced/);
  }
  assert.ok(builtins.has('train') && builtins.has('status'));
  for (const name of ['train', 'status'])
    await refused(
      objectOf(name),
      new RegExp(`${name} is a built-in verb: it is only taken by a subcommand that says so`),
    );
  await refused(objectOf('tune', specOf({ replaces: 'train' })), /spec\.replaces is its own name, or nothing/);
  await refused(objectOf('tune', specOf({ replaces: 'tune' })), /tune is no built-in verb that can be replaced/);
  for (const name of ['a'.repeat(41), '2tune', 'a.b']) await refused(objectOf(name), /metadata\.name/);
  assert.is(await send('create', objectOf('train', specOf({ replaces: 'train' }))), '');
  assert.is(await send('create', objectOf('a'.repeat(40))), '');
});

real('what is malformed or too large is refused, and says where', async () => {
  const cases: [object, RegExp][] = [
    [{ runtime: 'perl' }, /spec\.runtime: Unsupported value: "perl"/],
    [{ version: '1.0' }, /spec\.version: Invalid value/],
    [{ version: '01.0.0' }, /spec\.version: Invalid value/],
    [{ digest: 'sha256:abc' }, /spec\.digest: Invalid value/],
    [{ files: {} }, /spec\.files: Invalid value|should have at least 1 properties/],
    [{ files: { 'a.py': 'x'.repeat(524_289) } }, /may not be more than 524288 bytes|Too long/],
    [
      { files: { 'a.py': 'x'.repeat(300_000), 'b.py': 'x'.repeat(300_000) } },
      /the source is longer than 524288 characters in all/,
    ],
    [
      { files: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`f${i}`, ''])) },
      /Too many: 65: must have at most 64/,
    ],
    [{ files: { '../x.py': '' } }, /a path in spec\.files leads out of its folder/],
    [{ files: { 'a\\b': '' } }, /a path in spec\.files leads out of its folder/],
    [{ files: { 'a/./b': '' } }, /a path in spec\.files leads out of its folder/],
    [{ files: { 'a\nb': '' } }, /a path in spec\.files leads out of its folder/],
    [{ parameters: [{ name: 'x' }] }, /spec\.parameters\[0\]\.typed: Required value/],
    [
      { parameters: [{ name: 'x', typed: 'option', flag: '-x', type: 'text', required: false }] },
      /parameters\[0\]\.flag/,
    ],
    [{ runs: [] }, /spec\.runs/],
    [{ summary: 'two\nlines' }, /spec\.summary/],
    [
      { history: Array.from({ length: 11 }, (_, i) => specOf({ version: `0.0.${i}` })) },
      /Too many: 11: must have at most 10/,
    ],
    [{ handler: undefined }, /spec\.handler: Required value/],
  ];
  for (const [spec, says] of cases) await refused(objectOf('bad', spec), says);
});

real('a version never changes; a new one, a rollback and a pin do', async () => {
  const first = specOf();
  const changed = specOf({ files: { 'tune.py': 'def tune(): pass\n' } });
  const kept = ({ history: _, ...version }: SubcommandSpec) => version;
  const second: SubcommandSpec = { ...changed, version: '0.2.0', history: [kept(first)] };
  assert.is(await send('create', objectOf('tune', first)), '');
  await refused(
    objectOf('tune', changed),
    /a version never changes: its digest is another; give it a new version/,
    'replace',
  );
  await refused(
    objectOf('tune', { ...changed, digest: first.digest }),
    /the source is another, but the digest is not/,
    'replace',
  );
  assert.is(await send('replace', objectOf('tune', { ...first, pinned: true })), '');
  assert.is(await send('replace', objectOf('tune', second)), '');
  const forged = { ...first, digest: second.digest };
  await refused(objectOf('tune', { ...second, history: [forged] }), /in the history it has another digest/, 'replace');
  await refused(objectOf('tune', { ...forged, history: [] }), /in the history with another digest/, 'replace');
  const twice = { ...second, history: [kept(first), { ...kept(second), digest: first.digest }] };
  await refused(
    objectOf('tune', twice),
    /a version is there twice, with two digests|in the history it has another digest/,
    'replace',
  );
  assert.is(await send('replace', objectOf('tune', { ...first, history: [kept(second)] })), '');
});

own('who added it is the truth: another name is refused, and so is another’s name on a change', async () => {
  const bob = await clientCertUser(`bob-${ns}`, []);
  const grant = ['create', 'rolebinding', 'bob', '-n', ns, '--clusterrole=edit', `--user=bob-${ns}`];
  assert.is((await kubectl(grant)).code, 0);
  const lie = /the annotation kf\.kubeflow\.org\/added-by must name who adds or changes it: bob-/;
  assert.match(await send('create', objectOf('lie'), bob), lie);
  assert.match(await send('create', objectOf('lie', {}, {}), bob), lie);
  assert.is(await send('create', objectOf('true', {}, { [addedBy]: `bob-${ns}` }), bob), '');
  const changed = specOf({ version: '0.2.0', image: 'other:1' });
  await refused(objectOf('true', changed, { [addedBy]: `bob-${ns}` }), /must name who adds or changes it/, 'replace');
  assert.is(await send('replace', objectOf('true', changed)), '');
  // A label, or a pin, is no new content.
  assert.is((await kubectl(['label', 'kfc', 'true', '-n', ns, 'a=b'], { kubeconfig: bob })).code, 0);
});

real('what goes in comes out: digests hold, whatever the defaults are', async () => {
  const defaults = [
    null,
    0,
    1.5,
    1e-7,
    1e21,
    -0.1,
    '',
    '2024-01-01',
    true,
    [],
    {},
    [null, { a: [1] }],
    9007199254740991,
    'ü\u2028',
  ];
  const parameters = defaults.map((value, i) => ({
    ...specOf().parameters[1]!,
    name: `p${i}`,
    default: value,
    choices: [1, 'a', true],
  }));
  const spec = specOf({ parameters, files: { 'a b/ü.py': 'print("\\n")\r\n\tx', '.hidden': '' } });
  assert.is(await send('create', objectOf('round', spec)), '');
  const { stdout } = await kubectl(['get', 'kfc', 'round', '-n', ns, '-o', 'json']);
  const got = (JSON.parse(stdout) as Subcommand).spec;
  assert.equal(got, JSON.parse(JSON.stringify(spec)));
  assert.ok(checkDigest(got));
});

own(
  'roles: a viewer of the project sees its subcommands, an editor changes them, nobody sees the cluster’s',
  async () => {
    const may = async (role: string, verb: string, where: string) => {
      const name = `${role}-${ns}`;
      await kubectl(['create', 'rolebinding', role, '-n', ns, `--clusterrole=${role}`, `--user=${name}`]);
      const args = ['auth', 'can-i', verb, 'subcommands.kf.kubeflow.org', '-n', where, `--as=${name}`];
      return (await kubectl(args)).stdout.trim();
    };
    assert.equal([await may('view', 'list', ns), await may('view', 'create', ns)], ['yes', 'no']);
    assert.equal([await may('edit', 'create', ns), await may('edit', 'delete', ns)], ['yes', 'yes']);
    for (const role of ['view', 'edit', 'admin']) assert.is(await may(role, 'get', 'kf-system'), 'no');
    const labels = await kubectl(['get', 'clusterrole', 'kf-subcommands-view', '-o', 'jsonpath={.metadata.labels}']);
    assert.match(labels.stdout, /"rbac\.authorization\.kubeflow\.org\/aggregate-to-kubeflow-view":"true"/);
    const image = ['auth', 'can-i', 'get', 'configmaps/kf-command', '-n', 'kf-system', `--as=someone-${ns}`];
    assert.is((await kubectl([...image, '--as-group=system:authenticated'])).stdout.trim(), 'yes');
  },
);

test.run();
