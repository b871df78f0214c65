import type { KubeObject } from '../kube/kube.ts';
import type { Code } from './codes.ts';

export const severities = ['error', 'warning', 'note'] as const;
export type Severity = (typeof severities)[number];

/** An object of the cluster, or a file of this machine. */
export type Where = { apiVersion: string; kind: string; name: string; namespace?: string } | { file: string };

/** What --fix does about a finding: only what takes nothing from anyone who has it by intent. */
export type Fix =
  | { words: string; remove: { path: string; uid: string | undefined } }
  | { words: string; patch: { path: string; body: object[] } }
  | { words: string; chmod: { file: string; mode: number } };

export interface Finding {
  code: Code;
  severity: Severity;
  where: Where;
  /** What is so, and what it means, in one line. */
  reason: string;
  /** What to do: a command where there is one. */
  remedy: string;
  fix?: Fix;
}

/** `rolebinding/open`, or a file's path. */
export const whereText = (where: Where): string =>
  'file' in where ? where.file : `${where.kind.toLowerCase()}/${where.name}`;

/** The place of an object. */
export const at = ({
  apiVersion,
  kind,
  metadata: { name, namespace },
}: Pick<KubeObject, 'apiVersion' | 'kind' | 'metadata'>): Where => ({
  ...{ apiVersion, kind, name },
  ...(namespace ? { namespace } : {}),
});
