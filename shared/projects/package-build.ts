import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { usageError } from '../cli/errors.ts';
import { resourceFor } from '../kube/discovery.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { problemsError } from '../manifest/errors.ts';
import { kustomizeSource } from '../manifest/load.ts';
import { manifestsIn } from '../manifest/manifest.ts';
import { type Checkout, checkOut } from '../registry/git.ts';
import { isGitTarget, parseGitTarget } from '../registry/git-target.ts';
import type { Served } from '../resources/resource.ts';
import { oneLine } from '../view/text.ts';
import { asShell } from './notebook-shell.ts';
import { type PackageEntry, readIndex } from './package-index.ts';

/** A package as it is to be in a project. */
export interface Package {
  name: string;
  description: string;
  proxy: boolean;
  /** Where it comes from: of the set's ConfigMap. */
  origin: Record<string, string>;
  items: PackageItem[];
}

export interface PackageItem {
  object: KubeObject;
  served: Served;
}

export interface Repository {
  url: string;
  commit: string;
  packages: Package[];
}

export interface Wanted {
  /** -r: `org/repo` of GitHub, a URL, or a path to a repository of this machine. */
  repo: string;
  branch: string | undefined;
  project: string;
  /** Notebooks are to start with a sleeping shell. */
  shell: boolean;
}

/** Fetches the repository's branch and builds all of its packages for the project; nothing is sent to the cluster. */
export async function buildPackages(kube: Kube, context: Context, wanted: Wanted): Promise<Repository> {
  const target = parseGitTarget(repositoryUrl(wanted.repo), wanted.branch);
  if (target.path !== undefined) throw usageError('-r names a repository, without a path in it');
  const checkout = await checkOut(context, target);
  try {
    const packages: Package[] = [];
    for (const entry of readIndex(checkout.folder, target.url)) {
      packages.push({
        ...{ name: entry.name, description: entry.description, proxy: entry.proxy },
        origin: { repository: target.url, ref: target.ref ?? 'HEAD', commit: checkout.commit, path: entry.path },
        items: await build(kube, context, checkout, entry, wanted),
      });
    }
    return { url: target.url, commit: checkout.commit, packages };
  } finally {
    await checkout.remove();
  }
}

function repositoryUrl(word: string): string {
  if (isGitTarget(word)) return word;
  if (/^[\w.-]+\/[\w.-]+$/.test(word)) return `https://github.com/${word.replace(/\.git$/, '')}.git`;
  throw usageError(
    `-r "${oneLine(word)}" is no repository`,
    '<org>/<repo> of GitHub, or a URL as in -r https://git.example.com/team/packages.git',
  );
}

/** kustomize puts all of it into the project, and its name on each object. */
async function build(
  kube: Kube,
  context: Context,
  { folder }: Checkout,
  { name, path }: PackageEntry,
  { project, shell }: Wanted,
): Promise<PackageItem[]> {
  const overlay = join(folder, '.kf', name);
  mkdirSync(overlay, { recursive: true });
  const kustomization = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace: project,
    resources: [`../../${path}`],
    labels: [{ pairs: { 'app.kubernetes.io/part-of': name } }],
  };
  writeFileSync(join(overlay, 'kustomization.yaml'), JSON.stringify(kustomization));
  const source = await kustomizeSource(overlay, path, context);
  const { manifests, problems } = manifestsIn([source]);
  if (problems.length > 0) throw problemsError(problems);
  const items: PackageItem[] = [];
  for (const { object } of manifests) {
    const label = `${object.kind.toLowerCase()}/${oneLine(object.metadata.name ?? '?')}`;
    const served = await resourceFor(kube, context, object.apiVersion, object.kind);
    if (!served)
      throw usageError(`package ${name}: this cluster serves no ${oneLine(`${object.kind} of ${object.apiVersion}`)}`);
    if (!served.namespaced) {
      const hint = 'a package is for one project; what is for the whole cluster is installed by who runs it';
      throw usageError(`package ${name}: ${label} would belong to the whole cluster`, hint);
    }
    if (!object.metadata.name) throw usageError(`package ${name}: a ${object.kind} has no name`);
    if ((object.metadata.namespace ?? project) !== project) {
      throw usageError(`package ${name}: ${label} is in namespace ${oneLine(object.metadata.namespace!)}`);
    }
    items.push({ object: shell ? asShell(object) : object, served });
  }
  return items.sort((a, b) => rank(a) - rank(b));
}

/** What others need comes first. */
const early = ['ServiceAccount', 'Role', 'RoleBinding', 'ConfigMap', 'Secret', 'PersistentVolumeClaim', 'Service'];
const rank = ({ object }: PackageItem) => {
  const at = early.indexOf(object.kind);
  return at < 0 ? early.length : at;
};
