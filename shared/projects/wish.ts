import { usageError } from '../cli/errors.ts';
import { parseQuantity } from '../resources/quantity.ts';
import { oneLine } from '../view/text.ts';
import { whyNoName } from './whom.ts';

/** Namespaces that no project is made of, or deleted with. */
export const isReserved = (name: string): boolean =>
  name.startsWith('kube-') || ['default', 'kubeflow', 'kf-system', 'istio-system'].includes(name);

/** The project's name out of the words: `create team-a`, and `create project team-a` as the proposal also has it. */
export function nameFrom(verb: 'create' | 'delete', words: readonly string[]): string {
  const [first, second, ...more] = words;
  const one = `kubectl kf ${verb} <name>`;
  if (first === undefined) throw usageError(`which project? ${verb} takes its name`, one);
  if (more.length > 0 || (second !== undefined && first !== 'project')) {
    throw usageError(`${verb} takes one project, not ${words.length}`, one);
  }
  return second ?? first;
}

/** KfError (usage) where no namespace can be called so. */
export function checkName(name: string): void {
  if (!/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name) || name.length > 63) {
    throw usageError(
      `"${oneLine(name)}" can't be a project's name`,
      'small letters, digits and dashes, at most 63, a letter or digit first and last',
    );
  }
  if (isReserved(name)) throw usageError(`${name} is one of the cluster's own namespaces`, 'choose another name');
}

/** KfError (usage) where nobody can log in as that user, so that the project would have no owner. */
export function checkOwner(name: string): void {
  const why = whyNoName({ kind: 'User', name });
  if (why !== undefined) throw usageError(`--owner: ${why}`);
}

/** `requests.cpu=10,requests.nvidia.com/gpu=2`, more than once too; undefined where nothing was said. */
export function quotaFrom(words: readonly string[] | undefined): Record<string, string> | undefined {
  if (!words || words.length === 0) return undefined;
  const quota: Record<string, string> = {};
  for (const word of words.flatMap((each) => each.split(','))) {
    const at = word.indexOf('=');
    const [key, value] = [word.slice(0, at).trim(), word.slice(at + 1).trim()];
    const amount = parseQuantity(value);
    if (at < 1 || amount === undefined || amount < 0) {
      throw usageError(
        `--quota: "${oneLine(word)}" is no amount of a resource`,
        'as in --quota requests.cpu=10,requests.memory=64Gi,requests.nvidia.com/gpu=2',
      );
    }
    if (key in quota && quota[key] !== value) throw usageError(`--quota names ${oneLine(key)} twice`, 'say it once');
    quota[key] = value;
  }
  return quota;
}
