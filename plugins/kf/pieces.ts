import { basename, delimiter, dirname, join, relative } from 'node:path';
import type { Context } from '../../shared/cli/context.ts';
import { usageError } from '../../shared/cli/errors.ts';
import { folders, isExecutable, krewRoot, same } from '../../shared/cli/find.ts';
import { suite } from '../../shared/cli/suite.ts';
import type { Piece } from '../../shared/completion/install.ts';
import { shimText } from '../../shared/completion/shim.ts';

/** The folder that this plugin is run from: krew's, else the one on PATH that has it. Throws KfError where none has. */
export function pluginFolder(context: Context): string {
  const krew = join(krewRoot(context), 'bin');
  const name = `kubectl-kf${exe(context)}`;
  const own = (folder: string) => isExecutable(join(folder, name)) && same(join(folder, name), context.self);
  const found =
    [krew, ...folders(context)].find(own) ?? [krew, ...folders(context)].find((f) => isExecutable(join(f, name)));
  if (found) return found;
  throw usageError(`no folder on PATH has ${name}`, 'install it with krew: kubectl krew install kf/kf');
}

export const onPath = (folder: string, { env }: Context): boolean =>
  (env.PATH ?? env.Path ?? '').split(delimiter).some((each) => each !== '' && relative(each, folder) === '');

const exe = ({ platform }: Context) => (platform === 'win32' ? '.exe' : '');

/**
 * All that kubectl needs in the folder to complete this plugin and the groups that are installed: for each name that kubectl
 * may look for, what answers; and a dash-spelled link for each verb, so that it runs the group without this plugin.
 */
export function piecesFor(folder: string, context: Context): Piece[] {
  const end = exe(context);
  const own = answering('kf', join(folder, `kubectl-kf${end}`), '', folder, context);
  const groups = suite.flatMap(({ plugin, verbs }) => {
    // The name that krew gives it: the dash-spelled ones may be our own links to it.
    const name = plugin.replaceAll('-', '_');
    const places = [folder, ...folders(context)].map((each) => join(each, `kubectl-${name}${end}`));
    const file = places.find(isExecutable);
    if (file === undefined) return [];
    return [
      answering(name, file, '', folder, context),
      ...verbs.flatMap((verb) => [
        answering(`kf-${verb}`, file, verbs.length > 1 ? verb : '', folder, context),
        { name: `kubectl-kf-${verb}${end}`, link: from(folder, file) },
      ]),
    ];
  });
  return [own, ...groups];
}

/** A path from the folder: krew puts new versions in place of old ones under the same name, and moves whole. */
const from = (folder: string, file: string) => (dirname(file) === folder ? basename(file) : file);

/** What answers under the name. Windows runs no scripts of sh: there it is the executable itself, by the name it is called. */
function answering(name: string, file: string, verb: string, folder: string, context: Context): Piece {
  const executable = from(folder, file);
  if (context.platform === 'win32') return { name: `kubectl_complete-${name}.exe`, link: executable };
  return { name: `kubectl_complete-${name}`, text: shimText({ name, executable, verb }) };
}
