import type { Context } from '../cli/context.ts';
import { chosenContext } from './config.ts';
import { updateFile } from './edit-file.ts';
import { setValue } from './edit-yaml.ts';
import type { KubeFlags } from './kube.ts';
import { loadMerged, stringField } from './merge.ts';

export interface NamespaceChange {
  /** The file that defines the context. */
  file: string;
  contextName: string;
  /** What the context named before; undefined where it named none (that is `default`). */
  before: string | undefined;
}

/**
 * Sets the namespace of a context (--context, or the current one) in the file where kubectl would: the first that defines the
 * context. Nothing else in it changes, and the current context stays. Whether there is such a namespace is not asked.
 */
export async function setContextNamespace(
  flags: Pick<KubeFlags, 'kubeconfig' | 'context'>,
  context: Pick<Context, 'env' | 'home' | 'cwd' | 'now' | 'sleep'>,
  namespace: string,
): Promise<NamespaceChange> {
  const merged = await loadMerged(flags.kubeconfig, context);
  const entry = chosenContext(merged, flags.context || merged.currentContext);
  const { file, name } = entry;
  await updateFile(file, context, (text) =>
    setValue(text, { list: 'contexts', name, path: ['context', 'namespace'] }, namespace, file),
  );
  return { file, contextName: name, before: stringField(entry.fields, 'namespace') };
}
