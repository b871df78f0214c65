import type { KubeObject } from '../kube/kube.ts';
import { at, text, texts } from './fields.ts';

/** What `train <name> <script> -- args` was given, from the annotations that it left; '' where the job was made otherwise. */
export function codeWords(job: KubeObject): string {
  const annotations = job.metadata?.annotations ?? {};
  const code = text(annotations['kf.kubeflow.org/code']);
  if (!code) return '';
  let args: string[] = [];
  try {
    args = texts(JSON.parse(annotations['kf.kubeflow.org/args'] ?? '[]'));
  } catch {
    // Written by someone else: the code's name is enough.
  }
  return [code, ...args].map(quoted).join(' ');
}

/** Code and arguments, or the command that the job names for itself. */
export function jobWords(job: KubeObject): string {
  const trainer = at(job, 'spec', 'trainer');
  return codeWords(job) || [...texts(at(trainer, 'command')), ...texts(at(trainer, 'args'))].map(quoted).join(' ');
}

/** As a shell would need it, so that one sees where a word ends. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
