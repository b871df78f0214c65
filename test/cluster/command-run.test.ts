// timeout: 900
/** Subcommands of a project, run on this machine by people with different rights, with the executables that krew installed. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addedBy, type Subcommand } from '../../shared/registry/entry.ts';
import { testUnless } from '../support/real.ts';
import { type KfOptions, kf, type Ran, startKf } from '../support/suite.ts';
import { inTerminal, noTerminal } from '../support/terminal.ts';
import { type Person, type Team, team } from './command-people.ts';
import { kubectl, ownOnly } from './index.ts';

const own = testUnless(ownOnly());
const onTerminal = testUnless(ownOnly() ?? noTerminal());

let all: Team;
let ann: Person;
let bob: Person;
let eve: Person;
test.before(async () => {
  if (ownOnly()) return;
  all = await team('cmd-run');
  [ann, bob, eve] = await Promise.all([all.person('ann', 'edit'), all.person('bob', 'edit'), all.person('eve')]);
});
test.after(() => all?.delete());

/** `kubectl kf <words>` in the project. */
const as = (person: Person, words: string[], options: KfOptions = {}): Promise<Ran> =>
  kf([words[0]!, '-n', all.ns, ...words.slice(1)], {
    ...{ kubeconfig: person.kubeconfig, cwd: person.home, ...options },
    env: { HOME: person.home, ...options.env },
  });

const digestOf = async (name: string): Promise<string> => {
  const { stdout } = await kubectl(['get', 'subcommand', name, '-n', all.ns, '-o', 'json']);
  return (JSON.parse(stdout) as Subcommand).spec.digest;
};

async function added(name: string, file: string, text: string): Promise<string> {
  bob.write(file, text);
  const { code, stderr } = await bob.command(['add', file, '--name', name, '--project']);
  assert.is(code, 0, stderr);
  return digestOf(name);
}

const echo = `"""Gives back what it is given."""
import os
import subprocess
import sys
from pathlib import Path


def echo(text: str, times: int = 1, path: Path = Path("."), fail: str = "") -> list:
    """Give it back.

    Args:
        text: what
        times: how often
    """
    if fail == "raise":
        raise ValueError("no luck")
    if fail == "exit":
        sys.exit(7)
    if fail == "pods":
        return subprocess.run(["kubectl", "auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"], capture_output=True, text=True, check=True).stdout
    if fail == "stdin":
        return sys.stdin.read()
    if fail == "wait":
        import time
        try:
            print("waiting", flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            print("stopped")
            raise
    print("at work", file=sys.stderr)
    return [{"text": text, "times": times, "path": str(path), "namespace": os.environ["KF_NAMESPACE"]}]
`;

own('what bob adds, he runs; ann only once she trusts it; eve, who has no rights, does not find it', async () => {
  const digest = await added('echo', 'echo.py', echo);
  const mine = await as(bob, ['echo', 'hi', '--times', '2', '-o', 'json']);
  assert.equal([mine.code, mine.stderr], [0, 'at work\n']);
  assert.equal(JSON.parse(mine.stdout), [{ text: 'hi', times: 2, path: '.', namespace: all.ns }]);
  const asked = await as(ann, ['echo', 'hi']);
  assert.equal([asked.code, asked.stdout], [4, '']);
  assert.match(asked.stderr, /^echo is not trusted yet; nothing was run\n/);
  assert.match(
    asked.stderr,
    `\nAdded by bob-${all.ns}@x.org to project ${all.ns}, from ${join(bob.home, 'echo.py')}: ${digest}\n`,
  );
  const told = await as(ann, ['echo', 'hi', `--trust=${digest}`]);
  assert.equal([told.code, told.stderr], [0, 'at work\n']);
  assert.match(told.stdout, /^TEXT +TIMES +PATH +NAMESPACE\nhi /);
  const other = await as(eve, ['echo', 'hi', `--trust=${digest}`]);
  assert.equal([other.code, other.stdout], [2, '']);
  assert.match(other.stderr, 'no verb "echo"');
});

own('errors, exit codes, stdin and the cluster’s rights are as of any program', async () => {
  const fails = (how: string, options: KfOptions = {}) => as(bob, ['echo', 'hi', '--fail', how], options);
  const raised = await fails('raise');
  assert.is(raised.code, 1);
  assert.match(
    raised.stderr,
    /^Traceback [^\n]+\n {2}File "[^"]+\/echo\.py", line 16, in echo\n.*\nValueError: no luck\n$/s,
  );
  assert.not.match(raised.stderr, /<string>|harness/);
  assert.is((await fails('exit')).code, 7);
  assert.is((await fails('stdin', { stdin: 'a pipe' })).stdout, 'a pipe\n');
  const who = await fails('pods');
  assert.equal([who.code, who.stdout], [0, `bob-${all.ns}@x.org\n`], who.stderr);
  const usage = await as(bob, ['echo', 'hi', '--times', 'x']);
  assert.equal([usage.code, usage.stderr], [2, '--times takes a whole number, not "x"\n']);
});

own('Ctrl-C reaches the function, and is the exit code', async () => {
  const running = await startKf(['echo', '-n', all.ns, 'hi', '--fail', 'wait'], {
    ...{ kubeconfig: bob.kubeconfig, cwd: bob.home, env: { HOME: bob.home } },
    signalAfter: 'waiting',
  });
  const { code, stdout, stderr } = await running.ended;
  assert.equal([code, stdout, stderr], [130, 'waiting\nstopped\n', '']);
});

own('nothing of a call is read by a shell, in Python, bash or Go', async () => {
  const header = (mark: string) => `${mark} /// kf\n${mark} [[parameters]]\n${mark} name = "text"\n${mark} ///\n`;
  await added('shout', 'shout.sh', `#!/usr/bin/env bash\n${header('#')}printf '%s' "$1"\nexit 3\n`);
  const go = `// /// kf\n// [[parameters]]\n// name = "text"\n// ///\n\npackage main\n\nimport (\n\t"flag"\n\t"fmt"\n\t"os"\n)\n\nfunc main() {\n\tflag.Parse()\n\tfmt.Print(flag.Arg(0))\n\tos.Exit(3)\n}\n`;
  await added('gopher', 'gopher.go', go);
  const goes = existsSync('/usr/local/go/bin/go');
  for (const text of ['$(touch PWNED)', 'a\'b"c\\', 'two\nlines; touch PWNED', '`touch PWNED`', '-n', '$KUBECONFIG']) {
    const python = await as(bob, ['echo', '-o', 'json', '--', text]);
    assert.is(JSON.parse(python.stdout)[0].text, text, python.stderr);
    const bash = await as(bob, ['shout', '--', text]);
    assert.equal([bash.code, bash.stdout], [3, text], bash.stderr);
    if (!goes) continue;
    // What Go has compiled of its own library on this machine is used again.
    const GOCACHE = process.env.GOCACHE ?? join(process.env.HOME ?? '/', '.cache', 'go-build');
    const env = { PATH: `/usr/local/go/bin:${(await pathOf()) ?? ''}`, GOTOOLCHAIN: 'local', GOCACHE };
    const program = await as(bob, ['gopher', '--', text], { env, timeout: 300_000 });
    assert.equal([program.code, program.stdout], [3, text], program.stderr);
  }
  for (const name of ['$(touch PWNED)', 'echo;touch PWNED', '../echo', 'echo\n'])
    assert.equal([(await as(bob, [name])).code, (await as(bob, [name])).stdout], [2, ''], name);
  assert.not(readdirSync(bob.home).includes('PWNED'));
});
const pathOf = async () => (await import('../support/suite.ts')).personEnv().then(({ PATH }) => PATH);

own('what was changed in the cluster after it was trusted does not run, nor does what is not its digest', async () => {
  const digest = await added('safe', 'safe.py', 'def safe():\n    return "good"\n');
  assert.equal((await as(ann, ['safe', `--trust=${digest}`])).stdout, 'good\n');
  writeFileSync(join(ann.home, 'trusted'), `${digest}\n`);
  const trusting = { env: { KF_TRUST_FILE: join(ann.home, 'trusted') } };
  assert.equal((await as(ann, ['safe'], trusting)).stdout, 'good\n');
  bob.write('safe.py', 'def safe():\n    return "changed"\n');
  const upgraded = await bob.command(['upgrade', 'safe', 'safe.py', '--yes']);
  assert.is(upgraded.code, 0, upgraded.stderr);
  const changed = await as(ann, ['safe'], trusting);
  assert.equal([changed.code, changed.stdout], [4, '']);
  assert.match(changed.stderr, 'safe is not trusted yet; nothing was run');
  assert.is((await as(bob, ['safe'])).stdout, 'changed\n');
  // Somebody who writes past the command line: another source under the digest that is trusted.
  const { stdout } = await kubectl(['get', 'subcommand', 'safe', '-n', all.ns, '-o', 'json']);
  const object = JSON.parse(stdout) as Subcommand;
  const spec = {
    ...object.spec,
    version: '9.0.0',
    digest,
    files: { 'safe.py': 'def safe():\n    return "evil"\n' },
    history: [],
  };
  const { name } = object.metadata;
  const annotations = { [addedBy]: `bob-${all.ns}@x.org` };
  const evil = { ...object, metadata: { name, namespace: all.ns, annotations }, spec };
  await kubectl(['delete', 'subcommand', 'safe', '-n', all.ns]);
  const made = await kubectl(['create', '-f', '-'], { input: JSON.stringify(evil), kubeconfig: bob.kubeconfig });
  assert.is(made.code, 0, made.stderr);
  for (const person of [ann, bob]) {
    const ran = await as(person, ['safe', `--trust=${digest}`], trusting);
    assert.equal([ran.code, ran.stdout], [1, '']);
    assert.match(ran.stderr, 'safe is not what its digest says');
  }
});

own('a cached file that was changed on disk is put right before it runs', async () => {
  const digest = await digestOf('echo');
  const folder = join(bob.home, '.cache', 'kubectl-kf', 'source', digest.slice('sha256:'.length));
  assert.equal(readdirSync(folder), ['echo.py']);
  writeFileSync(join(folder, 'echo.py'), 'def echo(**_):\n    return "evil"\n');
  writeFileSync(join(folder, 'subprocess.py'), 'open("PWNED", "w")\n');
  const ran = await as(bob, ['echo', 'hi', '-o', 'name']);
  assert.equal([ran.code, JSON.parse(ran.stdout).text], [0, 'hi'], ran.stderr);
  assert.match(ran.stderr, 'the source of echo was changed on this machine, and is put right: ');
  assert.equal([readdirSync(folder), readFileSync(join(folder, 'echo.py'), 'utf8')], [['echo.py'], echo]);
});

own('who lacks what it needs is told so, by a run and by help', async () => {
  const text =
    '# /// script\n# [tool.kf]\n# requires = ["create,delete nodes", "get pods"]\n# ///\ndef needy():\n    """Needs much."""\n';
  await added('needy', 'needy.py', text);
  const ran = await as(bob, ['needy']);
  assert.equal([ran.code, ran.stdout], [4, '']);
  assert.is(
    ran.stderr,
    `not allowed: needy needs create,delete nodes in ${all.ns}\nask an owner of ${all.ns} for that, or choose another project with -n\n`,
  );
  const help = await as(bob, ['needy', '--help']);
  assert.is(help.code, 0);
  assert.match(help.stdout, 'Not for you as things are: you may not create,delete nodes.\n');
  const admin = await kf(['needy', '--help', '-n', all.ns]);
  assert.not.match(admin.stdout, 'Not for you');
});

own('its help is a page like a built-in’s, with who added it and its digest', async () => {
  const digest = await digestOf('echo');
  const { code, stdout, stderr } = await as(ann, ['echo', '--help']);
  assert.equal([code, stderr], [0, '']);
  assert.match(stdout, /^Give it back\.?\n/);
  assert.match(stdout, 'Words:\n  text  what\n');
  assert.match(stdout, `Added by bob-${all.ns}@x.org to project ${all.ns}; version 0.1.0, ${digest}.\n`);
  assert.match(stdout, /^ {2}--times TIMES +how often \(whole number; default 1\)$/m);
  assert.match(stdout, 'Usage:\n  kubectl kf echo <text> [options]\n');
});

onTerminal('on a terminal ann is asked, once; Ctrl-C there is one Ctrl-C', async () => {
  const options = { kubeconfig: ann.kubeconfig, env: { HOME: ann.home }, columns: 300 };
  const run = (...words: string[]) => inTerminal('kubectl', ['kf', 'echo', '-n', all.ns, 'hi', ...words], options);
  const no = await run();
  await no.saw('It runs on this machine. Trust it? [y/N]');
  no.type('n\r');
  const refused = await no.ended;
  assert.equal([refused.code, refused.restored], [4, true]);
  assert.match(refused.seen, `echo: added by bob-${all.ns}@x.org to project ${all.ns}`);
  const yes = await run();
  await yes.saw('Trust it? [y/N]');
  yes.type('y\r');
  const ran = await yes.ended;
  assert.is(ran.code, 0, ran.seen);
  assert.match(ran.seen, 'at work');
  const again = await run('--fail', 'wait');
  await again.saw('waiting');
  again.type('\x03');
  const stopped = await again.ended;
  assert.equal([stopped.code, stopped.restored], [130, true]);
  assert.not.match(stopped.seen, 'Trust it?');
  assert.is(stopped.seen.split('stopped').length, 2, stopped.seen);
});

test.run();
