import type { Context } from '../cli/context.ts';
import { Exit, KfError, usageError } from '../cli/errors.ts';
import { patch } from '../kube/apply.ts';
import type { Kube, KubeObject } from '../kube/kube.ts';
import type { JobKind } from '../resources/resource.ts';
import { type Format, isRaw, ListPrinter, printObject } from '../view/print.ts';
import { oneLine } from '../view/text.ts';
import { type Applied, applyAll } from './apply.ts';
import type { Code } from './code.ts';
import { differenceLines, differences } from './compare.ts';
import { type Item, objectName, stamp } from './item.ts';
import { checkName } from './name.ts';
import { type CodeFlags, givenFlags } from './options.ts';
import type { Session } from './session.ts';
import { fileSize } from './size.ts';

export interface SubmitOptions {
  name: string;
  /** `<yaml|script|folder>`, as typed. */
  input: string;
  flags: CodeFlags;
  kubeconfig?: string | undefined;
  dryRun?: 'client' | 'server' | undefined;
  output?: Format | undefined;
}

export interface Submitted {
  kind: JobKind;
  /** The job as the server has it now. */
  job: KubeObject;
}

/**
 * Submits a job and what it needs: read, checked, rehearsed on the server, then applied, all or nothing. Says on stderr what was
 * done and prints on stdout what -o asks for. Undefined after a dry run.
 */
export async function submit(kube: Kube, context: Context, options: SubmitOptions): Promise<Submitted | undefined> {
  checkName(options.name);
  const { randomUUID } = await import('node:crypto');
  const session: Session = { kube, context, kubeconfig: options.kubeconfig, submission: randomUUID() };
  const { items, kind, code, renamed } = await prepareAndRehearse(session, options);
  if (options.dryRun) {
    const client = options.dryRun === 'client';
    const objects = items.map(({ manifest, rehearsed }) =>
      client ? stamp(manifest.object, undefined, undefined) : rehearsed!,
    );
    await print(context, options.output ?? 'yaml', objects);
    if (client) return undefined;
    for (const item of items) context.stderr.write(`${objectName(item)} ${foreseen(item)} (server dry run)\n`);
    return undefined;
  }
  const applied = await applyAll(session, items);
  const job = applied.at(-1)!.object;
  await own(session, applied);
  if (renamed) context.stderr.write(`${oneLine(`the manifest calls it ${renamed}; here it is ${options.name}`)}\n`);
  report(session, kind, applied, code);
  const objects = applied.map(({ object }) => object);
  if (isRaw(options.output)) await print(context, options.output, objects);
  return { kind, job };
}

/** All that comes before the first object is made: whatever Ctrl-C ends here, nothing was. */
async function prepareAndRehearse(session: Session, options: SubmitOptions): Promise<Prepared> {
  try {
    const prepared = await prepare(session, options);
    if (options.dryRun !== 'client') await prepared.rehearse();
    return prepared;
  } catch (error) {
    if (!session.context.signal.aborted) throw error;
    throw new KfError(Exit.interrupted, 'interrupted: nothing was created', { cause: error });
  }
}

interface Prepared {
  items: Item[];
  kind: JobKind;
  code?: Code;
  renamed?: string | undefined;
  rehearse(): Promise<void>;
}

async function prepare(session: Session, { name, input, flags }: SubmitOptions): Promise<Prepared> {
  const { readInput } = await import('./input.ts');
  const given = givenFlags(flags);
  const read = await readInput(input, session.context, given.length > 0);
  if (read.kind === 'code') {
    const { codeItems } = await import('./code-items.ts');
    return codeItems(session, name, read.path, input, flags);
  }
  if (given.length > 0) {
    throw usageError(
      `${given.join(', ')} ${given.length === 1 && given[0]?.startsWith('--') ? 'goes' : 'go'} with a script or a folder; ${input} holds manifests`,
      'set it in the YAML; nothing was created',
    );
  }
  const { selectJob } = await import('./select.ts');
  const { rehearse } = await import('./rehearse.ts');
  const selected = await selectJob(session, read.sources, name);
  return { ...selected, rehearse: () => rehearse(session, selected.items) };
}

/** The code goes when its job goes: the garbage collector's work, not ours. */
async function own(session: Session, applied: readonly Applied[]): Promise<void> {
  const code = applied.find(({ item }) => item.role === 'code');
  const { object: job } = applied.at(-1)!;
  if (!code || code.object.metadata.ownerReferences?.some(({ uid }) => uid === job.metadata.uid)) return;
  const { apiVersion, kind, metadata } = job;
  const ownerReferences = [{ apiVersion, kind, name: metadata.name, uid: metadata.uid }];
  const { name, namespace } = code.object.metadata;
  try {
    const signal = AbortSignal.timeout(15_000);
    await patch(
      session.kube,
      code.item.served,
      name,
      { metadata: { ownerReferences } },
      { namespace: namespace!, signal },
    );
  } catch (error) {
    const why = error instanceof KfError ? error.message : String(error);
    session.context.stderr.write(`${objectName(code.item)} will stay when the job is deleted: ${oneLine(why)}\n`);
  }
}

const foreseen = ({ live, rehearsed }: Item): string =>
  !live ? 'created' : differences(live, rehearsed!).length > 0 ? 'configured' : 'unchanged';

/** `trainjob/digits created in team-a: 2 nodes, python-distributed, code train.py (3.1 kB)`, what came beside it before. */
function report({ context }: Session, kind: JobKind, applied: readonly Applied[], code: Code | undefined): void {
  for (const { item, outcome, object } of applied) {
    if (item.role === 'code') continue;
    let line = `${objectName(item)} ${outcome}`;
    if (outcome === 'configured' && item.live)
      line += `: ${differenceLines(differences(item.live, object)).join(', ')}`;
    if (item.role === 'job' && outcome === 'created')
      line += ` in ${object.metadata.namespace}: ${jobWords(kind, object, item, code)}`;
    context.stderr.write(`${oneLine(line)}\n`);
    const { phase } = item.role === 'job' && outcome === 'unchanged' ? kind.state(object) : { phase: undefined };
    if (phase === 'Succeeded' || phase === 'Failed') {
      const name = object.metadata.name;
      context.stderr.write(
        `it has ${phase === 'Failed' ? 'failed' : 'succeeded'}; to run it again: kubectl kf train delete ${name}, then this\n`,
      );
    }
  }
}

function jobWords(kind: JobKind, job: KubeObject, item: Item, code: Code | undefined): string {
  const nodes = kind.state(job, undefined, item.nodes).nodes.total;
  const words = [`${nodes} node${nodes === 1 ? '' : 's'}`, kind.runtime(job)];
  if (code) words.push(`code ${code.files.length === 1 ? code.entry : code.name} (${fileSize(code.size)})`);
  return words.filter((word) => word !== '').join(', ');
}

async function print(context: Context, format: Format, objects: readonly KubeObject[]): Promise<void> {
  const raw = isRaw(format) ? format : 'yaml';
  if (objects.length === 1) return printObject(context, raw, objects[0]!);
  const printer = new ListPrinter(context, raw);
  await printer.add(objects);
  await printer.end();
}
