import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { type Access, selfSubjectAccessReview } from '../kube/reviews.ts';
import { reasonCreateFailed } from '../resources/create-failed.ts';
import { oneLine } from '../view/text.ts';

/** What a run in the cluster does with the caller's rights. */
const needs: Access[] = [
  { verb: 'create', group: 'batch', resource: 'jobs' },
  { verb: 'delete', group: 'batch', resource: 'jobs' },
  { verb: 'create', resource: 'configmaps' },
  { verb: 'list', resource: 'pods' },
  { verb: 'watch', resource: 'pods' },
  { verb: 'get', resource: 'pods', subresource: 'exec' },
  { verb: 'create', resource: 'pods', subresource: 'exec' },
];

/**
 * A refusal, explained: by a quota or a policy in their words, otherwise all the rights that are missing, named at once. Nothing is
 * asked of the server before it has refused something.
 */
export async function refusal(kube: Kube, error: KfError): Promise<KfError> {
  const reason = reasonCreateFailed(oneLine(error.status?.message ?? ''));
  if (reason.code !== 'controller')
    return new KfError(Exit.failed, `can't run in the cluster: ${reason.text}`, { hint: reason.remedy, cause: error });
  const { namespace } = kube;
  const answers = await Promise.all(
    needs.map(async (need) => (await selfSubjectAccessReview(kube, { ...need, namespace })).allowed),
  ).catch(() => []);
  const missing = needs.filter((_, i) => answers[i] === false).map(words);
  if (missing.length === 0) return error;
  return new KfError(
    Exit.forbidden,
    `a run in the cluster takes rights in ${namespace} that you don't have: ${missing.join(', ')}`,
    {
      hint: `an owner of ${namespace} can grant them; on this machine, where it may run there: --where local`,
      cause: error,
    },
  );
}

const words = ({ verb, group, resource, subresource }: Access) =>
  `${verb} ${[resource, subresource].filter(Boolean).join('/')}${group ? `.${group}` : ''}`;
