import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import { Exit, usageError } from '../../../shared/cli/errors.ts';
import { isDuration, timeoutMs } from '../../../shared/cli/timeout.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import { selfSubjectReview } from '../../../shared/kube/reviews.ts';
import { oneOf } from '../../../shared/view/print.ts';
import { safe } from '../../../shared/view/text.ts';
import { startProject } from '../start-project.ts';

export class Create extends KubeCommand {
  static override paths = [['create']];

  static override usage = {
    description: 'make a project, and work in it',
    details: `
      A project is a Kubeflow Profile where the cluster has these, otherwise a namespace with the same accounts and role bindings.
      Waits until it can be worked in, then makes it the context's. Where it is there already and yours, what lacks is added: a
      create that was broken off is completed by the same command.

      With -r it installs the packages of a git repository: the kustomize directories that its file kf-packages.yaml names, each as one
      ApplySet. The same command again upgrades them, and takes away what they hold no more; kubectl kf remove takes one away.
    `,
    examples: [
      ['a project of your own', 'kubectl kf create team-a'],
      ['for someone else, as an admin', 'kubectl kf create team-a --owner alice@example.com --quota requests.cpu=10'],
      ['the rules that hold for all projects, as an admin', 'kubectl kf create --init'],
      ['with the packages of a branch', 'kubectl kf create team-a -r example/packages -b main'],
      ['behind the identity-aware proxy', 'kubectl kf create team-a -r example/packages -i'],
    ] as [string, string][],
  };

  static override completes: Completes = {
    owner: 'none',
    description: 'none',
    quota: 'none',
    repo: 'none',
    branch: 'none',
    timeout: 'none',
    dryRun: ['client', 'server'],
    output: ['json', 'yaml', 'name'],
    words: 'none',
  };

  owner = Option.String('--owner', { description: 'the user who is to own it; you, unless given' });
  description = Option.String('--description', { description: 'what it is for, in a line' });
  quota = Option.Array('--quota', { description: 'what all in it may use: requests.cpu=10,requests.nvidia.com/gpu=2' });
  repo = Option.String('-r,--repo', { description: 'install the packages of this repository: <org>/<repo>, or a URL' });
  branch = Option.String('-b,--branch', {
    description: "its branch, tag or commit; the repository's own unless given",
  });
  proxy = Option.Boolean('-i,--iap', false, { description: 'with its identity-aware proxy in front of the others' });
  shell = Option.Boolean('-d,--debug', false, {
    description: 'notebooks start with a sleeping shell in place of their server',
  });
  use = Option.Boolean('--use', true, { description: 'work in it from now on (--no-use: stay)' });
  init = Option.Boolean('--init', false, { description: 'install the rules that hold for all projects and datasets' });
  yes = Option.Boolean('-y,--yes', false, { description: 'do not ask' });
  timeout = Option.String('--timeout', { validator: isDuration, description: 'give up waiting after this long (60s)' });
  dryRun = Option.String('--dry-run', {
    validator: oneOf(['client', 'server'] as const),
    description: 'client: only show what would be made; server: have the server check it too',
  });
  output = Option.String('-o,--output', {
    validator: oneOf(['json', 'yaml', 'name'] as const),
    description: 'what was made, as json, yaml or name',
  });
  words = Option.Rest({ name: 'namespace' });

  async #init(): Promise<number> {
    if (this.words.length > 0) throw usageError('--init is for the whole cluster: it takes no project');
    const { installRules } = await import('../install-rules.ts');
    const { dryRun, output } = this;
    await installRules(this.context, () => this.kube(), {
      ...{ dryRun, output },
      before: () => this.checkInterrupt(),
    });
    return Exit.ok;
  }

  async execute(): Promise<number> {
    if (this.init) return this.#init();
    const { checkName, checkOwner, nameFrom, quotaFrom } = await import('../../../shared/projects/wish.ts');
    const name = nameFrom('create', this.words);
    checkName(name);
    if (this.namespace !== undefined) throw usageError('create takes the project as a word, without -n');
    for (const [flag, given, value] of [
      ['-b', this.branch !== undefined, ' <branch>'],
      ['-i', this.proxy, ''],
    ] as const) {
      const whole = `kubectl kf create ${name} -r <org>/<repo> ${flag}${value}`;
      if (given && this.repo === undefined) throw usageError(`${flag} is about packages: say whose`, whole);
    }
    if (this.owner !== undefined) checkOwner(this.owner);
    const quota = quotaFrom(this.quota);
    const { description, repo, branch, proxy, shell, dryRun, output, yes } = this;
    const kube = await this.kube();
    const me = (await selfSubjectReview(kube)).username;
    const wish = {
      name,
      owner: this.owner ?? me,
      ...(description === undefined ? {} : { description }),
      ...(quota ? { quota } : {}),
    };
    await startProject(kube, this.context, {
      ...{ wish, me, repo, branch, proxy, shell, dryRun, output, yes },
      use: this.use ? this.flags() : undefined,
      timeoutMs: timeoutMs(this.timeout ?? '60s'),
      before: () => this.checkInterrupt(),
      say: (line) => this.say(safe(line)),
    });
    return Exit.ok;
  }
}
