import { Option } from 'clipanion';
import { shadowed, summaryData, summaryObject, summaryOrder } from '../../../../shared/added/summaries.ts';
import { Exit } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { apiVersion, type Level, type Summary } from '../../../../shared/registry/entry.ts';
import { personalSummaries, registrySummaries } from '../../../../shared/registry/find.ts';
import { age } from '../../../../shared/view/age.ts';
import { listPrinter } from '../../../../shared/view/list-printer.ts';
import { formats, isFormat } from '../../../../shared/view/print.ts';
import type { Column } from '../../../../shared/view/table.ts';
import { oneLine } from '../../../../shared/view/text.ts';
import { LevelCommand } from '../../level-command.ts';

export class CommandList extends LevelCommand {
  static override paths = [
    ['command', 'list'],
    ['command', 'ls'],
  ];

  static override usage = {
    description: 'list the subcommands that were added, by you or for you',
    details: `
      Your own, then those of this project and of the whole cluster, as far as you were granted them: others are neither shown nor
      asked for. Of several with one name the nearest is the one that runs, and the others say so.
    `,
    examples: [
      ['what there is for you', 'kubectl kf command list'],
      ["only the project's, with digests and who added them", 'kubectl kf command list --project -o wide'],
      ['for a script', 'kubectl kf command list -o json'],
    ] as [string, string][],
  };

  static override completes: Completes = { output: formats };

  output = Option.String('-o,--output', { validator: isFormat, description: 'table, wide, json, yaml or name' });

  async execute(): Promise<number> {
    const level = this.level();
    const own = level === undefined || level === 'personal' ? await personalSummaries(this.context) : undefined;
    const there = level === 'personal' ? undefined : await this.#registry(level);
    const found = [...(own?.found ?? []), ...(there?.found ?? [])].sort(summaryOrder);
    const printer = await listPrinter(this.context, this.output, {
      columns: columns(this.context.now(), shadowed(found)),
      head: { apiVersion, kind: 'SubcommandSummaryList' },
      data: summaryData,
      object: summaryObject,
    });
    await printer.add(found);
    const notes = [...(own?.notes ?? []), ...(there?.notes ?? [])].map(oneLine);
    await printer.end(notes);
    for (const note of notes) this.say(note);
    if (there?.error) throw there.error;
    if (found.length === 0) this.#empty(level, there?.place);
    return Exit.ok;
  }

  /** A cluster that does not answer is told after what needs none of it. */
  async #registry(level: Level | undefined) {
    try {
      const kube = await this.kube();
      const answer = await registrySummaries(kube, level && [level]);
      return { ...answer, error: undefined, place: kube.namespace };
    } catch (error) {
      return { found: [], notes: [], error, place: '' };
    }
  }

  #empty(level: Level | undefined, project = ''): void {
    const where = {
      personal: 'of your own',
      project: `that you may see in ${project}`,
      cluster: 'of the cluster that you may see',
    };
    this.say(
      `no subcommands ${level ? where[level] : `of your own, in ${project} or of the cluster that you may see`}`,
    );
    this.say('add one: kubectl kf command add <file>   a starting point: kubectl kf command new <name> --python');
  }
}

function columns(now: number, hidden: ReadonlyMap<Summary, Level>): Column<Summary>[] {
  const where = { personal: 'yours', project: 'project', cluster: 'cluster' };
  const note = (s: Summary) =>
    [s.replaces && 'replaces the built-in', s.pinned && 'pinned', hidden.has(s) && `behind ${behind[hidden.get(s)!]}`]
      .filter(Boolean)
      .join(', ');
  return [
    { title: 'NAME', value: (s) => s.name },
    { title: 'VERSION', value: (s) => s.version },
    { title: 'LEVEL', value: (s) => where[s.level] },
    { title: 'RUNTIME', value: (s) => s.runtime },
    { title: 'DIGEST', value: (s) => s.digest.slice(0, 19), wide: true },
    { title: 'ADDED BY', value: (s) => s.addedBy ?? '', wide: true },
    { title: 'AGE', value: (s) => age(s.created, now), wide: true },
    { title: 'NOTE', value: note },
    { title: 'SUMMARY', value: (s) => s.summary },
  ];
}

const behind = { personal: 'your own', project: "the project's", cluster: "the cluster's" };
