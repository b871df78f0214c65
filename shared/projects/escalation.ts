import { Exit, KfError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';

const shown = 12;

/**
 * The API server's refusal of rights that the giver lacks, with those rights in plain words; undefined where the error is another.
 * Kubernetes' rbac validation, ConfirmNoEscalation.
 */
export function escalation(error: unknown, what: { role: string; to: string; project: string }): KfError | undefined {
  if (!(error instanceof KfError) || error.status?.code !== 403) return undefined;
  const said = error.status.message ?? '';
  const [, who, rights] =
    /user "(.*?)" \(groups=.*?is attempting to grant RBAC permissions not currently held:\s*([\s\S]*)$/.exec(said) ?? [
      '',
      '',
      '',
    ];
  if (!rights) return undefined;
  const lines = rightsLacking(rights);
  const more = lines.length > shown ? [`  and ${lines.length - shown} more`] : [];
  return new KfError(
    Exit.forbidden,
    oneLine(
      `not allowed: ${who} can't give ${what.role} to ${what.to}: nobody gives rights that they don't have, here`,
    ),
    {
      details: [...lines.slice(0, shown).map((line) => `  ${line}`), ...more],
      hint: `someone who has them in ${what.project} can: an owner, or who runs the cluster`,
      status: error.status,
      cause: error,
    },
  );
}

/** `create, delete pods/exec`, one a line, out of `{APIGroups:[""], Resources:["pods/exec"], Verbs:["create" "delete"]}`. */
export function rightsLacking(text: string): string[] {
  const lists = (rule: string, field: string): string[] =>
    [...(new RegExp(`${field}:\\[([^\\]]*)\\]`).exec(rule)?.[1] ?? '').matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(
      ([, word]) => word!,
    );
  const rules = [...text.matchAll(/\{[^{}]*\}/g)].map(([rule]) => {
    const names = lists(rule, 'ResourceNames');
    const groups = lists(rule, 'APIGroups');
    const paths = lists(rule, 'NonResourceURLs');
    const full = (resource: string) => groups.map((group) => resource + (group ? `.${group}` : ''));
    const on = paths.length > 0 ? paths : lists(rule, 'Resources').flatMap(full);
    return `${lists(rule, 'Verbs').join(', ')} ${on.join(', ')}${names.length > 0 ? ` named ${names.join(', ')}` : ''}`;
  });
  return rules.length > 0 ? rules.map(oneLine) : [oneLine(text)];
}
