/** A server on the loopback that has subcommands, and answers for a person with given rights. */
import type { ResourceRule } from '../../shared/kube/reviews.ts';
import { apiGroup, apiVersion, type Subcommand } from '../../shared/registry/entry.ts';
import { printerColumns } from '../../shared/registry/rows.ts';
import { type Answer, type ApiServer, apiServer, type Handler, status } from './api-server.ts';

export interface Registry {
  /** By namespace. */
  subcommands?: Record<string, Subcommand[]>;
  /** Names that the person may get, by namespace; true: all, and list. All of everything unless given. */
  may?: Record<string, string[] | true>;
  incomplete?: boolean;
  /** In place of the answer, by `METHOD /path`. */
  routes?: Record<string, Handler | Answer>;
}

export const rule = (verbs: string[], resourceNames?: string[], group = apiGroup): ResourceRule => ({
  verbs,
  apiGroups: [group],
  resources: ['subcommands'],
  ...(resourceNames ? { resourceNames } : {}),
});

const forbidden = (name: string, verb: string, namespace: string): Answer => {
  const what = `User "tester" cannot ${verb} resource "subcommands" in API group "${apiGroup}" in the namespace "${namespace}"`;
  const message = `subcommands.${apiGroup}${name && ` "${name}"`} is forbidden: ${what}`;
  return status(403, 'Forbidden', message, { group: apiGroup, kind: 'subcommands', ...(name ? { name } : {}) });
};

/** The server that such a registry is on; `asked` tells what it was asked. */
export function registry({ subcommands = {}, may, incomplete = false, routes = {} }: Registry): Promise<ApiServer> {
  const rights = (namespace: string) => (may ? (may[namespace] ?? []) : true);
  const own: Record<string, Handler | Answer> = {
    'POST /apis/authorization.k8s.io/v1/selfsubjectrulesreviews': ({ body }) => {
      const granted = rights((JSON.parse(body) as { spec: { namespace: string } }).spec.namespace);
      const resourceRules = granted === true ? [rule(['*'])] : granted.length > 0 ? [rule(['get'], granted)] : [];
      return { body: { status: { resourceRules, nonResourceRules: [], incomplete } } };
    },
  };
  for (const namespace of new Set(['team-a', 'kf-system', ...Object.keys(subcommands)])) {
    const root = `/apis/${apiVersion}/namespaces/${namespace}/subcommands`;
    const there = subcommands[namespace] ?? [];
    const granted = rights(namespace);
    own[`GET ${root}`] = ({ headers }) =>
      granted !== true
        ? forbidden('', 'list', namespace)
        : { body: asTable(headers.accept) ? table(there) : { kind: 'SubcommandList', metadata: {}, items: there } };
    const names = new Set([
      ...there.map(({ metadata }) => metadata.name),
      ...(granted === true ? [] : granted),
      'tune',
      'train',
    ]);
    for (const name of names) {
      const object = there.find(({ metadata }) => metadata.name === name);
      own[`GET ${root}/${name}`] = ({ headers }) => {
        if (granted !== true && !granted.includes(name)) return forbidden(name, 'get', namespace);
        const details = { name, group: apiGroup, kind: 'subcommands' };
        if (!object) return status(404, 'NotFound', `subcommands.${apiGroup} "${name}" not found`, details);
        return { body: asTable(headers.accept) ? table([object]) : object };
      };
    }
  }
  return apiServer({ ...own, ...routes });
}

const asTable = (accept: string | undefined) => accept?.includes('as=Table') === true;

/** The paths of the registry that were asked for, as `GET /team-a/subcommands/tune`. */
export const askedOf = (server: ApiServer): string[] =>
  server.asked
    .filter(({ path }) => path.startsWith(`/apis/${apiGroup}`))
    .map(({ method, path }) => `${method} ${path.replace(`/apis/${apiVersion}/namespaces`, '')}`)
    .sort();

/** As the server makes it of the printer columns. */
function table(objects: Subcommand[]): object {
  const columns = [{ name: 'Name', jsonPath: '.metadata.name' }, ...printerColumns];
  return {
    kind: 'Table',
    apiVersion: 'meta.k8s.io/v1',
    metadata: {},
    columnDefinitions: columns.map(({ name }) => ({ name })),
    rows: objects.map((object) => ({ cells: columns.map(({ jsonPath }) => at(object, jsonPath)), object: null })),
  };
}

function at(object: unknown, path: string): unknown {
  const steps = path
    .replaceAll('[0]', '.0')
    .split(/(?<!\\)\./)
    .slice(1);
  const value = steps.reduce<unknown>(
    (each, step) => (each as Record<string, unknown> | undefined)?.[step.replaceAll('\\.', '.')],
    object,
  );
  return value ?? null;
}
