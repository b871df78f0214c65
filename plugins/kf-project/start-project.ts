import type { Context } from '../../shared/cli/context.ts';
import { Exit, KfError } from '../../shared/cli/errors.ts';
import { setContextNamespace } from '../../shared/kube/edit.ts';
import type { Kube, KubeFlags, KubeObject } from '../../shared/kube/kube.ts';
import { type Created, createProject, plannedObjects } from '../../shared/projects/create.ts';
import { shellPackage } from '../../shared/projects/notebook-shell.ts';
import type { Wish } from '../../shared/projects/objects.ts';
import { applyPackages } from '../../shared/projects/package-apply.ts';
import { buildPackages, type Package, type Repository } from '../../shared/projects/package-build.ts';
import { planLines, planPackages } from '../../shared/projects/package-plan.ts';
import { untilReady } from '../../shared/projects/ready.ts';
import { rememberProjects } from '../../shared/projects/recent.ts';
import { ListPrinter, printObject } from '../../shared/view/print.ts';
import { canAsk, confirm } from '../../shared/view/prompt.ts';

export interface Start {
  wish: Wish;
  /** User name of who asks. */
  me: string;
  repo: string | undefined;
  branch: string | undefined;
  proxy: boolean;
  shell: boolean;
  dryRun: 'client' | 'server' | undefined;
  output: 'json' | 'yaml' | 'name' | undefined;
  yes: boolean;
  /** The flags of the context whose project it is to become; undefined: none. */
  use: KubeFlags | undefined;
  timeoutMs: number;
  before(): void;
  say(line: string): void;
}

interface Packages {
  repository: Repository | undefined;
  extra: Package | undefined;
}

/** Packages are built before anything is made, so that what is wrong with them is known first. */
export async function startProject(kube: Kube, context: Context, start: Start): Promise<void> {
  const { wish, me, dryRun, output, use, before, say, timeoutMs } = start;
  const { name } = wish;
  const packages = await gather(kube, context, start);
  if (dryRun === 'client') return show(kube, context, start, packages);
  const created = await createProject(kube, context, { wish, me, dryRun: dryRun === 'server', before, say });
  if (dryRun) say(`the server would take project ${name}; nothing was made`);
  else {
    say(created.made ? `project ${name} created` : `project ${name} is there already`);
    await untilReady(kube, context, { name, mine: wish.owner === me, profiles: created.profiles, timeoutMs, say });
    if (use) await work(kube, context, use, name, say);
  }
  if (packages.repository || packages.extra) await install(kube, context, start, packages, created);
  if (output) await printObject(context, output, created.object);
}

async function gather(kube: Kube, context: Context, { wish, repo, branch, shell, say }: Start): Promise<Packages> {
  const project = wish.name;
  const repository =
    repo === undefined ? undefined : await buildPackages(kube, context, { repo, branch, project, shell });
  const extra = shell ? await shellPackage(kube, context, project) : undefined;
  if (shell && !extra) {
    const which = repository ? 'only those of the packages start' : 'none starts';
    say(`-d: the cluster serves no PodDefaults, which would change all notebooks; ${which} with a shell`);
  }
  return { repository, extra };
}

async function show(
  kube: Kube,
  context: Context,
  { wish, proxy, output, say }: Start,
  packages: Packages,
): Promise<void> {
  const wanted = [...(packages.repository?.packages ?? []), ...(packages.extra ? [packages.extra] : [])];
  const items = wanted.filter((each) => !each.proxy || proxy).flatMap((each) => each.items.map(({ object }) => object));
  const all: KubeObject[] = [...(await plannedObjects(kube, context, wish)), ...items];
  const printer = new ListPrinter(context, output ?? 'name');
  await printer.add(all);
  await printer.end();
  say('nothing was made');
}

/** Makes it the project of the context, as kubectl kf use does. */
async function work(kube: Kube, context: Context, flags: KubeFlags, name: string, say: Start['say']): Promise<void> {
  if (!kube.contextName) return say(`there is no kubeconfig context to work in ${name} with: use -n ${name}`);
  rememberProjects(context, kube, [name, kube.namespace]);
  if (kube.namespace === name) return;
  await setContextNamespace(flags, context, name);
  say(`now in ${name} (was ${kube.namespace}), context ${kube.contextName}`);
}

async function install(
  kube: Kube,
  context: Context,
  { wish, proxy, dryRun, yes, before, say }: Start,
  { repository, extra }: Packages,
  { made }: Created,
): Promise<void> {
  const plan = await planPackages(kube, wish.name, repository, extra, proxy);
  if (repository) say(`packages of ${repository.url}, commit ${repository.commit.slice(0, 10)}:`);
  for (const line of planLines(plan)) say(`  ${line}`);
  if (plan.apply.length + plan.remove.length === 0) return;
  if (dryRun && made) return say('packages were not tried: the project is not there yet');
  if (!yes && !dryRun && canAsk(context) && !(await confirm(context, `do this in ${wish.name}?`))) {
    throw new KfError(Exit.failed, `no package was changed; project ${wish.name} is there`);
  }
  await applyPackages(kube, context, plan, { project: wish.name, dryRun: dryRun === 'server', before, say });
}
