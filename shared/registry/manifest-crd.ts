import type { KubeObject } from '../kube/kube.ts';
import { apiGroup, apiVersion, kind, plural } from './entry.ts';
import { builtins, namePattern, reserved } from './names.ts';
import { printerColumns } from './rows.ts';
import { mostSource, type Schema, specSchema } from './schema.ts';

/** A list of CEL's. */
const words = (names: Iterable<string>) => `[${[...names].map((name) => `'${name}'`).join(', ')}]`;

const replaceable = [...builtins].filter((name) => !reserved.has(name));

/** What holds of the whole object, whichever client wrote it. */
const objectRules: Schema['x-kubernetes-validations'] = [
  {
    rule: `!(self.metadata.name in ${words(reserved)})`,
    messageExpression: `self.metadata.name + " is a verb that can't be replaced"`,
  },
  {
    rule: `!(self.metadata.name in ${words(replaceable)}) || has(self.spec.replaces)`,
    messageExpression: `self.metadata.name + " is a built-in verb: it is only taken by a subcommand that says so (kubectl kf command replace)"`,
  },
  {
    rule: `!has(self.spec.replaces) || self.spec.replaces == self.metadata.name`,
    message: 'spec.replaces is its own name, or nothing',
  },
  {
    rule: `!has(self.spec.replaces) || self.spec.replaces in ${words(replaceable)}`,
    messageExpression: `self.spec.replaces + " is no built-in verb that can be replaced"`,
  },
];

const same = (a: string, b: string) => `${a}.version != ${b}.version || ${a}.digest == ${b}.digest`;
const changed = (what: string) => `a version never changes: ${what}; give it a new version`;

/** A digest that was there under a version stays that version's. */
const specRules: Schema['x-kubernetes-validations'] = [
  { rule: same('self', 'oldSelf'), message: changed('its digest is another'), fieldPath: '.digest' },
  {
    rule: `!has(oldSelf.history) || oldSelf.history.all(old, ${same('self', 'old')})`,
    message: changed('it is in the history with another digest'),
    fieldPath: '.digest',
  },
  {
    rule: `!has(self.history) || self.history.all(kept, ${same('kept', 'oldSelf')})`,
    message: changed('in the history it has another digest'),
    fieldPath: '.history',
  },
  {
    rule: `!has(self.history) || !has(oldSelf.history) || self.history.all(kept, oldSelf.history.all(old, ${same('kept', 'old')}))`,
    message: changed('in the history it has another digest'),
    fieldPath: '.history',
  },
  {
    rule: `!has(self.history) || self.history.all(kept, ${same('kept', 'self')})`,
    message: 'a version is there twice, with two digests',
    fieldPath: '.history',
  },
  {
    rule: `self.files.map(path, size(self.files[path])).sum() <= ${mostSource}`,
    message: `the source is longer than ${mostSource} characters in all`,
    fieldPath: '.files',
  },
  {
    rule: `!has(self.history) || self.history.map(kept, kept.files.map(path, size(kept.files[path])).sum()).sum() <= ${mostSource}`,
    message: `the source of all versions before is longer than ${mostSource} characters in all`,
    fieldPath: '.history',
  },
];

const schema: Schema = {
  type: 'object',
  description: 'A verb of kubectl kf that someone added: who may get it may see and use it.',
  properties: {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object', properties: { name: { type: 'string', maxLength: 40, pattern: namePattern } } },
    spec: { ...specSchema, 'x-kubernetes-validations': specRules },
  },
  required: ['spec'],
  'x-kubernetes-validations': objectRules,
};

export const crd: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.${apiGroup}` },
  spec: {
    group: apiGroup,
    names: { kind, listKind: `${kind}List`, plural, singular: kind.toLowerCase(), shortNames: ['kfc'] },
    scope: 'Namespaced',
    versions: [
      {
        name: apiVersion.split('/')[1],
        served: true,
        storage: true,
        schema: { openAPIV3Schema: schema },
        additionalPrinterColumns: printerColumns,
      },
    ],
  },
};
