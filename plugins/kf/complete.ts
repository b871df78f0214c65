import { basename, delimiter, join } from 'node:path';
import type { Context } from '../../shared/cli/context.ts';
import { findPlugin, isExecutable } from '../../shared/cli/find.ts';
import { installed } from '../../shared/cli/installed.ts';
import { groupOf, ownVerbs } from '../../shared/cli/suite.ts';
import type { Asked, Elsewhere } from '../../shared/completion/run.ts';

/** Verbs of the groups that are installed, and what completes the words after them. */
export const elsewhere: Elsewhere = {
  verbs(context: Context) {
    const all = installed(context).flatMap(({ verbs, summary }) =>
      verbs.map((value) => ({ value, what: summary || 'a plugin of its own' })),
    );
    return {
      offered: all.filter(({ value }) => !offeredByKubectl(value, context)),
      taken: new Set([...ownVerbs, ...all.map(({ value }) => value)]),
    };
  },

  handOver({ words, answer, stamp }: Asked, context: Context, learn = false): Promise<void> | undefined {
    const [verb = '', ...rest] = words;
    const group = groupOf(verb);
    if (!/^[\w-]+$/.test(verb)) return undefined;
    if (group) {
      const file = findPlugin(group.plugin, context);
      const typed = group.verbs.length > 1 ? [verb, ...rest] : rest;
      const args = [learn ? '__refresh' : '__complete', answer, stamp, ...typed];
      return file === undefined ? undefined : context.handOver(file, args, basename(file)).then(() => {});
    }
    // Anyone's group may bring a shim of its own; what that says is not kept.
    const file = learn ? undefined : findPlugin(`kf-${verb}`, context, 'kubectl_complete');
    return file === undefined ? undefined : context.handOver(file, rest, basename(file)).then(() => {});
  },
};

/** kubectl itself offers a verb that has a dash-spelled executable on PATH: twice would be one too many. */
function offeredByKubectl(verb: string, { env, platform }: Context): boolean {
  const name = `kubectl-kf-${verb}${platform === 'win32' ? '.exe' : ''}`;
  return (env.PATH ?? env.Path ?? '')
    .split(delimiter)
    .some((folder) => folder !== '' && isExecutable(join(folder, name)));
}
