import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { allServed } from '../kube/discovery.ts';
import type { Kube } from '../kube/kube.ts';
import { type Grant, masters, whoCan } from '../rbac/engine.ts';
import { loadRights } from '../rbac/load.ts';
import type { Attributes } from '../rbac/types.ts';
import { listPrinter } from '../view/list-printer.ts';
import type { Format } from '../view/print.ts';
import type { Column } from '../view/table.ts';
import { oneLine } from '../view/text.ts';
import { bindingPlace } from './build.ts';
import { subjectText } from './subjects.ts';

const columns: Column<Grant>[] = [
  {
    title: 'WHO',
    value: ({ subject, binding }) =>
      subjectText(subject.kind === 'ServiceAccount' ? { namespace: binding.namespace, ...subject } : subject),
  },
  { title: 'BY', value: ({ binding }) => `${binding.kind.toLowerCase()}/${binding.name}` },
  { title: 'ROLE', value: ({ binding: { role } }) => `${role.kind.toLowerCase()}/${role.name}` },
];

/** The schema of `validate --who-can -o json` and `-o yaml`: fields are added, never taken away or renamed. */
export const grantsVersion = 'kf.kubeflow.org/grants-v1';

/** Prints who can do it in the project, each by which binding. Throws KfError: exit 4 where neither roles nor bindings may be read. */
export async function reportWhoCan(
  kube: Kube,
  context: Context,
  words: string,
  format: Format | undefined,
): Promise<void> {
  const asked = await question(kube, context, words);
  const { snapshot, refused } = await loadRights(kube, [kube.namespace]);
  if (refused.length === 4) {
    const message = `not allowed: you may read neither roles nor bindings in ${kube.namespace}`;
    throw new KfError(Exit.forbidden, message, { hint: 'an owner of the project can tell' });
  }
  const grants = whoCan(snapshot, asked);
  const printer = await listPrinter(context, format, {
    columns,
    head: { apiVersion: grantsVersion, kind: 'GrantList' },
    data: ({ subject, binding }) => ({ subject, by: bindingPlace(binding), role: binding.role }),
    object: ({ binding: { name, kind } }) => ({ apiVersion: 'rbac.authorization.k8s.io/v1', kind, metadata: { name } }),
  });
  await printer.add(grants);
  await printer.end(refused);
  const say = (line: string) => void context.stderr.write(`${oneLine(line)}\n`);
  if (grants.length === 0)
    say(`nobody can ${words} in ${kube.namespace} by a binding${refused.length > 0 ? ' that you may read' : ''}`);
  say(`whoever is in the group ${masters} can do everything, by no binding`);
  if (refused.length > 0) say(`not seen: ${refused.join(', ')}: this is not the whole answer`);
}

/** `get secrets`, `create pods/exec`, `delete trainjobs.trainer.kubeflow.org digits`, `get /metrics` */
async function question(kube: Kube, context: Context, words: string): Promise<Attributes> {
  const [verb, what, name = '', ...rest] = words.split(/\s+/).filter(Boolean);
  if (!verb || !what || rest.length > 0) {
    throw usageError(`--who-can takes a verb and a resource, not "${words}"`, "such as --who-can 'create pods/exec'");
  }
  if (what.startsWith('/')) return { verb, path: what };
  const [typed = '', subresource = ''] = what.split('/', 2);
  const namespace = kube.namespace;
  if (typed === '*') return { verb, group: '*', resource: '*', subresource, name, namespace };
  const [word = '', ...parts] = typed.toLowerCase().split('.');
  const group = parts.length > 0 ? parts.join('.') : undefined;
  for (const each of await allServed(kube, context)) {
    if (group !== undefined && each.name !== group) continue;
    for (const { resources } of each.versions) {
      const found = resources.find(
        ({ kind, plural, singular, shortNames }) =>
          plural === word || singular === word || kind.toLowerCase() === word || shortNames.includes(word),
      );
      if (!found) continue;
      const asked = { verb, group: each.name, resource: found.plural, subresource, name };
      // A namespace is asked for as if it were in itself.
      if (each.name === '' && found.plural === 'namespaces') return { ...asked, name: name || namespace, namespace };
      return { ...asked, namespace: found.namespaced ? namespace : '' };
    }
  }
  throw new KfError(Exit.notFound, `the cluster serves no "${oneLine(typed)}"`, {
    hint: 'what it serves: kubectl api-resources',
  });
}
