import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import { Exit, KfError } from '../../../shared/cli/errors.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import type { Kube } from '../../../shared/kube/kube.ts';
import { selfSubjectReview, selfSubjectRulesReview, type UserInfo } from '../../../shared/kube/reviews.ts';
import { abilitiesIn, allowsAll } from '../../../shared/resources/abilities.ts';
import { printFacts } from '../../../shared/view/facts.ts';
import { formats, isFormat } from '../../../shared/view/print.ts';

/** What the server would not tell: the reason, in place of the answer. */
type Told<T> = { known: T } | { unknown: string };

export class Whoami extends KubeCommand {
  static override paths = [['whoami']];

  static override usage = {
    description: 'who the cluster takes you for, your project, and what you may do in it',
    details: `
      The user and groups are the API server's own answer, so they show what --as and your login really give. What you may do
      is read from its rules for the project; the server decides again at each request.
    `,
    examples: [
      ['who am I, and what may I do here', 'kubectl kf whoami'],
      ['in another project', 'kubectl kf whoami -n team-b'],
      ['what would alice see', 'kubectl kf whoami --as alice'],
      ['only the name, for a script', 'kubectl kf whoami -o name'],
    ] as [string, string][],
  };

  static override completes: Completes = { output: formats };

  output = Option.String('-o,--output', { validator: isFormat, description: 'table, json, yaml or name' });

  async execute(): Promise<number> {
    const kube = await this.kube();
    const [user, rights] = await Promise.all([tell(selfSubjectReview(kube)), tell(this.#rights(kube))]);
    const { namespace: project, contextName: context, clusterName: cluster, server } = kube;
    const name = 'known' in user ? user.known.username : kube.userName;
    await printFacts(this.context, this.output, {
      rows: [
        ['user', this.#user(user, kube)],
        ['groups', 'known' in user ? (user.known.groups ?? []).join(', ') || 'none' : user.unknown],
        ['cluster', cluster ? `${cluster} (${server})` : server],
        ['project', context ? `${project} (context ${context})` : project],
        ['may here', 'known' in rights ? inWords(rights.known) : rights.unknown],
      ],
      data: {
        user: name,
        groups: 'known' in user ? (user.known.groups ?? []) : null,
        ...(this.as === undefined ? {} : { impersonatedBy: kube.userName }),
        cluster,
        server,
        context,
        project,
        may: 'known' in rights ? Object.fromEntries(rights.known.may) : null,
      },
      name,
    });
    return Exit.ok;
  }

  #user(user: Told<UserInfo>, { userName }: Kube): string {
    if ('unknown' in user) return `${userName || 'unknown'} (the kubeconfig's name for it: ${user.unknown})`;
    return this.as === undefined ? user.known.username : `${user.known.username} (--as, by ${userName || 'you'})`;
  }

  async #rights(kube: Kube) {
    const rules = await selfSubjectRulesReview(kube, kube.namespace);
    return { all: allowsAll(rules.resourceRules), may: await abilitiesIn(kube, kube.namespace, rules) };
  }
}

/** A part that this server does not know or allow is told as such; what means that nothing can be told is thrown. */
async function tell<T>(asked: Promise<T>): Promise<Told<T>> {
  try {
    return { known: await asked };
  } catch (error) {
    const code = error instanceof KfError ? error.status?.code : undefined;
    if (code === 403) return { unknown: 'not shown: the server does not allow to ask' };
    if (code === 404) return { unknown: 'not shown: this server is too old to tell' };
    throw error;
  }
}

function inWords({ all, may }: { all: boolean; may: Map<string, boolean> }): string {
  if (all) return 'everything';
  const names = (wanted: boolean) => [...may].filter(([, can]) => can === wanted).map(([name]) => name);
  const [can, cannot] = [names(true), names(false)];
  if (can.length === 0) return 'nothing that this suite does';
  return can.join(', ') + (cannot.length ? `; not: ${cannot.join(', ')}` : '');
}
