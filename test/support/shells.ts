/** bash and zsh as people have them, in a real terminal: with bash-completion and kubectl's own completion loaded. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fetchPackages, unpack } from '../cluster/apt.ts';
import { cacheDir } from '../cluster/layout.ts';
import { until, which, withLock } from '../cluster/system.ts';

export type ShellName = 'bash' | 'zsh';

/** What keeps a shell from being driven here, in a line. */
export function lacksShell(name: ShellName): string | undefined {
  if (!which('script')) return 'no script(1), which gives a terminal';
  if (name === 'bash' && !which('bash')) return 'no bash';
  const has = name === 'bash' ? existsSync(ownBashCompletion) : which('zsh') !== undefined;
  return has || which('apt-get')
    ? undefined
    : `no ${name === 'bash' ? 'bash-completion' : 'zsh'}, and no apt-get to fetch it with`;
}

const ownBashCompletion = '/usr/share/bash-completion/bash_completion';

/** The machine's own, or Debian's packages unpacked into the cache: nothing is installed. */
async function debian(): Promise<string> {
  const home = join(cacheDir(), 'shells-1');
  await withLock(home, async () => {
    if (existsSync(home)) return;
    const part = `${home}.part`;
    rmSync(part, { recursive: true, force: true });
    const packages = await fetchPackages(join(part, 'debs'), ['bash-completion', 'zsh', 'zsh-common'], {
      dependencies: false,
    });
    await unpack(packages, join(part, 'root'));
    renameSync(join(part, 'root'), home);
    rmSync(part, { recursive: true, force: true });
  });
  return home;
}

/** Writes the start-up file into `dir`, and gives the command line that starts the shell with nothing else. */
export async function shellCommand(name: ShellName, dir: string): Promise<string> {
  if (name === 'bash') {
    const completion = existsSync(ownBashCompletion) ? ownBashCompletion : join(await debian(), ownBashCompletion);
    const rc = join(dir, 'bashrc');
    writeFileSync(rc, `. ${completion}\n. <(kubectl completion bash)\nPS1='> '\necho shell-is-ready\n`);
    return `bash --noprofile --rcfile ${rc} -i`;
  }
  const own = which('zsh');
  const lines = own ? [] : await unpackedZsh();
  writeFileSync(
    join(dir, '.zshrc'),
    [
      ...lines,
      "PS1='> '",
      'unsetopt prompt_cr prompt_sp',
      'autoload -Uz compinit',
      'compinit -u -D',
      'source <(kubectl completion zsh)',
      'echo shell-is-ready',
      '',
    ].join('\n'),
  );
  return `env ZDOTDIR=${dir} ${own ?? join(await debian(), 'bin/zsh')} -d -i`;
}

/** Where a zsh that is not installed finds its modules and functions. */
async function unpackedZsh(): Promise<string[]> {
  const lib = join(await debian(), 'usr/lib');
  const modules = readdirSync(lib)
    .map((arch) => join(lib, arch, 'zsh'))
    .filter((each) => existsSync(each))
    .flatMap((each) => readdirSync(each).map((version) => join(each, version)));
  const functions = join(await debian(), 'usr/share/zsh/functions');
  return [`module_path=(${modules.join(' ')})`, `fpath=(${functions} ${functions}/**/*(/N))`];
}

/** A shell at a terminal, into which keys are typed. */
export class Terminal {
  readonly #child: ChildProcess;
  #text = '';
  #seen = 0;

  constructor(command: string, env: Record<string, string | undefined>, cwd: string) {
    mkdirSync(cwd, { recursive: true });
    this.#child = spawn('script', ['-qfc', command, '/dev/null'], {
      env: { ...env, TERM: 'dumb', COLUMNS: '200' } as NodeJS.ProcessEnv,
      cwd,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
      this.#text += chunk;
    });
    this.#child.stdin!.on('error', () => {});
  }

  /** What came since the last look, without what only moves the cursor. */
  get screen(): string {
    return this.#text.slice(this.#seen).replace(/\u001b\[[?0-9;]*[a-zA-Z]|\u0007|\u0008|\r/g, '');
  }

  type(keys: string): void {
    this.#child.stdin!.write(keys);
  }

  async sees(what: RegExp, seconds = 30): Promise<string> {
    await until(`${what} on the screen`, seconds, () => what.test(this.screen)).catch((error: Error) => {
      throw new Error(`${error.message}:\n${this.screen}`);
    });
    return this.screen;
  }

  /** Types on an empty line, presses Tab until it shows; names that were not there yet come while it does. */
  async completes(keys: string, what: RegExp, tabs = '\t'): Promise<string> {
    await this.clear();
    this.type(keys + tabs);
    for (let i = 0; i < 10 && !what.test(this.screen); i++) {
      await until('the shell', 3, () => what.test(this.screen)).catch(() => this.type('\t'));
    }
    return this.sees(what, 5);
  }

  /** An empty line, with nothing before it. */
  async clear(): Promise<void> {
    this.type('\u0015');
    await new Promise((resolve) => setTimeout(resolve, 300));
    this.#seen = this.#text.length;
  }

  async close(): Promise<void> {
    this.type('\u0015exit\r');
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), 5000);
    await ended;
    clearTimeout(timer);
  }
}
