import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import { create, get, serverSideApply } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { servedFor } from '../kube/served-for.ts';
import { grants, policies, types } from './policies.ts';

interface InstallOptions {
  dryRun: boolean;
  /** Called between steps; may throw. */
  before(): void;
}

/** How long the server may take until it has read a policy. */
const patience = 30_000;

/** Applies the manifest of policies.ts, all fields of it ours. Rights come after the rules that bind them are in force. */
export async function installPolicies(
  kube: Kube,
  context: Pick<Context, 'now' | 'sleep'>,
  { dryRun, before }: InstallOptions,
): Promise<void> {
  const apply = async (objects: readonly KubeObject[], write: (object: KubeObject) => Promise<KubeObject>) => {
    const made: KubeObject[] = [];
    for (const object of objects) {
      before();
      made.push(await write(object).catch((error) => Promise.reject(plain(error, object))));
    }
    return made;
  };
  const ours = (object: KubeObject) => serverSideApply(kube, servedFor(object), object, { dryRun, force: true });
  const made = await apply(policies, ours);
  if (!dryRun) await inForce(kube, context, made, before);
  await apply(grants, ours);
  await apply(types, (object) =>
    create(kube, servedFor(object), object, { dryRun }).catch((error) => {
      // An admin may have made it shorter.
      if (error instanceof KfError && error.status?.reason === 'AlreadyExists') return object;
      throw error;
    }),
  );
}

interface Policy extends KubeObject {
  status?: { observedGeneration?: number };
}

async function inForce(
  kube: Kube,
  context: Pick<Context, 'now' | 'sleep'>,
  objects: readonly KubeObject[],
  before: () => void,
): Promise<void> {
  const until = context.now() + patience;
  for (const object of objects.filter(({ kind }) => kind === 'ValidatingAdmissionPolicy')) {
    const { name, generation } = object.metadata;
    for (;;) {
      before();
      const { status } = await get<Policy>(kube, servedFor(object), name);
      if (status?.observedGeneration === generation) break;
      if (context.now() >= until) {
        throw new KfError(Exit.unreachable, `the server took the policy ${name}, but does not act by it yet`, {
          hint: `run it again in a minute; what the server says of it: kubectl describe validatingadmissionpolicy ${name}`,
        });
      }
      await context.sleep(200);
    }
  }
  // What the API servers themselves go by is read anew each second.
  await context.sleep(2000);
}

/** Only an admin may, and only a server that has these policies can. */
function plain(error: unknown, { kind, metadata }: KubeObject): unknown {
  if (!(error instanceof KfError)) return error;
  if (error.status?.code === 403) {
    return new KfError(Exit.forbidden, error.message, {
      hint: 'the policies are for an admin of the cluster to install',
      status: error.status,
    });
  }
  if (error.exit !== Exit.notFound) return error;
  return new KfError(Exit.failed, `this cluster can't have ${kind} ${metadata.name}: ${error.message}`, {
    hint: 'the policies need Kubernetes 1.30 or newer',
    cause: error,
  });
}
