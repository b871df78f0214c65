/** kubectl kf command add and upgrade by people with different rights, with the executables that krew installed. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addedBy, type Subcommand } from '../../shared/registry/entry.ts';
import { testUnless } from '../support/real.ts';
import { inTerminal, noTerminal } from '../support/terminal.ts';
import { type Person, type Team, team, tune } from './command-people.ts';
import { kubectl, ownOnly } from './index.ts';

const own = testUnless(ownOnly());
const onTerminal = testUnless(ownOnly() ?? noTerminal());

let all: Team;
let ann: Person;
let bob: Person;
test.before(async () => {
  if (ownOnly()) return;
  all = await team('cmd-add');
  [ann, bob] = await Promise.all([all.person('ann', 'edit'), all.person('bob', 'edit')]);
});
test.after(() => all?.delete());

const read = async (name: string): Promise<Subcommand> => {
  const { code, stdout, stderr } = await kubectl(['get', 'subcommand', name, '-n', all.ns, '-o', 'json']);
  assert.is(code, 0, stderr);
  return JSON.parse(stdout);
};
const own0 = (person: Person) => existsSync(join(person.home, '.config/kubectl-kf/commands'));

own('two people who add one name at once: one has it, the other is told whose it is', async () => {
  for (let round = 0; round < 3; round++) {
    const name = `race-${round}`;
    ann.write('tune.py', `${tune}# ann\n`);
    bob.write('tune.py', `${tune}# bob\n`);
    const runs = await Promise.all([ann, bob].map((one) => one.command(['add', 'tune.py', '--name', name])));
    assert.equal(runs.map(({ code }) => code).sort(), [0, 1], runs.map(({ stderr }) => stderr).join('\n'));
    const won = runs[0]!.code === 0 ? 'ann' : 'bob';
    const { metadata, spec } = await read(name);
    assert.is(metadata.annotations?.[addedBy], `${won}-${all.ns}@x.org`);
    assert.match(spec.files['tune.py']!, `# ${won}\n`);
    const lost = runs.find(({ code }) => code === 1)!;
    assert.match(
      lost.stderr,
      new RegExp(
        `\n?${name} is there already in project ${all.ns}, added by ${won}-${all.ns}@x\\.org \\d+s ago; nothing was added\nchange that one: `,
      ),
    );
    assert.not.ok(own0(ann) || own0(bob));
  }
});

own('what a dry run prints is what kubectl apply takes, and what add makes', async () => {
  ann.write('tune.py', tune);
  for (const [name, words] of [
    ['tune', ['add', 'tune.py']],
    ['serve', ['replace', 'serve', 'tune.py']],
  ] as const) {
    const client = await ann.command([...words, '--dry-run=client', '-o', 'yaml']);
    assert.is(client.code, 0, client.stderr);
    const server = await ann.command([...words, '--dry-run=server', '-o', 'yaml']);
    assert.is(server.code, 0, server.stderr);
    assert.match(server.stderr, /the server would take it; nothing was added\n$/);
    const nothing = await kubectl(['get', 'subcommand', name, '-n', all.ns]);
    assert.is(nothing.code, 1);
    const specs = [];
    for (const text of [client.stdout, server.stdout]) {
      const applied = await kubectl(['apply', '-f', '-'], { input: text, kubeconfig: ann.kubeconfig });
      assert.is(applied.code, 0, applied.stderr);
      specs.push((await read(name)).spec);
      assert.is((await kubectl(['delete', 'subcommand', name, '-n', all.ns])).code, 0);
    }
    assert.is((await ann.command([...words])).code, 0);
    assert.equal([specs[0], specs[1]], [(await read(name)).spec, specs[0]]);
    assert.is((await kubectl(['delete', 'subcommand', name, '-n', all.ns])).code, 0);
  }
});

own('upgrade, rollback, pin: one after another and at once, the server agrees', async () => {
  ann.write('up.py', tune.replaceAll('tune', 'up'));
  assert.is((await ann.command(['add', 'up.py'])).code, 0);
  const first = (await read('up')).spec;
  ann.write('up.py', tune.replaceAll('tune', 'up').replace('10', '20'));
  const upgraded = await ann.command(['upgrade', 'up']);
  assert.is(upgraded.code, 0, upgraded.stderr);
  assert.match(upgraded.stderr, /^ {2}--trials is 20 where not given, was 10$/m);
  assert.match(upgraded.stderr, /^-def up.*= 10.*\n\+def up.*= 20/m);
  bob.write('up.py', tune.replaceAll('tune', 'up').replace('10', '30'));
  ann.write('up.py', tune.replaceAll('tune', 'up').replace('10', '40'));
  // Each from their own file: where it came from is the other's once that one was quicker.
  const both = await Promise.all([ann, bob].map((one) => one.command(['upgrade', 'up', 'up.py'])));
  const now = (await read('up')).spec;
  const done = both.filter(({ code }) => code === 0).length;
  assert.ok(done >= 1, both.map(({ stderr }) => stderr).join('\n'));
  // Each that was done is there: none was written over.
  assert.equal(
    [now.version, ...now.history!.map(({ version }) => version)],
    done === 2 ? ['0.4.0', '0.3.0', '0.2.0', '0.1.0'] : ['0.3.0', '0.2.0', '0.1.0'],
  );
  if (done === 1) {
    const { stderr } = both.find(({ code }) => code !== 0)!;
    assert.match(stderr, /up was changed by another at the same time; nothing was changed by you\n/);
  }
  for (let i = now.history!.length; i > 0; i--) assert.is((await bob.command(['rollback', 'up'])).code, 0);
  const { history, ...back } = (await read('up')).spec;
  assert.equal(back, first);
  assert.is(history!.length, now.history!.length);
  assert.is((await ann.command(['pin', 'up'])).code, 0);
  assert.is((await bob.command(['upgrade', 'up', '--to', now.version])).code, 1);
  assert.is((await ann.command(['pin', 'up', '--undo'])).code, 0);
  assert.is((await bob.command(['upgrade', 'up', '--to', now.version])).code, 0);
});

own('large sources: the server takes each version, and as many before it as fit', async () => {
  const big = (mark: string) => `${tune.replaceAll('tune', 'big')}X = """${`${mark} "\\\\\n`.repeat(45_000)}"""\n`;
  ann.write('big.py', big('aaa'));
  const added = await ann.command(['add', 'big.py']);
  assert.is(added.code, 0, added.stderr);
  for (const mark of ['bbb', 'ccc']) {
    ann.write('big.py', big(mark));
    const { code, stderr } = await ann.command(['upgrade', 'big']);
    assert.is(code, 0, stderr.slice(-500));
  }
  const { version, history } = (await read('big')).spec;
  assert.is(version, '0.3.0');
  assert.equal(
    history?.map((each) => each.version),
    ['0.2.0'],
  );
});

own('a viewer, and someone without any rights: for themselves, or told who may not', async () => {
  for (const [name, role] of [
    ['eve', 'view'],
    ['zoe', undefined],
  ] as const) {
    const one = await all.person(name, role);
    one.write('tune.py', tune);
    const refused = await one.command(['add', 'tune.py', '--project', '--name', `by-${name}`]);
    assert.equal([refused.code, refused.stdout], [4, '']);
    assert.match(
      refused.stderr,
      `not allowed: ${name}-${all.ns}@x.org may not create subcommands in ${all.ns}\nnothing was added\n`,
    );
    assert.not.ok(own0(one));
    const { code, stderr } = await one.command(['add', 'tune.py', '--name', `by-${name}`]);
    assert.is(code, 0, stderr);
    assert.match(
      stderr,
      `you may not add subcommands to ${all.ns}: it is for you alone\nby-${name} 0.1.0 added for you, sha256:`,
    );
    assert.ok(existsSync(join(one.home, `.config/kubectl-kf/commands/by-${name}.yaml`)));
    const whole = await one.command(['add', 'tune.py', '--cluster', '--name', `by-${name}`]);
    assert.is(whole.code, 4);
  }
});

own('the server away: exit 5, nothing done, and the way around it', async () => {
  bob.write('tune.py', tune);
  const away = readFileSync(bob.kubeconfig, 'utf8').replace(/server: .*/, 'server: https://127.0.0.1:9');
  bob.write('away', away);
  const kubeconfig = join(bob.home, 'away');
  for (const words of [
    ['add', 'tune.py', '--name', 'away'],
    ['upgrade', 'up'],
    ['rollback', 'up'],
    ['pin', 'up'],
    ['sync', '--write'],
  ]) {
    const { code, stdout, stderr } = await bob.command(words, { kubeconfig });
    assert.equal([code, stdout], [5, ''], words.join(' '));
    assert.match(stderr, /^cannot reach https:\/\/127\.0\.0\.1:9 .*connection refused\n/);
  }
  const { code } = await bob.command(['add', 'tune.py', '--name', 'away', '--personal'], { kubeconfig });
  assert.is(code, 0);
});

own('2 MB of source, a Kubeless Function, names that are taken', async () => {
  ann.write('huge.py', `${tune}X = "${'x'.repeat(2_000_000)}"\n`);
  const huge = await ann.command(['add', 'huge.py']);
  assert.equal([huge.code, huge.stdout], [2, '']);
  assert.match(huge.stderr, /^huge\.py is too large for a subcommand: 2\.0 MB, at most 512 KiB\n/);
  ann.write(
    'f.json',
    JSON.stringify({
      apiVersion: 'kubeless.io/v1beta1',
      kind: 'Function',
      metadata: { name: 'hello' },
      spec: {
        handler: 'h.foo',
        runtime: 'python3.9',
        function: 'def foo(event, context):\n    return event["data"]\n',
      },
    }),
  );
  const kubeless = await ann.command(['add', 'f.json']);
  assert.is(kubeless.code, 0, kubeless.stderr);
  assert.is((await read('hello')).spec.calling, 'event');
  ann.write('tune.py', tune);
  assert.match(
    (await ann.command(['add', 'tune.py', '--name', 'train'])).stderr,
    /^train is a verb of kubectl kf already\n/,
  );
  const reserved = await ann.command(['replace', 'login', 'tune.py']);
  assert.equal([reserved.code, reserved.stderr.split('\n')[0]], [2, "login is a verb that can't be replaced"]);
});

onTerminal('on a terminal it asks, and no is no', async () => {
  bob.write('asked.py', tune.replaceAll('tune', 'asked'));
  const options = { kubeconfig: bob.kubeconfig, env: { HOME: bob.home } };
  const run = (words: string[]) => inTerminal('kubectl', ['kf', 'command', ...words, '-n', all.ns], options);
  for (const [answer, code] of [
    ['n', 1],
    ['y', 0],
  ] as const) {
    const terminal = await run(['add', join(bob.home, 'asked.py')]);
    await terminal.saw(`add it to project ${all.ns}? [y/N]`);
    terminal.type(`${answer}\r`);
    const ended = await terminal.ended;
    assert.is(ended.code, code, ended.seen);
    assert.match(ended.seen, code ? 'nothing was added' : 'asked 0.1.0 added to project');
    const there = await kubectl(['get', 'subcommand', 'asked', '-n', all.ns]);
    assert.is(there.code, code);
  }
  const stopped = await run(['replace', 'serve', join(bob.home, 'asked.py')]);
  await stopped.saw(`replace serve by asked.py in project ${all.ns}? [y/N]`);
  stopped.type('\u0003');
  assert.is((await stopped.ended).code, 130);
  assert.is((await kubectl(['get', 'subcommand', 'serve', '-n', all.ns])).code, 1);
});

test.run();
