import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import { selfSubjectAccessReview } from '../kube/reviews.ts';
import type { Requirement } from '../registry/entry.ts';
import { requirementText } from '../registry/requirement.ts';

/** Those that the person lacks in the project, by the server's own word; each with just the verbs that are missing. */
export async function lacking(kube: Kube, requires: readonly Requirement[]): Promise<Requirement[]> {
  const asked = await Promise.all(
    requires.map(async (requirement) => {
      const { verbs, group, resource, subresource, name } = requirement;
      const access = { group, resource, ...(subresource ? { subresource } : {}), ...(name ? { name } : {}) };
      const answers = await Promise.all(verbs.map((verb) => selfSubjectAccessReview(kube, { verb, ...access })));
      return { ...requirement, verbs: verbs.filter((_, i) => !answers[i]!.allowed) };
    }),
  );
  return asked.filter(({ verbs }) => verbs.length > 0);
}

/** Throws KfError (exit 4) that names all that the person lacks. */
export async function checkRequirements(verb: string, kube: Kube, requires: readonly Requirement[]): Promise<void> {
  const missing = await lacking(kube, requires);
  if (missing.length === 0) return;
  throw new KfError(
    Exit.forbidden,
    `not allowed: ${verb} needs ${missing.map(requirementText).join(', ')} in ${kube.namespace}`,
    { hint: `ask an owner of ${kube.namespace} for that, or choose another project with -n` },
  );
}
