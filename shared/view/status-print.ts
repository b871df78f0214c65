import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import type { ComponentRow, ProjectPage, StatusQuery } from '../resources/project-status.ts';
import { type SummaryData, statusVersion } from '../resources/status-data.ts';
import { DataList } from './data-list.ts';
import { printFacts } from './facts.ts';
import type { Format } from './print.ts';
import { emit, Table } from './table.ts';
import { oneLine } from './text.ts';

/** One component. */
export async function printComponent(
  kube: Kube,
  context: Context,
  word: string,
  format: Format | undefined,
): Promise<void> {
  const { resolveComponent } = await import('../resources/resolve.ts');
  const component = await resolveComponent(kube, context, word);
  if (format === 'name') {
    const { apiVersion } = component.object;
    return emit(
      context.stdout,
      `${oneLine(fullName({ apiVersion, kind: component.kind.kind, name: component.name, namespace: '' }))}\n`,
    );
  }
  const { componentStatus } = await import('../resources/status.ts');
  const status = await componentStatus(kube, component);
  if (format === 'json' || format === 'yaml') {
    const { statusData } = await import('../resources/status.ts');
    return printFacts(context, format, { rows: [], data: statusData(status), name: word });
  }
  const { statusLines } = await import('./status.ts');
  const look = { now: context.now(), colour: context.colorDepth > 1, wide: format === 'wide' };
  await emit(context.stdout, `${statusLines(status, look).join('\n')}\n`);
}

/**
 * The whole project: lines as they come, then on stderr what was not shown. Throws KfError: exit 4 where nothing may be read, 3
 * where there is no such project.
 */
export async function printProject(
  kube: Kube,
  context: Context,
  query: StatusQuery,
  format: Format | undefined,
): Promise<void> {
  const { projectStatus } = await import('../resources/project-status.ts');
  const { componentColumns } = await import('./components.ts');
  const list = { apiVersion: statusVersion, kind: 'ComponentStatusList' };
  const data = format === 'json' || format === 'yaml' ? new DataList(context, format, list) : undefined;
  const printer =
    data ??
    (format === 'name'
      ? new Names(context)
      : new Table<ComponentRow>(context, componentColumns(context.now()), format === 'wide'));
  const tally = new Tally(kube, query);
  for await (const page of projectStatus(kube, context, query)) {
    if (context.signal.aborted) return;
    tally.count(page);
    await printer.add(page.rows);
  }
  const lines = await tally.words();
  await data?.end({ notReadable: tally.refused });
  for (const line of lines) context.stderr.write(`${oneLine(line)}\n`);
}

/** What came of a reading of the project, and what is to be said of it beside its lines. */
export class Tally {
  readonly refused: string[] = [];
  readonly #kube: Kube;
  readonly #query: StatusQuery;
  #found = 0;
  #readable = 0;

  constructor(kube: Kube, query: StatusQuery) {
    this.#kube = kube;
    this.#query = query;
  }

  count({ rows, refused }: ProjectPage): void {
    this.#found += rows.length;
    if (refused) this.refused.push(refused);
    else this.#readable++;
  }

  /** Throws where there is nothing because of what is wrong. */
  async words(): Promise<string[]> {
    const { namespace } = this.#kube;
    if (this.#found > 0) return [...(await this.#deleting()), ...this.refused];
    const { checkNamespace } = await import('../resources/namespace.ts');
    await checkNamespace(this.#kube, namespace);
    if (this.#readable === 0) {
      throw new KfError(Exit.forbidden, `not allowed: ${this.refused[0] ?? `you may read nothing in ${namespace}`}`, {
        hint: `what you may do: kubectl kf whoami   an owner of ${namespace} can give you more`,
      });
    }
    const { selector } = this.#query;
    const empty = `nothing runs in ${namespace}${selector ? ` with ${selector}` : ''}`;
    const start = 'start a job: kubectl kf train <name> train.py --runtime <runtime>';
    return [
      empty,
      ...(await this.#deleting()),
      ...(selector || this.refused.length > 0 ? [] : [start]),
      ...this.refused,
    ];
  }

  async #deleting(): Promise<string[]> {
    const { whyProjectGoes } = await import('../resources/namespace.ts');
    const why = await whyProjectGoes(this.#kube);
    return why === undefined ? [] : [`project ${this.#kube.namespace} is being deleted${why && `: ${why}`}`];
  }
}

/** A line each: `trainjob.trainer.kubeflow.org/digits`. */
class Names {
  readonly #context: Pick<Context, 'stdout'>;

  constructor(context: Pick<Context, 'stdout'>) {
    this.#context = context;
  }

  async add(rows: readonly SummaryData[]): Promise<void> {
    const names = rows.map(({ component }) => `${oneLine(fullName(component))}\n`);
    if (names.length > 0) await emit(this.#context.stdout, names.join(''));
  }
}

/** As kubectl's -o name: `trainjob.trainer.kubeflow.org/digits`. */
function fullName({ apiVersion, kind, name }: ComponentRow['component']): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return `${kind.toLowerCase()}${group}/${name}`;
}
