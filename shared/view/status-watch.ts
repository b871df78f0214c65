import type { Context, Output } from '../cli/context.ts';
import { Exit, errorText, Interrupted, KfError } from '../cli/errors.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { Component } from '../resources/component.ts';
import type { ComponentRow } from '../resources/project-status.ts';
import { componentLabel, resolveComponent } from '../resources/resolve.ts';
import { age } from './age.ts';
import { componentColumns, rowLabel } from './components.ts';
import { Screen } from './screen.ts';
import { painted, statusLines } from './status.ts';
import { Tally } from './status-print.ts';
import { Table } from './table.ts';
import { oneLine } from './text.ts';

export interface WatchWish {
  component: string | undefined;
  selector: string | undefined;
  wide: boolean;
}

/** One reading of what is watched. */
interface Reading {
  /** For a terminal: drawn each second, as ages go on. */
  lines(look: { now: number; colour: boolean; wide: boolean; columns: number }): Promise<string[]>;
  /** For all else: what may change, by what it is of; a line is printed where it does. */
  facts: Map<string, string>;
}

/** Milliseconds between two readings; more where a reading takes long, so that most of the time nothing is asked. */
const every = 2000;
const restShare = 4;

/**
 * Shows the status again and again until Ctrl-C (throws {@link Interrupted}) or until the component is gone. A terminal's screen is
 * redrawn; elsewhere each change is a line. A server that can't be reached is waited for once it was reached.
 */
export async function watchStatus(kube: Kube, context: Context, wish: WatchWish): Promise<void> {
  const read =
    wish.component === undefined
      ? projectReader(kube, context, wish)
      : await componentReader(kube, context, wish.component);
  const shower = context.stdout.isTTY ? new Redraw(context, wish.wide) : new Changes(context);
  try {
    for (let seen = false; !context.signal.aborted; seen = true) {
      const began = context.now();
      const reading = await orTrouble(read(), seen);
      if (reading === 'gone') return shower.end(`${oneLine(wish.component ?? '')} is gone`);
      const rest = Math.max(every, (context.now() - began) * restShare);
      await shower.show(reading, rest);
    }
  } finally {
    shower.close();
  }
  throw new Interrupted();
}

async function orTrouble(reading: Promise<Reading | 'gone'>, seen: boolean): Promise<Reading | 'gone' | KfError> {
  try {
    return await reading;
  } catch (error) {
    if (seen && error instanceof KfError && error.exit === Exit.unreachable) return error;
    throw error;
  }
}

async function componentReader(kube: Kube, context: Context, word: string): Promise<() => Promise<Reading | 'gone'>> {
  const component = await resolveComponent(kube, context, word);
  const { componentStatus } = await import('../resources/status.ts');
  return async () => {
    const object = await now(kube, component);
    if (!object) return 'gone';
    const status = await componentStatus(kube, { ...component, object });
    const facts = new Map([[componentLabel(component), factOf(status.state.phase, status.state.why)]]);
    for (const { pod, phase, node, why } of status.pods ?? []) {
      if (component.kind.kind !== 'Pod') facts.set(`pod/${pod}`, factOf(phase, why || (node && `on ${node}`)));
    }
    return { facts, lines: async (look) => statusLines(status, look) };
  };
}

const factOf = (phase: string, why: string): string => `${phase}   ${oneLine(why)}`.trimEnd();

/** The object as it is now; undefined where it is gone, or where another has its name. Of a package there is no object. */
async function now(kube: Kube, { path, object }: Component): Promise<KubeObject | undefined> {
  if (!object.metadata.uid) return object;
  try {
    const found = await kube.json<KubeObject>({ path });
    return found.metadata.uid === object.metadata.uid ? found : undefined;
  } catch (error) {
    if (error instanceof KfError && error.exit === Exit.notFound) return undefined;
    throw error;
  }
}

const troubles = ['Failed', 'Restarting', 'Pending', 'Updating', 'Unknown', 'Resuming', 'Deleting'];
const trouble = ({ phase }: ComponentRow) => (troubles.includes(phase) ? troubles.indexOf(phase) : troubles.length);

function projectReader(kube: Kube, context: Context, { selector }: WatchWish): () => Promise<Reading> {
  return async () => {
    const { projectStatus } = await import('../resources/project-status.ts');
    const rows: ComponentRow[] = [];
    const tally = new Tally(kube, { selector });
    for await (const page of projectStatus(kube, context, { selector })) {
      tally.count(page);
      rows.push(...page.rows);
    }
    const words = await tally.words();
    const facts = new Map(rows.map((row) => [rowLabel(row), factOf(row.phase, row.why)]));
    for (const word of words) facts.set(oneLine(word), '');
    // The screen may not hold all: what is not well is seen first.
    rows.sort((a, b) => trouble(a) - trouble(b));
    const lines: Reading['lines'] = async ({ now, colour, wide, columns }) => {
      const drawn = new Lines(columns);
      const table = new Table(
        { stdout: drawn as unknown as Output, colorDepth: colour ? 8 : 1 },
        componentColumns(now),
        wide,
      );
      await table.add(rows.slice(0, 500));
      const rest = rows.length > 500 ? [`… and ${rows.length - 500} more`] : [];
      return [headOf(kube.namespace, rows, colour), ...drawn.all, ...rest, ...words.map(oneLine)];
    };
    return { facts, lines };
  };
}

/** `team-a   5 components: 1 Failed, 4 Running` */
function headOf(project: string, rows: readonly ComponentRow[], colour: boolean): string {
  const phases = new Map<string, number>();
  for (const { phase } of rows) phases.set(phase, (phases.get(phase) ?? 0) + 1);
  const counts = [...phases].map(([phase, number]) => `${number} ${painted(colour, phase)}`).join(', ');
  return `${oneLine(project)}   ${rows.length} ${rows.length === 1 ? 'component' : 'components'}${counts && `: ${counts}`}`;
}

/** Stands for a terminal where lines are wanted. */
class Lines {
  readonly isTTY = true;
  readonly all: string[] = [];
  readonly columns: number;

  constructor(columns: number) {
    this.columns = columns;
  }

  write(text: string): boolean {
    this.all.push(...text.replace(/\n$/, '').split('\n'));
    return true;
  }
}

/** On a terminal: a screen, drawn anew each second. */
class Redraw {
  readonly #context: Context;
  readonly #screen: Screen;
  readonly #wide: boolean;
  #reading: Reading | undefined;
  #trouble = '';
  #since = 0;

  constructor(context: Context, wide: boolean) {
    this.#context = context;
    this.#screen = new Screen(context);
    this.#wide = wide;
  }

  async show(reading: Reading | KfError, restMs: number): Promise<void> {
    const { now, sleep, signal } = this.#context;
    if (!(reading instanceof KfError)) [this.#reading, this.#trouble] = [reading, ''];
    else if (!this.#trouble) [this.#trouble, this.#since] = [oneLine(reading.message), now()];
    for (const until = now() + restMs; now() < until && !signal.aborted; ) {
      await this.#draw();
      await sleep(Math.min(1000, until - now())).catch(ifStopped(signal));
    }
  }

  async #draw(): Promise<void> {
    const { now, colorDepth, stdout } = this.#context;
    const look = { now: now(), colour: colorDepth > 1, wide: this.#wide, columns: stdout.columns || 80 };
    const said = this.#trouble
      ? [`as of ${age(new Date(this.#since).toISOString(), now())} ago: ${this.#trouble}`]
      : [];
    const lines = [...said, ...(await this.#reading!.lines(look))];
    this.#screen.show(() => lines);
  }

  end(words: string): void {
    this.close();
    this.#context.stderr.write(`${words}\n`);
  }

  close(): void {
    this.#screen.close();
  }
}

/** Where nothing can be redrawn: a line for each thing that is new, changed or gone. */
class Changes {
  readonly #context: Context;
  #before = new Map<string, string>();
  #trouble = '';

  constructor(context: Context) {
    this.#context = context;
  }

  async show(reading: Reading | KfError, restMs: number): Promise<void> {
    const { stdout, stderr, sleep, signal } = this.#context;
    if (reading instanceof KfError) {
      if (!this.#trouble) stderr.write(errorText(reading));
      this.#trouble = reading.message;
    } else {
      if (this.#trouble) stderr.write('connected again\n');
      this.#trouble = '';
      const changed = [...reading.facts].filter(([what, is]) => this.#before.get(what) !== is);
      const gone = [...this.#before.keys()].filter((what) => !reading.facts.has(what));
      const lines = [
        ...changed.map(([what, is]) => `${oneLine(what)}   ${is}`.trimEnd()),
        ...gone.map((what) => `${oneLine(what)}   gone`),
      ];
      if (lines.length > 0) stdout.write(`${lines.join('\n')}\n`);
      this.#before = reading.facts;
    }
    await sleep(restMs).catch(ifStopped(signal));
  }

  end(words: string): void {
    this.#context.stderr.write(`${words}\n`);
  }

  close(): void {}
}

/** The sleep ends with the signal: that is no error here. */
const ifStopped = (signal: AbortSignal) => (error: unknown) => {
  if (!signal.aborted) throw error;
};
