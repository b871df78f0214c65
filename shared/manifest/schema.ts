import { closest } from '../cli/closest.ts';
import type { Kube } from '../kube/kube.ts';
import { isRecord } from './manifest.ts';

type Node = Record<string, unknown>;

/** What a kind's fields are called, from the cluster's OpenAPI v3 document. Asked for only once something is wrong. */
export class Schema {
  readonly #all: Record<string, Node>;
  readonly #top: Node | undefined;

  constructor(document: unknown, group: string, version: string, kind: string) {
    const components = isRecord(document) && isRecord(document.components) ? document.components : {};
    this.#all = (isRecord(components.schemas) ? components.schemas : {}) as Record<string, Node>;
    const is = (gvk: unknown) => isRecord(gvk) && gvk.group === group && gvk.version === version && gvk.kind === kind;
    this.#top = Object.values(this.#all).find((schema) => {
      const kinds = schema['x-kubernetes-group-version-kind'];
      return Array.isArray(kinds) && kinds.some(is);
    });
  }

  /** The names of the fields below a path (list indexes are passed over). */
  names(path: readonly unknown[]): string[] {
    let at = this.#resolve(this.#top);
    for (const step of path) {
      if (!at) return [];
      const fields = at.properties as Record<string, Node> | undefined;
      if (at.items) at = this.#resolve(at.items as Node);
      else if (typeof step === 'string' && fields?.[step]) at = this.#resolve(fields[step]);
      else at = isRecord(at.additionalProperties) ? this.#resolve(at.additionalProperties) : undefined;
    }
    return Object.keys((at?.properties ?? {}) as object);
  }

  /** The field that was meant: one of a like name beside it, or one of the very name further down (`trainer.numNodes`). */
  meant(parent: readonly unknown[], name: string): string | undefined {
    const near = closest(name, this.names(parent));
    if (near) return near;
    const search = (path: readonly unknown[], depth: number): string | undefined => {
      const names = this.names(path);
      if (names.includes(name)) return [...path.slice(parent.length), name].join('.');
      if (depth === 0) return undefined;
      for (const next of names) {
        const found = search([...path, next], depth - 1);
        if (found) return found;
      }
      return undefined;
    };
    return search(parent, 2);
  }

  #resolve(node: Node | undefined, hops = 0): Node | undefined {
    if (!node || hops > 20) return node;
    const of = Array.isArray(node.allOf) && node.allOf.length === 1 ? (node.allOf[0] as Node) : node;
    if (typeof of.$ref !== 'string') return of;
    return this.#resolve(this.#all[of.$ref.replace('#/components/schemas/', '')], hops + 1);
  }
}

/** Fetches it; undefined where the server does not say. */
export async function fetchSchema(kube: Kube, apiVersion: string, kind: string): Promise<Schema | undefined> {
  const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
  try {
    const document = await kube.json({
      path: group ? `/openapi/v3/apis/${apiVersion}` : `/openapi/v3/api/${apiVersion}`,
    });
    return new Schema(document, group, version, kind);
  } catch {
    return undefined;
  }
}
