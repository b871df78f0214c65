import { finding } from './build.ts';
import type { Facts } from './facts.ts';
import type { Finding } from './finding.ts';

/** What on this machine could run in place of the suite, or read its credentials. */
export function checkClient({ client }: Facts): Finding[] {
  if (!client) return [];
  const { strays, open, relative, readable } = client;
  return [
    ...strays.map(({ file, suite }) =>
      suite
        ? finding(
            'KF801',
            { file },
            'it takes a name of the suite and krew did not install it: kubectl may run it with your login',
            'find out where it is from; if it is not yours, delete it',
          )
        : finding(
            'KF805',
            { file },
            'it answers to kubectl kf, with your login, and krew did not install it',
            'nothing, where you put it there yourself',
          ),
    ),
    ...open.map((folder) =>
      finding(
        'KF802',
        { file: folder },
        'it is on PATH and everyone on this machine can write to it: kubectl runs any kubectl-kf-* that they put there',
        `chmod o-w ${folder}`,
      ),
    ),
    ...relative.map((part) =>
      finding(
        'KF803',
        { file: part || '.' },
        `PATH has ${part === '' ? 'an empty part, the current folder' : `"${part}"`}: kubectl runs any kubectl-kf-* that is in the folder where you are`,
        'take it out of PATH',
      ),
    ),
    ...readable.map(({ file, mode }) => {
      const closed = mode & 0o700;
      const words = `chmod ${closed.toString(8)} ${file}`;
      const reason = `its mode is ${mode.toString(8)}: others on this machine can use your login`;
      return finding('KF804', { file }, reason, words, { words, chmod: { file, mode: closed } });
    }),
  ];
}
