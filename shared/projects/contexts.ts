import type { Context } from '../cli/context.ts';
import { Interrupted, KfError } from '../cli/errors.ts';
import type { KubeFlags } from '../kube/kube.ts';
import { loadMerged, stringField } from '../kube/merge.ts';
import { oneLine } from '../view/text.ts';
import { myProjects } from './mine.ts';
import type { Row } from './rows.ts';

/** A cluster that does not answer keeps nobody waiting for the others. */
const patience = '10s';

/**
 * The projects of every context of the kubeconfig, all asked at once. Contexts of one cluster and one person are asked once, the
 * current one in preference. A cluster that can't be asked is told in a line. KfError where none can.
 */
export async function everyContext(context: Context, flags: KubeFlags): Promise<{ rows: Row[]; notes: string[] }> {
  const { contexts, currentContext } = await loadMerged(flags.kubeconfig, context);
  const names = [...new Set([currentContext, ...contexts.keys()])].filter((name) => contexts.has(name));
  const pairs = new Map<string, string>();
  for (const name of names) {
    const { fields } = contexts.get(name)!;
    const pair = JSON.stringify([stringField(fields, 'cluster'), stringField(fields, 'user')]);
    if (!pairs.has(pair)) pairs.set(pair, name);
  }
  const answers = await Promise.all(
    [...pairs.values()].map(async (name) => {
      try {
        const given = { ...flags, context: name, requestTimeout: flags.requestTimeout ?? patience };
        const kube = await context.kube(given);
        try {
          const { projects, notSeen } = await myProjects(kube, context, flags.kubeconfig);
          const current = (project: string) => name === currentContext && project === kube.namespace;
          const rows = projects.map((each) => ({ ...each, context: name, current: current(each.name) }));
          return { rows, notes: notSeen.map((note) => `${name}: ${note}`) };
        } finally {
          kube.close();
        }
      } catch (error) {
        if (context.signal.aborted) throw new Interrupted();
        if (!(error instanceof KfError)) throw error;
        return { rows: [], notes: [`${name}: ${error.message}`], error };
      }
    }),
  );
  const [first] = answers;
  // Nothing at all is no answer, and not one without projects.
  if (first?.error && answers.every(({ error }) => error)) {
    throw new KfError(first.error.exit, 'no context of the kubeconfig could be asked', {
      details: answers.flatMap(({ notes }) => notes.map((note) => `  ${oneLine(note)}`)),
      hint: 'what is wrong with one: kubectl kf projects --context <name>',
    });
  }
  return { rows: answers.flatMap(({ rows }) => rows), notes: answers.flatMap(({ notes }) => notes) };
}
