import { Exit, KfError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import { clusterNamespace, type Level } from './entry.ts';
import { placeText } from './place.ts';

/** There is none of that name, or none that the person may see: which of both is not told. */
export function foundNone(name: string, level: Level | undefined, project: string): KfError {
  const namespace = level === 'cluster' ? clusterNamespace : project;
  const where = !level
    ? `among your own, in project ${project}, or for the whole cluster`
    : level === 'personal'
      ? 'among your own'
      : `in ${placeText({ level, namespace })}`;
  return new KfError(Exit.notFound, `no subcommand "${oneLine(name)}" that you can see ${where}`, {
    hint: 'see those there are: kubectl kf command list',
  });
}
