/** Random sets of roles and bindings that an API server takes, and questions about them. */

export type Random = () => number;

/** mulberry32: the same numbers for the same seed. */
export function random(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

type RawRule = Record<string, string[]>;
type RawSubject = { kind: string; name: string; namespace?: string; apiGroup?: string };
type Raw = { kind: string; metadata: { name: string; namespace?: string; labels?: Record<string, string> } } & Record<
  string,
  unknown
>;

export interface Question {
  user: string;
  groups: string[];
  resourceAttributes?: Record<string, string>;
  nonResourceAttributes?: { path: string; verb: string };
}

export interface RandomSet {
  /** To be made in this order. */
  objects: Raw[];
  ask(): Question;
}

const verbs = ['get', 'list', 'create', 'delete', 'bind', 'escalate', 'impersonate', 'use', 'impersonate:user-info'];
const apiGroups = ['', 'apps', 'kubeflow.org', 'trainer.kubeflow.org'];
const resources = ['pods', 'secrets', 'deployments', 'trainjobs', 'serviceaccounts', 'nodes'];
const subresources = ['exec', 'log', 'scale', 'status', 'token', 'proxy'];
const oddResources = ['*', '*/*', '*/exec', '*/scale', 'pods/*', 'pods*', '*pods'];
const names = ['a', 'b', 'a-b', ''];
const paths = ['/', '/healthz', '/healthz/etcd', '/api', '/api/v1', '/apis/apps/v1', '/metrics', '/version', '/a*b'];
const urls = [
  '*',
  '/*',
  '/healthz**',
  '/metrics***',
  '/api**',
  '/healthz*',
  '/healthz/*',
  '/api/*',
  '/apis/**',
  '/*/v1',
  '/a*b',
  '/a*b*',
  '/metrics/*',
];

/** @param places the namespaces; a set uses some of them */
export function randomSet(next: Random, mark: string, places: readonly string[]): RandomSet {
  const under = (most: number) => Math.floor(next() * most);
  const one = <T>(list: readonly T[]): T => list[under(list.length)]!;
  const chance = (p: number) => next() < p;
  const some = <T>(list: readonly T[], most = 3): T[] => Array.from({ length: 1 + under(most) }, () => one(list));
  const distinct = <T>(list: T[]): T[] => [...new Set(list)];

  const namespaces = distinct([one(places), one(places)]);
  const users = ['a', 'b', 'c'].map((each) => `${mark}-user-${each}`);
  const groups = ['x', 'y'].map((each) => `${mark}:group-${each}`);
  const accounts = ['one', 'two'].map((each) => `${mark}-${each}`);
  const accountUser = () => `system:serviceaccount:${one(places)}:${one(accounts)}`;
  const resource = () => {
    if (chance(0.25)) return one(oddResources);
    return chance(0.4) ? `${one(resources)}/${one(subresources)}` : one(resources);
  };

  const resourceRule = (): RawRule => ({
    verbs: chance(0.2) ? ['*'] : distinct(some(verbs)),
    apiGroups: chance(0.2) ? ['*'] : distinct(some(apiGroups, 2)),
    resources: distinct(some([resource(), resource(), resource()])),
    ...(chance(0.35) ? { resourceNames: distinct(some(names, 2)) } : {}),
  });
  const urlRule = (): RawRule => ({
    verbs: chance(0.2) ? ['*'] : distinct(some(['get', 'post', 'list'])),
    nonResourceURLs: distinct(some([...urls, ...paths])),
  });
  const rules = (cluster: boolean) =>
    Array.from({ length: chance(0.1) ? 0 : 1 + under(3) }, () => (cluster && chance(0.3) ? urlRule() : resourceRule()));

  const gathered = `kf-test/${mark}`;
  const role = (i: number): Raw => ({
    kind: 'Role',
    metadata: { name: `${mark}-${i}`, namespace: one(namespaces) },
    rules: rules(false),
  });
  const clusterRole = (i: number): Raw => ({
    kind: 'ClusterRole',
    metadata: { name: `${mark}-${i}`, labels: chance(0.5) ? { [gathered]: one(['p', 'q']) } : {} },
    rules: rules(true),
  });
  const roles = Array.from({ length: 1 + under(2) }, (_, i) => role(i));
  const clusterRoles = Array.from({ length: 1 + under(3) }, (_, i) => clusterRole(i));
  if (chance(0.4)) {
    const selectors = [
      { matchLabels: { [gathered]: 'p' } },
      { matchExpressions: [{ key: gathered, operator: 'In', values: ['q'] }] },
    ];
    clusterRoles.push({
      kind: 'ClusterRole',
      metadata: { name: `${mark}-gathers` },
      aggregationRule: { clusterRoleSelectors: distinct(some(selectors, 2)) },
    });
  }

  // Groups that others are in too are bound in namespaces of the test only.
  const subject = (cluster: boolean): RawSubject => {
    const p = next();
    if (p < 0.35) return { kind: 'User', name: chance(0.15) ? accountUser() : one(users) };
    if (p < 0.6 || (cluster && p < 0.75))
      return { kind: 'Group', name: one([...groups, `system:serviceaccounts:${one(places)}`]) };
    if (p < 0.75)
      return { kind: 'Group', name: one(['system:authenticated', 'system:unauthenticated', 'system:serviceaccounts']) };
    return {
      kind: 'ServiceAccount',
      name: one(accounts),
      ...(cluster || chance(0.7) ? { namespace: one(places) } : {}),
    };
  };
  const apiGroup = 'rbac.authorization.k8s.io';
  const binding = (i: number): Raw => {
    const cluster = chance(0.35);
    const ref =
      cluster || chance(0.5)
        ? { kind: 'ClusterRole', name: chance(0.07) ? `${mark}-none` : one(clusterRoles).metadata.name }
        : { kind: 'Role', name: chance(0.07) ? `${mark}-none` : one(roles).metadata.name };
    return {
      kind: cluster ? 'ClusterRoleBinding' : 'RoleBinding',
      metadata: { name: `${mark}-${i}`, ...(cluster ? {} : { namespace: one(namespaces) }) },
      roleRef: { apiGroup, ...ref },
      subjects: chance(0.05) ? [] : some([subject(cluster), subject(cluster)]),
    };
  };
  const bindings = Array.from({ length: 2 + under(4) }, (_, i) => binding(i));

  /** A binding with a rule of its role, so that half of the questions are answered with yes. */
  const bound = () => {
    const { metadata, ...chosen } = one(bindings);
    const { roleRef, subjects } = chosen as unknown as {
      roleRef: { kind: string; name: string };
      subjects: RawSubject[];
    };
    const home = metadata.namespace ?? one(namespaces);
    const role = [...roles, ...clusterRoles].find(
      ({ kind, metadata: { name } }) => kind === roleRef.kind && name === roleRef.name,
    );
    const rules = role?.rules ?? (role ? clusterRoles.flatMap((each) => each.rules ?? []) : []);
    const fits = (rules as RawRule[]).filter(({ nonResourceURLs }) => !nonResourceURLs || !metadata.namespace);
    const rule = fits.length > 0 && chance(0.95) ? one(fits) : chance(0.7) ? resourceRule() : urlRule();
    return { subjects, home, rule };
  };
  const asker = (subjects: RawSubject[], home: string): Pick<Question, 'user' | 'groups'> => {
    const others = some(
      [...groups, 'system:authenticated', 'system:serviceaccounts', `system:serviceaccounts:${one(places)}`],
      2,
    );
    const chosen = subjects.length > 0 && chance(0.95) ? one(subjects) : undefined;
    const user =
      chosen?.kind === 'User'
        ? chosen.name
        : chosen?.kind === 'ServiceAccount'
          ? `system:serviceaccount:${chosen.namespace ?? home}:${chosen.name}`
          : chance(0.8)
            ? one(users)
            : accountUser();
    const all = distinct([...(chosen?.kind === 'Group' ? [chosen.name] : []), ...(chance(0.4) ? others : [])]);
    return { user, groups: chance(0.002) ? ['system:masters'] : all };
  };
  const ask = (): Question => {
    const { subjects, home, rule } = bound();
    const who = asker(subjects, home);
    const verb = (list: string[]) => {
      const chosen = one(list);
      return chosen === '*' ? (chance(0.1) ? '*' : one(verbs)) : chance(0.06) ? one(verbs) : chosen;
    };
    if (rule.nonResourceURLs) {
      const url = one(rule.nonResourceURLs);
      const path = chance(0.1) ? one(paths) : chance(0.3) ? url : url.replace(/\*+$/, () => one(['', 'x', '/y', 'v1']));
      return { ...who, nonResourceAttributes: { path, verb: verb(rule.verbs!) } };
    }
    const group = one(rule.apiGroups!);
    const [what, sub = ''] = one(rule.resources!).split('/') as [string, string?];
    const name = rule.resourceNames && chance(0.9) ? one(rule.resourceNames) : one(names);
    return {
      ...who,
      resourceAttributes: {
        verb: verb(rule.verbs!),
        group: group === '*' ? one(apiGroups) : chance(0.04) ? one(apiGroups) : group,
        resource: what === '*' && chance(0.9) ? one(resources) : chance(0.03) ? one(resources) : what,
        subresource: sub === '*' && chance(0.9) ? one(subresources) : chance(0.07) ? one(['', ...subresources]) : sub,
        name,
        namespace: chance(0.04) ? '' : chance(0.1) ? one(places) : home,
      },
    };
  };
  return { objects: [...roles, ...clusterRoles, ...bindings], ask };
}
