// changes: Profiles
/** kubectl kf validate on the real cluster: a clean project, one with everything wrong, and people who may see only a part. */
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { cleanProject, idlePolicies, member } from '../../support/clean-project.ts';
import { accessPlants, bindingPlants, type Plant } from '../../support/plants.ts';
import { datasetPlants, podPlants } from '../../support/plants-workloads.ts';
import { testUnless } from '../../support/real.ts';
import { folder, kf, personEnv } from '../../support/suite.ts';
import * as cluster from '../index.ts';

const skip = cluster.ownOnly();
if (skip) console.log(`skipped: test/cluster/alone/validate.test.ts: ${skip}`);
const real = testUnless(skip);

interface Found {
  code: string;
  severity: string;
  where: { kind?: string; name?: string; namespace?: string; file?: string };
  reason: string;
  remedy: string;
  fix: string | null;
}

const mark = `kfv-${Date.now().toString(36)}`;
const owner = `${mark}-owner`;
const labels = { 'kf-test/validate': mark };
const projects = { a: `${mark}-a`, b: `${mark}-b`, c: `${mark}-c`, d: `${mark}-d` };
const guards = ['kf-dataset-binding', 'kf-dataset-owner', 'kf-dataset-storage', 'kf-profile-owner'];
const made: object[] = [];
/** Policies that were there: they are put back. */
let kept: { metadata: Record<string, unknown> }[] = [];

const whereOf = ({ where }: Found) => where.file ?? `${where.kind!.toLowerCase()}/${where.name}`;

async function apply(objects: object[]): Promise<void> {
  if (objects.length === 0) return;
  made.push(...objects);
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { code, stderr } = await cluster.kubectl(['apply', '--server-side', '--force-conflicts', '-f', '-'], { input });
  assert.is(code, 0, stderr);
}

async function look(project: string, args: string[] = [], options = {}) {
  const ran = await kf(['validate', '-n', project, '-o', 'json', ...args], options);
  assert.not.match(ran.stderr, /a fault in kubectl kf/);
  return { ...ran, ...(JSON.parse(ran.stdout || '{"items":[]}') as { items: Found[]; notReadable: string[] }) };
}

test.before(async () => {
  if (skip) return;
  const all = 'validatingadmissionpolicies,validatingadmissionpolicybindings';
  const { stdout } = await cluster.kubectl(['get', all, ...guards, '--ignore-not-found', '-o', 'json']);
  kept = stdout.trim() ? JSON.parse(stdout).items : [];
  // What another manager has applied would stay beside what is planted.
  await cluster.kubectl(['delete', all, ...guards, '--ignore-not-found']);
  await apply(Object.values(projects).flatMap((name) => cleanProject(name, owner)));
  await apply([
    ...idlePolicies(guards, labels),
    member(projects.a, `${mark}-editor`, 'edit'),
    member(projects.a, `${mark}-viewer`, 'view'),
  ]);
});

test.after(async () => {
  if (skip) return;
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: made });
  await cluster.kubectl(['delete', '--ignore-not-found', '--wait=false', '-f', '-'], { input });
  for (const { metadata } of kept)
    for (const field of ['uid', 'resourceVersion', 'managedFields']) delete metadata[field];
  await apply(kept);
  await cluster.teardown();
});

real('a clean project gives no finding, with JobSet and Trainer in the cluster', async () => {
  for (const project of Object.values(projects)) {
    const { code, stdout, stderr } = await kf(['validate', '-n', project, '--fail-on', 'note', '--strict']);
    assert.equal([code, stdout], [0, ''], `${stdout}${stderr}`);
    assert.match(stderr, /no findings\n$/);
  }
  const { items, notReadable } = await look(projects.a);
  assert.equal([items, notReadable], [[], []]);
});

real('an owner sees what the admin sees of the project, and what could not be read is said', async () => {
  const kubeconfig = await cluster.clientCertUser(owner, []);
  const { code, stdout, stderr } = await kf(['validate', '-n', projects.a, '--fail-on', 'note'], { kubeconfig });
  assert.equal([code, stdout], [0, ''], stderr);
  assert.match(stderr, /no findings in what could be seen/);
  assert.match(stderr, /not seen: .*clusterrolebindings.*: this is not the whole answer/);
  assert.not.match(stderr, /rolebindings in/);
  const strict = await look(projects.a, ['--strict'], { kubeconfig });
  assert.is(strict.code, 1);
  assert.ok(strict.notReadable.includes('clusterrolebindings'), strict.notReadable.join());
});

real('a viewer gets what a viewer may see; a stranger is refused', async () => {
  const viewer = await look(projects.a, [], { kubeconfig: await cluster.clientCertUser(`${mark}-viewer`, []) });
  assert.is(viewer.code, 0, viewer.stderr);
  assert.ok(viewer.notReadable.includes(`rolebindings in ${projects.a}`), viewer.notReadable.join());
  assert.equal(viewer.items, []);
  const stranger = await cluster.clientCertUser(`${mark}-stranger`, []);
  const refused = await kf(['validate', '-n', projects.a], { kubeconfig: stranger });
  assert.equal([refused.code, refused.stdout], [4, '']);
  assert.match(refused.stderr, /you have no rights in|you may read nothing in/);
});

real('what is planted is found, each by its code and at its place, and nothing else', async () => {
  const plants: Plant[] = [
    ...podPlants(projects),
    ...bindingPlants(projects, owner),
    ...datasetPlants(projects, mark, labels),
    ...accessPlants(projects, mark),
  ];
  const codes = new Set(plants.map(({ code }) => code));
  assert.ok(codes.size >= 40, `${codes.size}`);
  for (const { run } of plants) {
    if (!run) continue;
    const { code, stderr } = await cluster.kubectl([...run, ...(run[0] === 'delete' ? ['--wait=true'] : [])]);
    assert.is(code, 0, `${run.join(' ')}: ${stderr}`);
  }
  await apply(plants.flatMap(({ objects }) => objects));
  await cluster.until('the token', 20, async () => {
    const { stdout } = await cluster.kubectl([
      'get',
      'secret',
      'old-token',
      '-n',
      projects.a,
      '-o',
      'jsonpath={.data.token}',
    ]);
    return stdout !== '';
  });
  const places = new Set(plants.map(({ where }) => where));
  const lacking: string[] = [];
  for (const project of new Set(plants.map((plant) => plant.in))) {
    const { items, code } = await look(project);
    const errors = items.some(({ severity }) => severity === 'error');
    assert.is(code, errors ? 1 : 0, project);
    const found = new Set(items.map((each) => `${each.code} ${whereOf(each)}`));
    for (const plant of plants.filter((each) => each.in === project))
      if (!found.has(`${plant.code} ${plant.where}`)) lacking.push(`${plant.code} ${plant.where}`);
    for (const each of items) {
      assert.ok(each.reason && each.remedy, JSON.stringify(each));
      // What others have put into the cluster may well be found too.
      if (each.where.namespace === undefined && !whereOf(each).includes(mark)) continue;
      assert.ok(places.has(whereOf(each)) || whereOf(each) === 'rolebinding/admin-account', JSON.stringify(each));
    }
  }
  assert.equal(lacking, []);
});

real('the same for people: table, wide, name and SARIF; --ignore and --fail-on', async () => {
  const { a } = projects;
  const table = await kf(['validate', '-n', a]);
  assert.is(table.code, 1);
  assert.match(
    table.stdout,
    /^SEVERITY +CODE +WHERE +REASON\nerror +KF101 +rolebinding\/anonymous +anyone, without a login/,
  );
  assert.match(table.stderr, /\d+ errors, \d+ warnings, \d+ notes\n\d+ can be fixed safely/);
  const wide = await kf(['validate', '-n', a, '-o', 'wide']);
  assert.match(wide.stdout, new RegExp(`kubectl delete rolebinding anonymous -n ${a}`));
  const name = await kf(['validate', '-n', a, '-o', 'name']);
  assert.match(name.stdout, /^rolebinding\.rbac\.authorization\.k8s\.io\/anonymous$/m);
  const sarif = JSON.parse((await kf(['validate', '-n', a, '-o', 'sarif'])).stdout);
  const [run] = sarif.runs;
  assert.is(sarif.version, '2.1.0');
  assert.is(run.results.length, table.stdout.trimEnd().split('\n').length - 1);
  for (const { ruleId, ruleIndex, level } of run.results) {
    assert.is(run.tool.driver.rules[ruleIndex].id, ruleId);
    assert.ok(['error', 'warning', 'note'].includes(level));
  }
  assert.is((await kf(['validate', '-n', a, '--fail-on', 'never'])).code, 0);
  const codes = (await look(a)).items.map(({ code }) => code);
  const errors = (await look(a)).items.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  const ignored = await look(a, ['--ignore', [...new Set(errors)].join()]);
  assert.is(ignored.code, 0);
  assert.equal(
    ignored.items.map(({ code }) => code),
    codes.filter((code) => !errors.includes(code)),
  );
  assert.is((await look(a, ['--ignore', errors.join(), '--fail-on', 'warning'])).code, 1);
});

real('--who-can names exactly those whom the API server allows', async () => {
  const { stdout } = await kf(['validate', '-n', projects.a, '--who-can', 'list secrets', '-o', 'json']);
  const grants = JSON.parse(stdout).items as { subject: { kind: string; name: string }; by: { name: string } }[];
  assert.ok(grants.some(({ by }) => by.name === 'secrets'));
  const can = new Set(grants.map(({ subject }) => `${subject.kind} ${subject.name}`));
  for (const name of [owner, `${mark}-editor`, `${mark}-viewer`, 'carol', 'bob', `${mark}-outsider`]) {
    const words = ['auth', 'can-i', 'list', 'secrets', '-n', projects.a, '--as', name];
    assert.is(can.has(`User ${name}`), (await cluster.kubectl(words)).stdout.trim() === 'yes', name);
  }
});

real('--fix does what is safe, after a dry run that changes nothing; the rest stays', async () => {
  const { a, c } = projects;
  const before = await look(a);
  const fixable = before.items.filter(({ fix }) => fix);
  assert.equal([...new Set(fixable.map(({ code }) => code))].sort(), [
    'KF301',
    'KF302',
    'KF303',
    'KF304',
    'KF305',
    'KF605',
  ]);
  for (const how of ['client', 'server']) {
    const dry = await kf(['validate', '-n', a, '--fix', `--dry-run=${how}`]);
    assert.is(dry.code, 1, dry.stderr);
    assert.match(dry.stderr, /would delete rolebinding no-role \(KF301\)/);
    assert.equal((await look(a)).items, before.items);
  }
  const asks = await kf(['validate', '-n', a, '--fix']);
  assert.is(asks.code, 2);
  assert.match(asks.stderr, /--yes/);
  const fixed = await kf(['validate', '-n', a, '--fix', '--yes']);
  assert.is(fixed.code, 1);
  assert.match(fixed.stderr, new RegExp(`${fixable.length} of ${fixable.length} done`));
  const after = (await look(a)).items;
  assert.equal(
    after.filter(({ fix }) => fix),
    [],
  );
  const kept = before.items.filter(({ fix }) => !fix).map((each) => `${each.code} ${whereOf(each)}`);
  assert.equal(
    after.map((each) => `${each.code} ${whereOf(each)}`),
    kept,
  );
  assert.match((await kf(['validate', '-n', c, '--fix', '--yes', '--fail-on', 'never'])).stderr, /1 of 1 done/);
  assert.not.ok((await look(c)).items.some(({ code }) => code === 'KF504'));
});

real('this machine: strays, folders that others can write to, a kubeconfig that others can read', async () => {
  const [open, stray] = [folder(), folder()];
  for (const name of ['kubectl-kf-train', 'kubectl-kf_mine', 'kubectl-other']) {
    writeFileSync(join(stray, name), '#!/bin/sh\necho not me\n', { mode: 0o755 });
  }
  mkdirSync(join(open, 'bin'));
  chmodSync(join(open, 'bin'), 0o777);
  const { PATH, KUBECONFIG } = await personEnv();
  const config = join(folder(), 'config');
  writeFileSync(config, readFileSync(KUBECONFIG!));
  chmodSync(config, 0o644);
  const env = { PATH: `${PATH}:${stray}:${join(open, 'bin')}:.`, KUBECONFIG: config };
  const { items } = await look(projects.d, [], { env });
  const local = items.filter(({ code }) => code.startsWith('KF8')).map((each) => `${each.code} ${whereOf(each)}`);
  assert.equal(local.sort(), [
    `KF801 ${join(stray, 'kubectl-kf-train')}`,
    `KF802 ${join(open, 'bin')}`,
    'KF803 .',
    `KF804 ${config}`,
    `KF805 ${join(stray, 'kubectl-kf_mine')}`,
  ]);
});

test.run();
