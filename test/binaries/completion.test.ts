// timeout: 900
import { chmodSync, existsSync, mkdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeGroup, findGroups } from '../../scripts/build/groups.ts';
import { describe } from '../../shared/completion/describe.ts';
import type { Completer, TableCommand } from '../../shared/completion/table.ts';
import {
  clientCertUser,
  ensureCluster,
  kubectl,
  namespace,
  ownOnly,
  skipReason,
  teardown,
  trainRuntime,
  until,
} from '../cluster/index.ts';
import { type Completing, completing, valuesOf } from '../support/completing.ts';
import { testUnless } from '../support/real.ts';
import { lacksShell, type ShellName, shellCommand, Terminal } from '../support/shells.ts';
import { folder } from '../support/suite.ts';

const real = testUnless(skipReason());

let at: Completing;
let ns: string;
let remove = async () => {};

test.before(async () => {
  if (skipReason()) return;
  await ensureCluster();
  const made = await namespace('tab');
  [ns, remove] = [made.name, made.delete];
  // Pods that never start have names and containers too.
  const pod = {
    nodeSelector: { 'kubectl-kf.test/nowhere': 'x' },
    restartPolicy: 'Never',
    initContainers: [{ name: 'prepare', image: 'none' }],
    containers: [
      { name: 'main', image: 'none' },
      { name: 'side', image: 'none' },
    ],
  };
  const objects = [
    { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'count' }, spec: { template: { spec: pod } } },
    {
      apiVersion: 'trainer.kubeflow.org/v1alpha1',
      kind: 'TrainJob',
      metadata: { name: 'digits' },
      spec: { suspend: true, runtimeRef: { name: trainRuntime() } },
    },
    { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'digits' }, spec: pod },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'board' },
      spec: { selector: { app: 'board' }, ports: [{ port: 80 }] },
    },
  ];
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const applied = await kubectl(['-n', ns, 'create', '-f', '-'], { input: list });
  if (applied.code !== 0) throw new Error(applied.stderr);
  await until('the pod of count', 60, async () => {
    return (await kubectl(['-n', ns, 'get', 'pods', '-l', 'job-name=count', '-o', 'name'])).stdout !== '';
  });
  at = await completing();
});
test.after(async () => {
  await remove();
  await teardown();
});

/** What must be among the words that complete it, in the project made above; undefined where nothing must. */
const expected: Record<Exclude<Completer, readonly string[]>, RegExp[]> = {
  component: [/^count$/, /^trainjob\/digits$/, /^pod\/digits$/],
  job: [/^count$/, /^digits$/],
  service: [/^board$/],
  pod: [/^count-\w+$/],
  container: [/^main$/, /^side$/, /^prepare$/],
  rank: [/^[\w-]+$/],
  step: [/^[\w-]+$/],
  namespace: [/^kube-system$/, /^tab-\w+$/],
  runtime: [/^torch-distributed$/],
  subcommand: [],
  context: [/./],
  cluster: [/./],
  user: [/./],
  file: [],
  none: [],
};

/** Kinds of values that were asked for through kubectl: of each verb only those, and its words, need be. */
const asked = new Set<unknown>();

async function check(by: Completer, words: string[]): Promise<void> {
  const line = words.join(' ');
  const kind = typeof by === 'string' ? by : 'values';
  const [once, until] = asked.has(kind) ? [at.ask, at.askUntil] : [at.tab, at.tabUntil];
  asked.add(kind);
  if (typeof by !== 'string') {
    const lines = await once(...words);
    return assert.equal([valuesOf(lines), lines.at(-1)], [[...by], ':4'], line);
  }
  const wanted = expected[by];
  const ready = (lines: string[]) => wanted.every((each) => valuesOf(lines).some((value) => each.test(value)));
  const lines = await until(ready, ...words);
  assert.is(lines.at(-1), by === 'file' ? ':0' : ':4', line);
  if (wanted.length === 0) assert.equal(valuesOf(lines), [], line);
}

/** What was tried of options that have the same values in several commands of a group, whatever stands before them. */
const tried = new Set<string>();
const byWords = new Set<unknown>(['container', 'rank', 'step']);

/** Each place of a command, after words that stand for those before it; an option's values once in a group where they can. */
async function everyPlace(command: TableCommand, deeper: boolean, group: number): Promise<number> {
  const before = ['kf', ...command.words];
  let checked = 0;
  const typed: string[] = [];
  for (const [i, { by }] of command.args.entries()) {
    // Where a verb's own words stand, they are offered too.
    if (!(i === 0 && deeper)) await check(by, [...before, '-n', ns, ...typed, '']);
    typed.push(by === 'component' || by === 'job' ? 'count' : 'x');
    checked++;
  }
  const names = ['component', 'job'].includes(String(command.args[0]?.by)) ? ['count'] : [];
  const offered = valuesOf(await at.tab(...before, '--'));
  for (const { names: flags, takesValue, by, hidden } of command.flags) {
    const long = flags.find((name) => name.startsWith('--'))!;
    // kubectl's own flags that no help page lists are the same everywhere: one command stands for all of a group.
    if (hidden && tried.has(`${group} ${long} ${by}`)) continue;
    const lines = hidden ? valuesOf(await at.tab(...before, long.slice(0, 3))) : offered;
    assert.ok(lines.includes(long), `${command.words.join(' ')} offers ${long}`);
    const known = `${group} ${long} ${by}`;
    if (takesValue && (byWords.has(by) || !tried.has(known)))
      await check(by, [...before, ...(by === 'namespace' ? [] : ['-n', ns]), ...names, long, '']);
    tried.add(known);
    checked++;
  }
  return checked;
}

real('every verb, every word after it and every option with its values, through kubectl', async () => {
  const tables = await Promise.all(findGroups().map(async (name) => describe(await describeGroup(name))));
  const commands = tables.flatMap((table, group) => table.map((command) => ({ command, table, group })));
  let checked = 0;
  const some = async () => {
    for (let next = commands.shift(); next; next = commands.shift()) {
      const { words } = next.command;
      const deeper =
        words.length === 1 && next.table.some((other) => other.words.length > 1 && other.words[0] === words[0]);
      const offered = valuesOf(await at.tab('kf', ...words));
      assert.ok(offered.includes(words.at(-1)!), words.join(' '));
      const places = await everyPlace(next.command, deeper, next.group);
      checked += places;
    }
  };
  await Promise.all([some(), some(), some()]);
  assert.ok(checked > 150, `${checked} places`);
});

real('verbs: our own, those of groups, and the words of a group under each spelling', async () => {
  const verbs = valuesOf(await at.tab('kf', ''));
  for (const verb of ['status', 'use', 'completion', 'train'])
    assert.is(verbs.filter((v) => v === verb).length, 1, verb);
  assert.equal(valuesOf(await at.tab('kf', 'tr')), ['train']);
  for (const words of [
    ['kf', 'train', 'l'],
    ['kf-train', 'l'],
  ]) {
    assert.equal(valuesOf(await at.tab(...words)), ['list', 'logs'], words.join(' '));
  }
  assert.equal(valuesOf(await at.tab('kf', 'completion', '')), ['install', 'uninstall']);
  assert.equal(await at.tab('kf', 'trian', ''), [':4']);
});

real('without the dash-spelled links the dispatcher passes the question on', async () => {
  const other = await completing();
  for (const name of ['kubectl-kf-train', 'kubectl_complete-kf-train']) {
    unlinkSync(join(other.bin, name));
  }
  assert.equal(valuesOf(await other.tab('kf', 'tr')), ['train']);
  assert.equal(valuesOf(await other.tab('kf', 'train', 'l')), ['list', 'logs']);
  assert.equal(valuesOf(await other.tab('kf', 'train', 'l')), ['list', 'logs'], 'and from what it left');
});

real('a name of two kinds comes with its kind, and a kind is completed to its names', async () => {
  const offered = await at.tabUntil((lines) => lines.length > 1, 'kf', 'status', '-n', ns, '');
  assert.ok(!valuesOf(offered).includes('digits'));
  assert.equal(valuesOf(await at.tab('kf', 'status', '-n', ns, 'po/')), ['po/digits']);
  assert.equal(valuesOf(await at.tab('kf', 'remove', '-n', ns, 'count', 'cou')), []);
});

real('what is new shows a moment later, and what is gone goes', async () => {
  const created = await kubectl(['-n', ns, 'create', 'job', 'fresh', '--image=none']);
  assert.is(created.code, 0, created.stderr);
  await at.tabUntil((lines) => valuesOf(lines).includes('fresh'), 'kf', 'status', '-n', ns, '');
  await kubectl(['-n', ns, 'delete', 'job', 'fresh', '--wait=false']);
  await at.tabUntil((lines) => !valuesOf(lines).includes('fresh'), 'kf', 'status', '-n', ns, '');
});

real('a cluster that is gone costs a moment once, and nothing is said', async () => {
  const kubeconfig = join(folder(), 'config');
  writeFileSync(
    kubeconfig,
    'apiVersion: v1\nkind: Config\ncurrent-context: a\ncontexts: [{name: a, context: {cluster: c}}]\nclusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]\n',
  );
  const gone = await completing(kubeconfig);
  const began = Date.now();
  assert.equal(await gone.tab('kf', 'status', ''), [':4']);
  assert.ok(Date.now() - began < 10_000);
  assert.equal(await gone.tabUntil((lines) => lines.length > 1, 'kf', 'status', '--context', ''), ['a\tc', ':4']);
});

testUnless(ownOnly())('who may see nothing is offered nothing, and never what another has seen', async () => {
  await at.tabUntil((lines) => lines.length > 1, 'kf', 'status', '-n', ns, '');
  const kubeconfig = await clientCertUser('eve', []);
  const eve = await completing(kubeconfig, at.home);
  for (let i = 0; i < 2; i++) {
    assert.equal(await eve.tab('kf', 'status', '-n', ns, ''), [':4']);
    assert.equal(await eve.tab('kf', 'train', 'logs', '-n', ns, 'count', '-c', ''), [':4']);
  }
  assert.equal(valuesOf(await eve.tabUntil((lines) => lines.length > 1, 'kf', 'use', '')), ['default']);
});

real('however often Tab is pressed, one process asks', async () => {
  const dir = folder();
  const { kubeconfig, noted } = asking(dir, 8);
  const person = await completing(kubeconfig);
  const tabs = await Promise.all(Array.from({ length: 10 }, () => person.tab('kf', 'status', '')));
  assert.equal(new Set(tabs.map((lines) => lines.join())), new Set([':4']));
  await until('the plugin is run', 20, () => noted() !== '');
  await person.tab('kf', 'status', '');
  assert.is(noted().trimEnd().split('\n').length, 1, noted());
});

/** A kubeconfig whose credential plugin notes what it is told and whether it could ask, and gives nothing. */
function asking(dir: string, seconds = 0): { kubeconfig: string; noted: () => string } {
  const plugin = join(dir, 'login');
  writeFileSync(
    plugin,
    `#!/bin/sh\necho "$KUBERNETES_EXEC_INFO" >>"${dir}/noted"\n(exec </dev/tty) 2>/dev/null && echo has-a-terminal >>"${dir}/noted"\necho Password: >&2\nsleep ${seconds}\nexit 1\n`,
  );
  chmodSync(plugin, 0o755);
  const kubeconfig = join(dir, 'config');
  const exec = `{apiVersion: client.authentication.k8s.io/v1, command: "${plugin}", interactiveMode: IfAvailable}`;
  writeFileSync(
    kubeconfig,
    `apiVersion: v1
kind: Config
current-context: plain
contexts: [{name: plain, context: {cluster: c, user: u}}, {name: "$(touch ${dir}/injected)", context: {cluster: c, user: u}}, {name: "plain;touch ${dir}/injected", context: {cluster: c}}]
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: u, user: {exec: ${exec}}}]
`,
  );
  return { kubeconfig, noted: () => (existsSync(join(dir, 'noted')) ? readFileSync(join(dir, 'noted'), 'utf8') : '') };
}

for (const shell of ['bash', 'zsh'] as ShellName[]) {
  const driven = testUnless(skipReason() ?? lacksShell(shell));

  driven(`${shell} at a terminal completes verbs, names, containers, options, values and files`, async () => {
    const cwd = folder();
    writeFileSync(join(cwd, 'my-training.py'), '');
    const terminal = new Terminal(await shellCommand(shell, folder()), at.env, cwd);
    try {
      await terminal.sees(/shell-is-ready/);
      await terminal.completes('kubectl kf tr', /kubectl kf train /);
      const verbs = await terminal.completes('kubectl kf train l', /logs\b.*show the logs/s, '\t\t');
      assert.match(verbs, /list\b.*list training jobs/s);
      await terminal.completes(`kubectl kf status -n ${ns} cou`, /cou\s*nt /);
      await terminal.completes(`kubectl kf train get -n ${ns} dig`, /dig\s*its /);
      assert.match(await terminal.completes(`kubectl kf exec -n ${ns} count `, /side/, '\t\t'), /main/);
      await terminal.completes(`kubectl kf exec -n ${ns} count si`, /count si\s*de /);
      await terminal.completes('kubectl kf train list --outp', /--outp\s*ut /);
      await terminal.completes('kubectl kf train list --output js', /js\s*on /);
      await terminal.completes('kubectl kf train list --output=js', /=js\s*on /);
      await terminal.completes('kubectl kf train new x.py --runtime torch-d', /torch-d\s*istributed /);
      await terminal.completes(
        `kubectl kf use ${ns.slice(0, -2)}`,
        new RegExp(`use ${ns.slice(0, -2)}\\s*${ns.slice(-2)} `),
      );
      await terminal.completes('kubectl kf train new my-tr', /my-tr\s*aining\.py /);
    } finally {
      await terminal.close();
    }
  });

  driven(`${shell}: no question, no error, and nothing that a name holds is run`, async () => {
    const dir = folder();
    const { kubeconfig, noted } = asking(dir);
    const person = await completing(kubeconfig);
    mkdirSync(join(dir, 'cwd'));
    const terminal = new Terminal(await shellCommand(shell, folder()), person.env, join(dir, 'cwd'));
    try {
      await terminal.sees(/shell-is-ready/);
      await terminal.clear();
      terminal.type('kubectl kf status x\t\t');
      await until('the plugin is run', 20, () => noted() !== '');
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.match(terminal.screen, /^(> )?\s*kubectl kf status x\s*$/);
      assert.match(noted(), /"interactive":false/);
      assert.not.match(noted(), 'has-a-terminal');
      await terminal.completes('kubectl kf status --context pl', /--context pl\s*ain /);
      assert.not(existsSync(join(dir, 'injected')));
    } finally {
      await terminal.close();
    }
  });
}

test.run();
