import type { Context } from '../../shared/cli/context.ts';
import { usageError } from '../../shared/cli/errors.ts';
import type { Kube } from '../../shared/kube/kube.ts';
import { myProjects } from '../../shared/projects/mine.ts';
import { roleText } from '../../shared/projects/rows.ts';
import { ask } from '../../shared/view/prompt.ts';
import { oneLine } from '../../shared/view/text.ts';

/** Shows the person's projects with numbers, and asks; undefined where they stay. A name that is not shown is taken too. */
export async function chooseProject(kube: Kube, context: Context, kubeconfig?: string): Promise<string | undefined> {
  const { projects, notSeen } = await myProjects(kube, context, kubeconfig);
  const say = (line: string) => void context.stderr.write(`${line}\n`);
  const width = Math.max(0, ...projects.map(({ name }) => name.length));
  for (const [i, each] of projects.entries()) {
    const mark = each.name === kube.namespace ? '*' : ' ';
    const number = String(i + 1).padStart(String(projects.length).length);
    say(`${mark} ${number}  ${each.name.padEnd(width)}   ${oneLine(roleText(each))}`);
  }
  for (const note of notSeen) say(oneLine(note));
  const answer = await ask(context, `in ${kube.namespace}; number or name (Enter: stay):`);
  if (answer === '') return undefined;
  const exact = projects.find(({ name }) => name === answer);
  if (exact) return exact.name;
  if (!/^\d+$/.test(answer)) return answer;
  const numbered = projects[Number(answer) - 1];
  if (!numbered)
    throw usageError(
      `there is no project ${oneLine(answer)} in the list`,
      `a number from 1 to ${projects.length}, or a name`,
    );
  return numbered.name;
}
