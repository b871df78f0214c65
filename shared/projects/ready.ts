import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { selfSubjectRulesReview } from '../kube/reviews.ts';
import { hasRights } from '../resources/namespace.ts';
import type { Served } from '../resources/resource.ts';
import { oneLine } from '../view/text.ts';
import { found, look } from './look.ts';
import { accounts, namespaces, ownerBinding, roleBindings } from './marks.ts';

interface ReadyOptions {
  name: string;
  /** Whether the person who asks is to work in it: then until they can. */
  mine: boolean;
  /** Undefined where the cluster has no Profiles. */
  profiles: Served | undefined;
  timeoutMs: number;
  say(line: string): void;
}

/** Between looks, in milliseconds. */
const pause = 300;

/**
 * Waits until a project can be worked in: its namespace, the owner's rights and the accounts that pods run as are there.
 * KfError: exit 1 where Kubeflow's controller refuses the Profile, 5 where it takes too long, with what is lacking.
 */
export async function untilReady(kube: Kube, context: Context, options: ReadyOptions): Promise<void> {
  const { name, profiles, timeoutMs, say } = options;
  const began = context.now();
  let told = false;
  for (;;) {
    const lacks = await lacking(kube, options);
    if (lacks === undefined) return;
    const waited = context.now() - began;
    if (timeoutMs && waited >= timeoutMs) {
      throw new KfError(Exit.unreachable, `project ${name} can't be worked in after ${timeoutMs / 1000}s: ${lacks}`, {
        hint: profiles
          ? `does Kubeflow's profile controller run? kubectl describe profile ${name}   then the same command goes on`
          : 'the same command goes on',
      });
    }
    if (!told && waited > 2000) {
      say(`waiting: ${lacks}`);
      told = true;
    }
    await context.sleep(pause);
  }
}

/** What is not there yet; undefined where all is. */
async function lacking(kube: Kube, { name, mine, profiles }: ReadyOptions): Promise<string | undefined> {
  const [profile, space, owner, account, editor] = await Promise.all([
    profiles ? look(kube, profiles, name) : ('none' as const),
    look(kube, namespaces, name),
    look(kube, roleBindings, ownerBinding, name),
    look(kube, accounts, 'default', name),
    look(kube, accounts, 'default-editor', name),
  ]);
  const failed = failure(found(profile));
  if (failed !== undefined) {
    throw new KfError(Exit.failed, `Kubeflow's profile controller refuses project ${name}: ${oneLine(failed)}`, {
      hint: `see kubectl describe profile ${name}`,
    });
  }
  if (space === 'none') return 'its namespace is not there yet';
  if (typeof space === 'object' && space.found.metadata.deletionTimestamp) return 'its namespace is being deleted';
  if ([owner, account, editor].includes('none')) return 'its accounts and bindings are not there yet';
  // Who makes a project for another may have no right to look into it.
  if (!mine || (typeof owner === 'object' && typeof account === 'object')) return undefined;
  const { resourceRules, incomplete } = await selfSubjectRulesReview(kube, name);
  return incomplete || hasRights(resourceRules) ? undefined : 'its owner has no rights in it yet';
}

interface Condition {
  type?: string;
  status?: string;
  message?: string;
}

/** Why the controller gave up. Its older versions leave the status out. */
function failure(profile: KubeObject | undefined): string | undefined {
  const { conditions = [] } = (profile?.status ?? {}) as { conditions?: Condition[] };
  const failed = conditions.find(({ type, status = 'True' }) => type === 'Failed' && status === 'True');
  return failed && (failed.message ?? '');
}
