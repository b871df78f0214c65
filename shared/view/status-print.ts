import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from '../kube/kube.ts';
import type { ComponentRow, ProjectPage, StatusQuery } from '../resources/project-status.ts';
import { statusVersion } from '../resources/status-data.ts';
import { type Format, isRaw } from './print.ts';
import { emit, Table } from './table.ts';
import { oneLine, safe } from './text.ts';

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
    return write(context, await written(statusData(status), format));
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
  const printer = isRaw(format)
    ? new DataList(context, format)
    : new Table<ComponentRow>(context, componentColumns(context.now()), format === 'wide');
  const tally = new Tally(kube, query);
  for await (const page of projectStatus(kube, context, query)) {
    if (context.signal.aborted) return;
    tally.count(page);
    await printer.add(page.rows);
  }
  const lines = await tally.words();
  if (printer instanceof DataList) await printer.end(tally.refused);
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

const write = (context: Pick<Context, 'stdout'>, text: string): Promise<void> =>
  emit(context.stdout, context.stdout.isTTY ? safe(text) : text);

async function written(data: object, format: 'json' | 'yaml'): Promise<string> {
  if (format === 'json') return `${JSON.stringify(data, null, 4)}\n`;
  const { stringify } = await import('yaml');
  return stringify(data, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** ComponentStatusList (see status-data.ts) as its items come; a line each for names. */
class DataList {
  readonly #context: Pick<Context, 'stdout'>;
  readonly #format: 'json' | 'yaml' | 'name';
  #count = 0;

  constructor(context: Pick<Context, 'stdout'>, format: 'json' | 'yaml' | 'name') {
    this.#context = context;
    this.#format = format;
  }

  async add(rows: readonly ComponentRow[]): Promise<void> {
    if (rows.length === 0) return;
    const items = rows.map(({ label: _, ...data }) => data);
    if (this.#format === 'name') {
      return emit(this.#context.stdout, items.map(({ component }) => `${oneLine(fullName(component))}\n`).join(''));
    }
    let text = this.#count === 0 ? this.#head('') : '';
    if (this.#format === 'yaml') text += await written(items, 'yaml');
    else {
      const each = items.map((item) => JSON.stringify(item, null, 4).replace(/^/gm, '        '));
      text += `${this.#count === 0 ? '\n' : ',\n'}${each.join(',\n')}`;
    }
    this.#count += items.length;
    await write(this.#context, text);
  }

  #head(none: string): string {
    if (this.#format === 'yaml') return `apiVersion: ${statusVersion}\nkind: ComponentStatusList\nitems:${none}\n`;
    return `{\n    "apiVersion": "${statusVersion}",\n    "kind": "ComponentStatusList",\n    "items": [`;
  }

  async end(notReadable: readonly string[]): Promise<void> {
    if (this.#format === 'name') return;
    const head = this.#count === 0 ? this.#head(' []') : '';
    const rest =
      this.#format === 'yaml'
        ? await written({ notReadable }, 'yaml')
        : `${this.#count ? '\n    ' : ''}],\n    "notReadable": ${JSON.stringify(notReadable)}\n}\n`;
    await write(this.#context, head + rest);
  }
}

/** As kubectl's -o name: `trainjob.trainer.kubeflow.org/digits`. */
function fullName({ apiVersion, kind, name }: ComponentRow['component']): string {
  const group = apiVersion.includes('/') ? `.${apiVersion.split('/')[0]}` : '';
  return `${kind.toLowerCase()}${group}/${name}`;
}
