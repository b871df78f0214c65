import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import { resourcePath, serverSideApply } from '../kube/apply.ts';
import { isMissing } from '../kube/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { servedFor } from '../kube/served-for.ts';
import { clusterNamespace } from './entry.ts';
import { served, whyNone } from './objects.ts';

interface InstallOptions {
  dryRun: boolean;
  /** Called between steps; may throw. */
  before(): void;
  note(line: string): void;
}

/** How long a definition may take until it is served. */
const patience = 30_000;

/** Applies the registry's manifest, all fields of it ours, and waits until subcommands are served. */
export async function installRegistry(
  kube: Kube,
  context: Pick<Context, 'now' | 'sleep'>,
  objects: readonly KubeObject[],
  { dryRun, before, note }: InstallOptions,
): Promise<void> {
  let untried = false;
  for (const object of objects) {
    before();
    try {
      await serverSideApply(kube, servedFor(object), object, { dryRun, force: true });
    } catch (error) {
      // A dry run has made no namespace.
      if (!dryRun || object.metadata.namespace === undefined || !isMissing(error)) throw plain(error, object);
      untried = true;
    }
  }
  if (untried) note(`${clusterNamespace} is not there yet: what goes into it was not tried`);
  const until = context.now() + patience;
  while (!dryRun && !(await isServed(kube))) {
    if (context.now() >= until) {
      throw new KfError(Exit.unreachable, 'the server took the definition of subcommands, but does not serve it yet', {
        hint: 'see why: kubectl describe crd subcommands.kf.kubeflow.org',
      });
    }
    await context.sleep(200);
  }
}

async function isServed(kube: Kube): Promise<boolean> {
  try {
    await kube.json({ path: resourcePath(served, clusterNamespace), query: { limit: 1 } });
    return true;
  } catch (error) {
    const none = whyNone(error);
    if (none === undefined) throw error;
    return none !== 'unserved';
  }
}

/** Only an admin may, and only a server that has these policies can. */
function plain(error: unknown, { kind, metadata }: KubeObject): unknown {
  if (!(error instanceof KfError)) return error;
  if (error.status?.code === 403) {
    return new KfError(Exit.forbidden, error.message, {
      hint: 'the registry is for an admin of the cluster to install; your own subcommands need none: kubectl kf command add --personal',
      status: error.status,
    });
  }
  if (error.exit !== Exit.notFound) return error;
  return new KfError(Exit.failed, `this cluster can't have ${kind} ${metadata.name}: ${error.message}`, {
    hint: 'the registry needs Kubernetes 1.30 or newer',
    cause: error,
  });
}
