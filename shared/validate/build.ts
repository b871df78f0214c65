import type { Binding } from '../rbac/types.ts';
import { type Code, severityOf } from './codes.ts';
import type { Finding, Fix, Where } from './finding.ts';

const rbac = 'rbac.authorization.k8s.io/v1';

export const finding = (code: Code, where: Where, reason: string, remedy: string, fix?: Fix): Finding => ({
  ...{ code, severity: severityOf(code), where, reason, remedy },
  ...(fix ? { fix } : {}),
});

export const bindingPlace = ({ kind, name, namespace }: Binding): Where => ({
  ...{ apiVersion: rbac, kind, name },
  ...(namespace ? { namespace } : {}),
});

export const rolePlace = (name: string): Where => ({ apiVersion: rbac, kind: 'ClusterRole', name });

/** A word of a command that a shell takes as it is. */
const word = (text: string) => (/^[\w.:@/-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/** `kubectl delete rolebinding open -n team-a`; for what is not the project's: who can. */
export function removal({ kind, name, namespace }: Binding): string {
  const command = `kubectl delete ${kind.toLowerCase()} ${word(name)}${namespace ? ` -n ${word(namespace)}` : ''}`;
  return namespace ? command : `an admin can: ${command}`;
}

export const edit = ({ kind, name, namespace }: Binding, what: string): string =>
  `${what}: kubectl edit ${kind.toLowerCase()} ${word(name)}${namespace ? ` -n ${word(namespace)}` : ''}`;

export const bindingPath = ({ name, namespace }: Binding): string =>
  `/apis/${rbac}/namespaces/${encodeURIComponent(namespace)}/rolebindings/${encodeURIComponent(name)}`;

/** Taking a binding away that gives nobody anything now. */
export const removeBinding = (binding: Binding): Fix => ({
  words: `delete rolebinding ${binding.name}`,
  remove: { path: bindingPath(binding), uid: binding.uid },
});
