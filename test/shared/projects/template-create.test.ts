import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import type { CachedGroup } from '../../../shared/kube/discovery-cache.ts';
import { readRule } from '../../../shared/projects/template-create.ts';

const resource = (kind: string, plural: string, ...shortNames: string[]) => ({
  ...{ kind, plural, singular: kind.toLowerCase(), shortNames, namespaced: true },
});
const groups = [
  { name: '', versions: [{ version: 'v1', resources: [resource('Pod', 'pods', 'po'), resource('Event', 'events')] }] },
  { name: 'batch', versions: [{ version: 'v1', resources: [resource('Job', 'jobs')] }] },
  { name: 'events.k8s.io', versions: [{ version: 'v1', resources: [resource('Event', 'events')] }] },
] as CachedGroup[];

test('a rule for each API group, its kinds by any name', () => {
  const verbs = ['get', 'list'];
  assert.equal(readRule('get,list:po,pods/log,Job', groups), [
    { apiGroups: [''], resources: ['pods', 'pods/log'], verbs },
    { apiGroups: ['batch'], resources: ['jobs'], verbs },
  ]);
  assert.equal(readRule('get:events.events.k8s.io', groups), [
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['get'] },
  ]);
  assert.throws(() => readRule('get:podz', groups), /^the cluster serves no "podz"; did you mean pods\?$/);
  assert.throws(() => readRule('get pods', groups), /is no rule/);
});

test('whatever else is typed is an error of its own', () => {
  const word = fc.oneof(fc.constantFrom('get', 'pods', 'po', ',', ':', '/', '.', 'batch'), fc.string());
  fc.assert(
    fc.property(
      fc.array(word).map((all) => all.join('')),
      (text) => {
        try {
          for (const rule of readRule(text, groups)) assert.ok(rule.verbs!.length > 0 && rule.resources!.length > 0);
        } catch (error) {
          assert.instance(error, KfError);
        }
      },
    ),
    { numRuns: 500 },
  );
});

test.run();
