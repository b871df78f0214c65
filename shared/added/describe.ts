import type { Context } from '../cli/context.ts';
import { checkDigest } from '../registry/digest.ts';
import type { Found, Parameter, Requirement } from '../registry/entry.ts';
import { summaryOf } from '../registry/find.ts';
import { placeText } from '../registry/place.ts';
import { requirementText } from '../registry/requirement.ts';
import { age } from '../view/age.ts';
import type { Facts } from '../view/facts.ts';
import { safe } from '../view/text.ts';
import { parameterText } from './help.ts';

/** What is asked beside the subcommand itself. */
export interface Asked {
  found: Found;
  /** Others of its name that it stands before. */
  behind: readonly Found[];
  /** Of what it requires; undefined where nobody could be asked. */
  lacks: readonly Requirement[] | undefined;
}

/** All that there is to know of a subcommand before it is run: for people, and for programs. */
export function describeFacts({ found, behind, lacks }: Asked, { now }: Pick<Context, 'now'>): Facts {
  const { metadata, spec } = found.subcommand;
  const { name } = metadata;
  const summary = summaryOf(found);
  const sound = checkDigest(spec);
  const rows: Facts['rows'] = [
    ['name', name],
    ['version', `${spec.version}${spec.pinned ? ', pinned: upgrade leaves it alone' : ''}`],
    ['summary', spec.summary],
    ['level', placeText(found)],
  ];
  const since = summary.created ? `${age(summary.created, now())} ago (${summary.created})` : '';
  const added = [summary.addedBy && `by ${summary.addedBy}`, since].filter(Boolean).join(', ');
  if (added) rows.push(['added', added]);
  if (spec.replaces) rows.push(['replaces', `the built-in ${spec.replaces}, which --builtin runs`]);
  for (const each of behind)
    rows.push(['stands before', `${name} ${each.subcommand.spec.version} of ${placeText(each)}`]);
  rows.push(['usage', `kubectl kf ${[name, ...spec.parameters.map(usageOf)].join(' ')}`]);
  for (const each of spec.parameters)
    rows.push(['  '.concat(labelOf(each)), parameterText(each) || (each.type === 'boolean' ? 'a switch' : 'text')]);
  rows.push([
    'runs',
    spec.runs.map((where) => (where === 'local' ? 'on this machine' : 'in the cluster')).join(' or '),
  ]);
  rows.push(['runtime', [spec.runtime, spec.python, `starts at ${spec.handler}`].filter(Boolean).join(', ')]);
  if (spec.dependencies?.length) rows.push(['packages', spec.dependencies.join(', ')]);
  if (spec.image) rows.push(['image', spec.image]);
  for (const each of spec.requires) rows.push(['needs', needOf(each, lacks)]);
  const { url, commit, path } = spec.origin ?? {};
  if (url) rows.push(['origin', [url, path, commit && `at commit ${commit}`].filter(Boolean).join(', ')]);
  rows.push(['digest', sound ? spec.digest : `${spec.digest} is NOT of what it holds: it will not be run`]);
  const files = Object.entries(spec.files).map(([path, text]) => `${path} (${text.split('\n').length - 1} lines)`);
  rows.push(['source', `${files.join(', ')}: --source shows it`]);
  const before = (spec.history ?? []).map(({ version }) => version);
  if (before.length > 0) rows.push(['versions before', before.join(', ')]);
  const { files: _, history, ...rest } = spec;
  const data = {
    ...summary,
    ...rest,
    files: Object.keys(spec.files),
    history: history?.map(({ version, digest }) => ({ version, digest })) ?? [],
    digestHolds: sound,
    lacks: lacks ?? null,
    standsBefore: behind.map(summaryOf),
  };
  return { rows, data, name: `subcommand.kf.kubeflow.org/${name}` };
}

/** The files as they are, each under its name; safe for a terminal. */
export const sourceText = (files: Record<string, string>): string =>
  Object.entries(files)
    .map(([path, text]) => `==> ${safe(path)} <==\n${safe(text).replace(/\n?$/, '\n')}`)
    .join('\n');

const labelOf = ({ typed, flag, name }: Parameter) => (typed === 'option' ? (flag ?? name) : name);

function usageOf(parameter: Parameter): string {
  const { typed, required, type, name } = parameter;
  const label = typed === 'option' ? labelOf(parameter) + (type === 'boolean' ? '' : ` <${name}>`) : `<${name}>`;
  const repeated = typed === 'words' ? `${label}…` : label;
  return required ? repeated : `[${repeated}]`;
}

function needOf(requirement: Requirement, lacks: readonly Requirement[] | undefined): string {
  const text = requirementText(requirement);
  if (!lacks) return `${text} (whether you may was not to be learned)`;
  const { verbs: _, ...what } = requirement;
  const missing = lacks.find(({ verbs: _, ...each }) => JSON.stringify(each) === JSON.stringify(what));
  if (!missing) return `${text}: you may`;
  return `${text}: you may not${missing.verbs.length < requirement.verbs.length ? ` ${missing.verbs.join(',')}` : ''}`;
}
