import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Found, Parameter } from '../../../shared/registry/entry.ts';
import { parameter } from '../../support/registry.ts';
import { has, home, path, personal, runAs } from '../../support/run-added.ts';

const here = (program: string, name: string, run: () => Promise<void>) =>
  has(program) ? test(name, run) : test.skip(`${name}: no ${program} here`, () => {});

const word = (name: string, more: Partial<Parameter> = {}) =>
  parameter(name, { typed: 'word', required: true, passed: 'either', ...more });
const python = (source: string, parameters: Parameter[] = [], more = {}) =>
  personal('tune', { files: { 'tune.py': source }, parameters, ...more });

const odd = [
  '$(touch PWNED)',
  '`touch PWNED`',
  '; touch PWNED',
  '\'"\\',
  'a\nb',
  '$HOME',
  '%PATH%',
  '-n',
  '--',
  '*',
  'é\u202e',
];

here('python3', 'a function runs by its words, and what it returns is printed as -o asks', async () => {
  const source = 'def tune(name, trials=10):\n    print("at work")\n    return [{"name": name, "trials": trials}]\n';
  const tune = python(source, [word('name'), parameter('trials', { type: 'integer', passed: 'either' })]);
  const table = await runAs(tune, ['bert', '--trials', '3']);
  assert.equal([table.code, table.stdout, table.stderr], [0, 'at work\nNAME   TRIALS\nbert   3\n', '']);
  const json = await runAs(tune, ['bert', '-o', 'json']);
  assert.equal(JSON.parse(json.stdout.replace('at work\n', '')), [{ name: 'bert', trials: 10 }]);
  const wrong = await runAs(tune, ['bert', '--trials', 'x']);
  assert.equal([wrong.code, wrong.stdout, wrong.stderr], [2, '', '--trials takes a whole number, not "x"\n']);
  const none = await runAs(tune, []);
  assert.equal([none.code, none.stderr], [2, 'too few words: kubectl kf tune <name>\nsee kubectl kf tune --help\n']);
});

here('python3', 'errors, exit codes and stdin are the function’s', async () => {
  const source =
    'import sys\ndef tune(how):\n    if how == "raise":\n        raise ValueError("no")\n    if how == "exit":\n        sys.exit(7)\n    return sys.stdin.read()\n';
  const tune = python(source, [word('how')]);
  const raised = await runAs(tune, ['raise']);
  assert.is(raised.code, 1);
  assert.match(
    raised.stderr,
    /^Traceback [^\n]+\n {2}File "[^"]+\/tune\.py", line 4, in tune\n {4}raise ValueError\("no"\)\nValueError: no\n$/,
  );
  assert.is((await runAs(tune, ['exit'])).code, 7);
  assert.is((await runAs(tune, ['read'], { stdin: 'from a pipe' })).stdout, 'from a pipe\n');
});

here('python3', 'no word is read by a shell, whatever it is', async () => {
  const tune = python('def tune(x, *, y):\n    return [x, y]\n', [
    word('x'),
    parameter('y', { passed: 'keyword', required: true }),
  ]);
  for (const each of odd) {
    const ran = await runAs(tune, ['--y', each, '-o', 'json', '--', each]);
    assert.equal([ran.code, JSON.parse(ran.stdout)], [0, [each, each]], ran.stderr);
    assert.equal(readdirSync(ran.home).includes('PWNED'), false);
  }
});

here('bash', 'a bash script gets its words as they are, its options in the environment', async () => {
  const script = '#!/usr/bin/env bash\nprintf \'%s|\' "$@" "$ARG_Y" "$ARG_ALL" "$ARG_N"; exit 3\n';
  const parameters = [
    word('x'),
    parameter('y'),
    parameter('all', { type: 'list', items: 'text' }),
    parameter('n', { default: 5 }),
  ];
  const found = personal('tune', { runtime: 'bash', handler: 'tune.sh', files: { 'tune.sh': script }, parameters });
  for (const each of odd) {
    const ran = await runAs(found, ['--y', each, '--all=a', '--all', each, '--', each], {
      env: { BASH_ENV: 'evil', ARG_Z: 'z' },
    });
    assert.equal([ran.code, ran.stdout, ran.stderr], [3, `${each}|${each}|a\n${each}|5|`, '']);
    assert.equal(readdirSync(ran.home).includes('PWNED'), false);
  }
});

here('go', 'a Go program is built once; what was changed since is not run', async () => {
  const source = `package main
import ("flag"; "fmt"; "os"; "strings")
func main() {
	y := flag.String("y", "", "")
	flag.Parse()
	fmt.Print(*y, "|", strings.Join(flag.Args(), "|"))
	os.Exit(4)
}
`;
  const found = personal('tune', {
    runtime: 'go',
    handler: 'main.go',
    files: { 'main.go': source },
    parameters: [word('x'), parameter('y')],
  });
  const dir = home();
  const env = {
    GOCACHE: process.env.GOCACHE ?? join(process.env.HOME ?? '/', '.cache', 'go-build'),
    GOTOOLCHAIN: 'local',
  };
  for (const each of odd) {
    const ran = await runAs(found, ['--y', each, '--', each], { home: dir, env });
    assert.equal([ran.code, ran.stdout, ran.stderr], [4, `${each}|${each}`, '']);
  }
  const kept = join(dir, '.cache', 'kubectl-kf', 'go');
  const [target = ''] = readdirSync(kept);
  const [digest = ''] = readdirSync(join(kept, target));
  assert.equal(readdirSync(join(kept, target, digest)), ['tune']);
  const program = join(kept, target, digest, 'tune');
  // Without go, the second run is of what was built.
  const again = await runAs(found, ['x'], { home: dir, env: { PATH: '/nowhere' } });
  assert.equal([again.code, again.stdout], [4, '|x']);
  writeFileSync(program, '#!/bin/sh\ntouch PWNED\n', { mode: 0o755 });
  chmodSync(program, 0o755);
  const refused = await runAs(found, ['x'], { home: dir, env: { PATH: '/nowhere' } });
  assert.equal([refused.code, refused.stdout], [1, '']);
  assert.match(refused.stderr, 'tune is a Go program, and there is no go on PATH to build it');
  const anew = await runAs(found, ['x'], { home: dir, env });
  assert.equal([anew.code, anew.stdout], [4, '|x']);
  // Whoever said yes to it: a trust file, or each run by itself.
  const { digest: named } = found.subcommand.spec;
  const asked = { home: home(), trusted: false };
  const built = await runAs(found, [`--trust=${named}`, 'x'], { ...asked, env });
  assert.equal([built.code, built.stdout], [4, '|x']);
  writeFileSync(join(asked.home, 'trusted'), `${named}\n`);
  const byFile = await runAs(found, ['x'], { ...asked, env: { PATH: '/nowhere', KF_TRUST_FILE: 'trusted' } });
  assert.equal([byFile.code, byFile.stdout], [4, '|x'], byFile.stderr);
  assert.equal(readdirSync(dir).includes('PWNED'), false);
});

here('python3', 'cached source that was changed, added to or put elsewhere is put right before it runs', async () => {
  const tune = python('import beside\ndef tune():\n    return beside.x\n', [], {
    files: { 'tune.py': 'import beside\ndef tune():\n    return beside.x\n', 'beside.py': 'x = "good"\n' },
  });
  const first = await runAs(tune, []);
  assert.equal([first.code, first.stdout, first.stderr], [0, 'good\n', '']);
  const at = { home: first.home };
  const [digest = ''] = readdirSync(join(at.home, '.cache', 'kubectl-kf', 'source'));
  const folder = join(at.home, '.cache', 'kubectl-kf', 'source', digest);
  assert.equal(readdirSync(folder).sort(), ['beside.py', 'tune.py'], 'nothing compiled is kept');
  const evil = 'open("PWNED", "w")\nx = "evil"\n';
  const tampering: (() => void)[] = [
    () => writeFileSync(join(folder, 'tune.py'), 'def tune():\n    return "evil"\n'),
    () => writeFileSync(join(folder, 'beside.py'), evil),
    () => writeFileSync(join(folder, 'json.py'), evil),
    () => {
      mkdirSync(join(folder, 'beside'));
      writeFileSync(join(folder, 'beside', '__init__.py'), evil);
    },
    () => mkdirSync(join(folder, '__pycache__')),
    () => {
      writeFileSync(join(at.home, 'evil.py'), evil);
      symlinkSync(join(at.home, 'evil.py'), join(folder, 'sitecustomize.py'));
    },
  ];
  for (const tamper of tampering) {
    tamper();
    const ran = await runAs(tune, [], at);
    assert.equal([ran.code, ran.stdout], [0, 'good\n'], ran.stderr);
    assert.match(ran.stderr, /^the source of tune was changed on this machine, and is put right: \S+\n$/);
    assert.equal(readdirSync(folder).sort(), ['beside.py', 'tune.py']);
    assert.not(existsSync(join(at.home, 'PWNED')));
  }
  const quiet = await runAs(tune, [], at);
  assert.equal([quiet.code, quiet.stdout, quiet.stderr], [0, 'good\n', '']);
});

here('python3', 'its environment is clean, with the cluster that flags choose', async () => {
  const tune = python('import os\ndef tune():\n    return dict(os.environ)\n');
  const dir = home();
  const config = (name: string) =>
    JSON.stringify({
      ...{ apiVersion: 'v1', kind: 'Config', 'current-context': name },
      clusters: [{ name: 'c', cluster: { server: 'https://c:1', 'certificate-authority': 'ca.crt' } }],
      users: [{ name: 'u', user: { token: 't' } }],
      contexts: ['a', 'b'].map((each) => ({
        name: each,
        context: { cluster: 'c', user: 'u', namespace: `team-${each}` },
      })),
    });
  writeFileSync(join(dir, 'config'), config('a'));
  const given = {
    KUBECONFIG: 'config',
    PYTHONPATH: '/evil',
    LD_PRELOAD: 'evil',
    SECRET: 's',
    HTTPS_PROXY: 'http://p',
    TZ: 'UTC',
  };
  const of = async (...words: string[]) => {
    const ran = await runAs(tune, ['-o', 'json', ...words], { home: dir, env: given });
    assert.is(ran.code, 0, ran.stderr);
    return JSON.parse(ran.stdout) as Record<string, string>;
  };
  const plain = await of();
  for (const name of ['PYTHONPATH', 'LD_PRELOAD', 'SECRET']) assert.is(plain[name], undefined);
  assert.equal([plain.TZ, plain.HTTPS_PROXY, plain.HOME], ['UTC', 'http://p', dir]);
  assert.equal(
    [plain.KUBECONFIG, plain.KF_CONTEXT, plain.KF_NAMESPACE, plain.KF_COMMAND],
    [join(dir, 'config'), 'a', 'team-a', 'tune'],
  );
  const chosen = await of('--context', 'b', '--as', 'alice');
  assert.equal([chosen.KF_CONTEXT, chosen.KF_NAMESPACE], ['b', 'team-b']);
  assert.not.equal(chosen.KUBECONFIG, join(dir, 'config'));
  assert.not(existsSync(chosen.KUBECONFIG!), 'it is gone afterwards');
  const read = python('import os\ndef tune():\n    return open(os.environ["KUBECONFIG"]).read()\n');
  const flat = JSON.parse((await runAs(read, ['-n', 'x', '--as', 'alice'], { home: dir, env: given })).stdout);
  assert.equal(flat.contexts, [{ name: 'a', context: { cluster: 'c', user: 'u', namespace: 'x' } }]);
  assert.equal(flat.clusters[0].cluster, { server: 'https://c:1', 'certificate-authority': join(dir, 'ca.crt') });
  assert.equal(flat.users[0].user, { token: 't', as: 'alice' });
});

here('python3', 'without any cluster it runs all the same', async () => {
  const tune = python(
    'import os\ndef tune():\n    return sorted(key for key in os.environ if key.startswith("KF_"))\n',
  );
  assert.is((await runAs(tune, [])).stdout, 'KF_COMMAND\n');
  const wrong = await runAs(tune, ['--context', 'nope']);
  assert.equal([wrong.code, wrong.stdout], [2, '']);
});

here('python3', 'no Python, or none that it takes, is said with the way out', async () => {
  const runs = { runs: ['local', 'cluster'] as Found['subcommand']['spec']['runs'] };
  const none = await runAs(python('def tune(): pass\n', [], runs), [], { env: { PATH: '/nowhere' } });
  assert.equal([none.code, none.stdout], [1, '']);
  assert.is(
    none.stderr,
    'tune is a Python function, and there is no python3 on PATH\ninstall Python 3.8 or newer, or run it in the cluster: --where cluster\n',
  );
  const old = await runAs(python('print("ran")\ndef tune(): pass\n', [], { python: '>=3.99', runs: ['local'] }), []);
  assert.equal([old.code, old.stdout], [1, '']);
  assert.match(old.stderr, /^tune needs Python >=3\.99; here is 3\.\d+\.\d+ \(.+\)\ninstall one that fits; [^\n]+\n$/);
});

test('no bash, no go: the same', async () => {
  const missing = { env: { PATH: '/nowhere' } };
  const bash = await runAs(personal('tune', { runtime: 'bash', handler: 't.sh', files: { 't.sh': '' } }), [], missing);
  assert.equal([bash.code, bash.stderr.split('\n')[0]], [1, 'tune is a bash script, and there is no bash on PATH']);
  const go = await runAs(personal('tune', { runtime: 'go', handler: 't.go', files: { 't.go': '' } }), [], missing);
  assert.equal(
    [go.code, go.stderr.split('\n')[0]],
    [1, 'tune is a Go program, and there is no go on PATH to build it'],
  );
});

here('python3', 'another Python on PATH is taken where the first is none that it takes', async () => {
  const dir = home();
  const real = path
    .split(':')
    .map((each) => join(each, 'python3'))
    .find((each) => existsSync(each))!;
  // One that says it is old: the harness's own words, without the function having run.
  writeFileSync(
    join(dir, 'python3'),
    `#!/bin/sh\nfor last; do :; done\nfile=$(printf %s "$last" | sed 's/.*"file":"\\([^"]*\\)".*/\\1/')\necho '{"unsuitable": "3.4.0 (old)"}' > "$file"; exit 3\n`,
    { mode: 0o755 },
  );
  writeFileSync(join(dir, 'python3.12'), `#!/bin/sh\nexec ${real} "$@"\n`, { mode: 0o755 });
  const ran = await runAs(python('def tune():\n    return "ran"\n', [], { python: '>=3.5' }), [], {
    env: { PATH: `${dir}:/usr/bin:/bin` },
  });
  assert.equal([ran.code, ran.stdout, ran.stderr], [0, 'ran\n', '']);
});

test('a long call goes through a file', async () => {
  if (!has('python3')) return;
  const tune = python('def tune(x):\n    return len(x)\n', [word('x')]);
  assert.is((await runAs(tune, ['x'.repeat(100_000)])).stdout, '100000\n');
});

test('a folder that can not be written says so', async () => {
  const dir = home();
  writeFileSync(join(dir, '.cache'), '');
  const ran = await runAs(python('def tune(): pass\n'), [], { home: dir });
  assert.is(ran.code, 1);
  assert.match(ran.stderr, /^cannot keep the source in .*\ncorrect its permissions/);
  assert.is(readFileSync(join(dir, '.cache'), 'utf8'), '');
});

test.run();
