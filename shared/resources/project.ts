import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import { refreshOnce } from '../kube/discovery.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import { pages } from '../kube/pages.ts';
import type { ComponentKind } from './component.ts';
import { componentPath, servedKinds } from './components.ts';
import { rootTest } from './root.ts';

export { type OwnedNode, type OwnedTree, ownedTree } from './owned.ts';
export { rootTest } from './root.ts';

/** A page of a kind's components; several may come for one kind, or one without items. */
export interface ComponentPage {
  kind: ComponentKind;
  items: KubeObject[];
  /** Why there is nothing (more) of this kind: `you may not list notebooks in team-a`. */
  refused?: string;
}

export interface ProjectQuery {
  /** Of the kinds that the cluster serves; all of them unless given. Those of an array are listed as they are. */
  kinds?: readonly ComponentKind[] | ((kind: ComponentKind) => boolean) | undefined;
  /** A label selector, as `-l`. */
  selector?: string | undefined;
}

/**
 * The components at the root of a project, kind by kind, page by page, in the server's order: what another component's
 * controller made is left out. A kind that may not be listed is told as such; the others still come. What is remembered of the
 * cluster's kinds is checked meanwhile: those that have come since are listed last.
 */
export async function* listComponents(
  kube: Kube,
  context: Context,
  { kinds = () => true, selector }: ProjectQuery = {},
): AsyncGenerator<ComponentPage> {
  if (typeof kinds !== 'function') return yield* listKinds(kube, kinds, selector);
  const known = (await servedKinds(kube, context)).filter(kinds);
  // Where the answer is no, what is remembered has to do.
  const newer = refreshOnce(kube, context).catch(() => false);
  const unserved = new Set<ComponentKind>();
  yield* listKinds(kube, known, selector, unserved);
  if (!(await newer)) return;
  const has = (kind: ComponentKind) =>
    known.some((each) => each.kind === kind.kind && each.group === kind.group && !unserved.has(each));
  const come = (await servedKinds(kube, context)).filter((kind) => kinds(kind) && !has(kind));
  yield* listKinds(kube, come, selector);
}

/** @param unserved gets those whose path is not served */
async function* listKinds(
  kube: Kube,
  kinds: readonly ComponentKind[],
  labelSelector: string | undefined,
  unserved?: Set<ComponentKind>,
): AsyncGenerator<ComponentPage> {
  const isRoot = await rootTest();
  // All first pages are on their way at once; the later ones come when they are wanted.
  const lists = kinds.map((kind) => {
    const list = pages(kube, componentPath(kind, kube.namespace), { labelSelector });
    const first = list.next();
    first.catch(() => {});
    return { kind, list, first };
  });
  for (const { kind, list, first } of lists) {
    try {
      for (let page = await first; !page.done; page = await list.next()) {
        yield { kind, items: page.value.items.filter(isRoot) };
      }
    } catch (error) {
      const refused = whyNot(error, kind, kube.namespace);
      if (refused) yield { kind, items: [], refused };
      else unserved?.add(kind);
    }
  }
}

/** What to say where a kind may not be listed; '' where the cluster does not serve it after all. Throws the rest. */
function whyNot(error: unknown, kind: ComponentKind, namespace: string): string {
  if (!(error instanceof KfError)) throw error;
  if (error.exit === Exit.notFound) return '';
  if (error.exit !== Exit.forbidden) throw error;
  return `you may not list ${kind.plural} in ${namespace}`;
}
