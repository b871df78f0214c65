import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ResourceRule } from '../../../shared/kube/reviews.ts';
import { allows, allowsAll } from '../../../shared/resources/abilities.ts';

const rule = (verbs: string[], apiGroups: string[], resources: string[], resourceNames?: string[]): ResourceRule => ({
  verbs,
  apiGroups,
  resources,
  ...(resourceNames ? { resourceNames } : {}),
});

test('verb, group and resource must all fit, in one rule', () => {
  const create = { verb: 'create', group: 'apps', resource: 'deployments' };
  assert.ok(allows([rule(['get', 'create'], ['', 'apps'], ['deployments'])], create));
  assert.not(allows([rule(['get'], ['apps'], ['deployments']), rule(['create'], ['apps'], ['pods'])], create));
  assert.not(allows([rule(['create'], [''], ['deployments'])], create));
});

test('a star stands for all of its kind', () => {
  const logs = { verb: 'get', resource: 'pods', subresource: 'log' };
  for (const resources of [['*'], ['pods/log'], ['*/log']])
    assert.ok(allows([rule(['*'], ['*'], resources)], logs), resources[0]);
  assert.not(allows([rule(['get'], [''], ['pods'])], logs));
  assert.not(allows([rule(['get'], [''], ['pods/*'])], logs));
});

test('a right to some objects by name is none to all', () => {
  assert.not(allows([rule(['get'], [''], ['configmaps'], ['one'])], { verb: 'get', resource: 'configmaps' }));
});

test('everything is everything', () => {
  assert.ok(allowsAll([rule(['*'], ['*'], ['*'])]));
  assert.not(allowsAll([rule(['*'], [''], ['*'])]));
  assert.not(allowsAll([rule(['get', 'list'], ['*'], ['*'])]));
});

test.run();
