// timeout: 900
/** How words find added verbs: replaced built-ins under every spelling, help, suggestions, completion; people with different rights. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Completing, completing, valuesOf } from '../support/completing.ts';
import { testUnless } from '../support/real.ts';
import { lacksShell, type ShellName, shellCommand, Terminal } from '../support/shells.ts';
import { folder, person, type Ran } from '../support/suite.ts';
import { clientCertUser, ensureCluster, kubectl, namespace, ownOnly, skipReason, teardown } from './index.ts';

const real = testUnless(skipReason());
const own = testUnless(ownOnly());

let at: Completing;
/** Two projects; what is added is in the first. */
let ours: string;
let theirs: string;
let sources: string;
const removes: (() => Promise<void>)[] = [];

const header = '# /// script\n# [tool.kf]\n# runs = ["local"]\n# ///\n';

test.before(async () => {
  if (skipReason()) return;
  await ensureCluster();
  const [a, b] = [await namespace('words-a'), await namespace('words-b')];
  [ours, theirs] = [a.name, b.name];
  removes.push(a.delete, b.delete);
  sources = folder();
  const python = (name: string, text: string) => writeFileSync(join(sources, `${name}.py`), `${header}${text}`);
  python(
    'train',
    `from typing import Literal
def train(*words: str, size: Literal["small", "large"] = "small"):
    """Train as our team does."""
    print("ours", *words, size)
`,
  );
  python(
    'tune',
    `from typing import Literal
def tune(trials: int = 10, metric: Literal["loss", "accuracy"] = "loss"):
    """Find the best parameters."""
    print("tuned", trials, metric)
`,
  );
  python('score', 'def score():\n    """Score what was tuned."""\n    print("scored")\n');
  at = await completing();
  ok(await run(['kf', 'command', 'init']));
});
test.after(async () => {
  for (const remove of removes) await remove();
  await teardown();
});

/** As the person who has set up completion. */
const run = (words: string[], who = at): Promise<Ran> =>
  person('kubectl', words, { env: who.env, cwd: sources, kubeconfig: who.env.KUBECONFIG! });

function ok(ran: Ran): Ran {
  assert.is(ran.code, 0, `exit ${ran.code}: ${ran.stderr}`);
  return ran;
}
const command = async (...words: string[]) => ok(await run(['kf', 'command', ...words, '--yes']));

/** Every way to call train. */
const spellings = (): [string, string[]][] => [
  ['kubectl', ['kf', 'train']],
  ['kubectl', ['kf-train']],
  [join(at.bin, 'kubectl-kf-train'), []],
  [join(at.bin, 'kubectl-kf_train'), []],
  [join(at.bin, 'kubectl-kf'), ['train']],
];
const train = async ([file, words]: [string, string[]], ...more: string[]) =>
  ok(await person(file, [...words, ...more], { env: at.env, cwd: sources }));

real('train is replaced in one project under every spelling, in no other, and remove brings it back', async () => {
  await command('replace', 'train', 'train.py', '--project', '-n', ours);
  for (const spelling of spellings()) {
    const name = `${spelling[0]} ${spelling[1].join(' ')}`;
    const there = await train(spelling, 'mnist', '--size', 'large', '-n', ours);
    assert.equal([there.stdout, there.stderr], ['ours mnist large\n', ''], name);
    const other = await train(spelling, 'list', '-n', theirs);
    assert.not.match(other.stdout, 'ours', name);
    for (const words of [
      ['--builtin', 'list'],
      ['list', '--builtin'],
    ]) {
      const original = await train(spelling, ...words, '-n', ours);
      assert.equal([original.stdout, original.stderr], [other.stdout, other.stderr.replaceAll(theirs, ours)], name);
    }
    const help = await train(spelling, '--help', '-n', ours);
    assert.match(
      help.stdout,
      /^Train as our team does\.[\s\S]*It replaces the built-in train, which --builtin runs\./,
      name,
    );
    assert.match((await train(spelling, '--help', '-n', theirs)).stdout, /train list, ls/, name);
  }
  assert.match(ok(await run(['kf', 'help', 'train', '-n', ours])).stdout, /^Train as our team does\./);
  assert.match(
    ok(await run(['kf', '--help', '-n', ours])).stdout,
    /added:\n {2}train +Train as our team does\. \(replaces the built-in\)/,
  );
  assert.not.match(ok(await run(['kf', '--help', '-n', theirs])).stdout, 'our team');
  const words = ['kf', 'train', '-n', ours];
  await at.tabUntil((lines) => valuesOf(lines).includes('--size'), ...words, '--s');
  for (const spelling of [['kf', 'train'], ['kf-train']]) {
    assert.equal(valuesOf(await at.tab(...spelling, '-n', ours, '--size', '')), ['small', 'large'], spelling[0]);
    assert.equal(valuesOf(await at.tab(...spelling, '-n', ours, 'l')), [], spelling[0]);
    assert.equal(valuesOf(await at.tab(...spelling, '-n', theirs, 'l')), ['list', 'logs'], spelling[0]);
    assert.equal(valuesOf(await at.tab(...spelling, '-n', ours, '--builtin', 'l')), ['list', 'logs'], spelling[0]);
  }
  await command('remove', 'train', '--project', '-n', ours);
  for (const spelling of spellings()) assert.not.match((await train(spelling, 'list', '-n', ours)).stdout, 'ours');
  assert.equal(valuesOf(await at.tab('kf', 'train', '-n', ours, 'l')), ['list', 'logs']);
  assert.equal(valuesOf(await at.tab('kf-train', '-n', ours, 'l')), ['list', 'logs']);
});

real('a replacement that someone else has taken away gives way to the built-in', async () => {
  await command('replace', 'train', 'train.py', '--project', '-n', ours);
  assert.match((await train(spellings()[0]!, 'x', '-n', ours)).stdout, /^ours x/);
  ok(
    await kubectl(['-n', ours, 'delete', 'subcommands.kf.kubeflow.org', 'train']).then((each) => ({ ...each, ms: 0 })),
  );
  for (const spelling of spellings()) assert.not.match((await train(spelling, 'list', '-n', ours)).stdout, 'ours');
});

real('an added verb: typed, in help, in the overview, as a suggestion, and by Tab', async () => {
  await command('add', 'tune.py', '--project', '-n', ours);
  assert.is(ok(await run(['kf', 'tune', '-n', ours, '--trials', '3'])).stdout, 'tuned 3 loss\n');
  assert.match(ok(await run(['kf', 'tune', '--help', '-n', ours])).stdout, /^Find the best parameters\./);
  assert.match(ok(await run(['kf', '--help', '-n', ours])).stdout, /added:\n {2}tune +Find the best parameters\.\n/);
  const typo = await run(['kf', 'tunee', '-n', ours]);
  assert.equal([typo.code, typo.stdout, typo.stderr], [2, '', 'no verb "tunee"; did you mean tune?\n']);
  const elsewhere = await run(['kf', 'tune', '-n', theirs]);
  assert.equal([elsewhere.code, elsewhere.stdout], [2, '']);
  assert.match(elsewhere.stderr, /^no verb "tune"/);
  await at.tabUntil((lines) => valuesOf(lines).includes('tune'), 'kf', '-n', ours, 'tu');
  await at.tabUntil((lines) => valuesOf(lines).includes('--metric'), 'kf', 'tune', '-n', ours, '--m');
  assert.equal(valuesOf(await at.tab('kf', 'tune', '-n', ours, '--metric', '')), ['loss', 'accuracy']);
  assert.equal(valuesOf(await at.tab('kf', 'tune', '-n', ours, '-o', 'j')), ['json']);
});

own('who was granted one name is offered one, who was granted none is offered none, and can run no other', async () => {
  await command('add', 'score.py', '--project', '-n', ours);
  const grant = {
    apiVersion: 'v1',
    kind: 'List',
    items: [
      {
        ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'tune-user' } },
        rules: [
          { apiGroups: ['kf.kubeflow.org'], resources: ['subcommands'], verbs: ['get'], resourceNames: ['tune'] },
        ],
      },
      {
        ...{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'RoleBinding', metadata: { name: 'tune-user' } },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'tune-user' },
        subjects: [{ kind: 'User', name: 'words-ann', apiGroup: 'rbac.authorization.k8s.io' }],
      },
    ],
  };
  const created = await kubectl(['-n', ours, 'create', '-f', '-'], { input: JSON.stringify(grant) });
  assert.is(created.code, 0, created.stderr);
  // They share a home, and so a cache, with the admin: what is remembered of one is never another's.
  const ann = await completing(await clientCertUser('words-ann', []), at.home);
  const eve = await completing(await clientCertUser('words-eve', []), at.home);
  const verbs = async (who: Completing) =>
    valuesOf(await who.tab('kf', '-n', ours, '')).filter((each) => ['tune', 'score'].includes(each));
  await at.tabUntil((lines) => valuesOf(lines).includes('score'), 'kf', '-n', ours, '');
  await ann.tabUntil((lines) => valuesOf(lines).includes('tune'), 'kf', '-n', ours, '');
  await eve.tab('kf', '-n', ours, '');
  for (const [who, sees] of [
    [at, ['score', 'tune']],
    [ann, ['tune']],
    [eve, []],
  ] as [Completing, string[]][]) {
    assert.equal((await verbs(who)).sort(), sees);
    const overview = ok(await run(['kf', '--help', '-n', ours], who)).stdout;
    assert.equal(
      ['score', 'tune'].filter((name) => new RegExp(`^ {2}${name} `, 'm').test(overview)),
      sees,
    );
    for (const name of ['score', 'tune']) {
      const help = await run(['kf', name, '--help', '-n', ours], who);
      assert.is(help.code, sees.includes(name) ? 0 : 2, `${name}: ${help.stderr}`);
      if (!sees.includes(name)) {
        assert.match(help.stderr, new RegExp(`^no verb "${name}"`));
        assert.equal(valuesOf(await who.tab('kf', name, '-n', ours, '--')), []);
        const ran = await run(['kf', name, '-n', ours], who);
        assert.equal([ran.code, ran.stdout], [2, '']);
      }
    }
    if (sees.includes('tune'))
      await who.tabUntil((lines) => valuesOf(lines).includes('--metric'), 'kf', 'tune', '-n', ours, '--m');
  }
});

real(
  'an unreachable server delays no built-in, also where it is replaced elsewhere, and nothing is said behind it',
  async () => {
    await command('replace', 'train', 'train.py', '--project', '-n', ours);
    const kubeconfig = join(folder(), 'config');
    // Nobody answers there, nor refuses.
    const config = {
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'a' },
      contexts: [{ name: 'a', context: { cluster: 'c' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://192.0.2.1:6443' } }],
    };
    writeFileSync(kubeconfig, JSON.stringify(config));
    const began = Date.now();
    for (const words of [
      ['kf', 'version', '--client'],
      ['kf', 'train', 'new', join(sources, 'absent.yaml')],
    ]) {
      const ran = await person('kubectl', words, { env: { ...at.env, KUBECONFIG: kubeconfig } });
      assert.not.match(ran.stderr, /192\.0\.2\.1/);
    }
    assert.ok(Date.now() - began < 8000, `${Date.now() - began} ms`);
    await command('remove', 'train', '--project', '-n', ours);
  },
);

for (const shell of ['bash', 'zsh'] as ShellName[]) {
  testUnless(skipReason() ?? lacksShell(shell))(
    `${shell} at a terminal completes an added verb, its options and choices`,
    async () => {
      await at.tabUntil((lines) => valuesOf(lines).includes('--metric'), 'kf', 'tune', '-n', ours, '--m');
      const terminal = new Terminal(await shellCommand(shell, folder()), at.env, folder());
      try {
        await terminal.sees(/shell-is-ready/);
        await terminal.completes(`kubectl kf -n ${ours} tu`, /tu\s*ne /);
        await terminal.completes(`kubectl kf tune -n ${ours} --me`, /--me\s*tric /);
        await terminal.completes(`kubectl kf tune -n ${ours} --metric acc`, /acc\s*uracy /);
        await terminal.completes(`kubectl kf tune -n ${ours} --metric=lo`, /=lo\s*ss /);
      } finally {
        await terminal.close();
      }
    },
  );
}

own('what a cluster names and says is nothing to a shell or a terminal', async () => {
  const dir = folder();
  const before = readdirSync(dir);
  const text = `$(touch ${dir}/injected) \u001b]0;x\u0007 \`touch ${dir}/injected\``;
  const file = join(sources, 'odd.py');
  writeFileSync(
    file,
    `${header}def odd(a="$(touch ${dir}/injected)"):\n    """${text.replaceAll('\u001b', '\\x1b').replaceAll('\u0007', '\\x07')}"""\n`,
  );
  await command('add', 'odd.py', '--project', '-n', ours);
  const told = [
    (await at.tabUntil((lines) => valuesOf(lines).includes('odd'), 'kf', '-n', ours, 'o')).join('\n'),
    (await at.tabUntil((lines) => valuesOf(lines).includes('--a'), 'kf', 'odd', '-n', ours, '--')).join('\n'),
    ok(await run(['kf', '--help', '-n', ours])).stdout,
    ok(await run(['kf', 'odd', '--help', '-n', ours])).stdout,
  ];
  for (const each of told) assert.not.match(each, /[\u0007\u001b]/);
  assert.not.match(told[0]! + told[1]!, /[$`]/);
  assert.equal(readdirSync(dir), before);
  assert.not(existsSync(join(dir, 'injected')));
});

test.run();
