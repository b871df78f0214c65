import { type ApiStatus, Exit } from '../cli/errors.ts';
import { selfSubjectAccessReview } from '../kube/reviews.ts';
import type { Problem } from '../manifest/source.ts';
import { oneLine } from '../view/text.ts';
import type { Item } from './item.ts';
import { contextNamespaces } from './projects.ts';
import type { Session } from './session.ts';

const authorizer = /User "(.*?)" cannot (\S+) resource "([^"]*)"/;

/** True where the authorizer refused: admission webhooks and quotas answer 403 too. */
export const isDenied = (status: ApiStatus): boolean => status.code === 403 && authorizer.test(status.message ?? '');

/** Who may not do what, where; and the projects of their kubeconfig in which they may. */
export async function notAllowed(session: Session, item: Item, status: ApiStatus): Promise<Problem> {
  const { kube } = session;
  const [, user = kube.userName, verb = 'create'] = authorizer.exec(status.message ?? '') ?? [];
  const namespace = item.manifest.object.metadata.namespace ?? kube.namespace;
  // Server-side apply is a patch, even where it makes the object.
  const wants = verb === 'patch' && !item.live ? 'create' : verb;
  const may = await whereAllowed(session, item, namespace, wants);
  return {
    message: oneLine(`not allowed: ${user} may not ${wants} ${item.served.plural} in ${namespace}`),
    hint:
      may.length > 0
        ? `your projects where you may: ${may.join(', ')}; choose one with -n`
        : `an owner of ${namespace} can grant it; kubectl kf whoami says what you may do`,
    exit: Exit.forbidden,
  };
}

/** Asked only about namespaces that the kubeconfig names for this cluster and person: a namespace list is seldom allowed. */
async function whereAllowed(session: Session, item: Item, not: string, verb: string): Promise<string[]> {
  const { kube } = session;
  const candidates = (await contextNamespaces(session)).filter((name) => name !== not).slice(0, 20);
  const answers = await Promise.all(
    candidates.map(async (namespace) => {
      const access = { verb, group: item.served.group, resource: item.served.plural, namespace };
      const { allowed } = await selfSubjectAccessReview(kube, access).catch(() => ({ allowed: false }));
      return allowed ? [namespace] : [];
    }),
  );
  return answers.flat();
}
