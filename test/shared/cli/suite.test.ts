import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeGroup, findGroups } from '../../../scripts/build/groups.ts';
import { groupOf, ownVerbs, suite } from '../../../shared/cli/suite.ts';

test('the table agrees with what each group says of itself', async () => {
  for (const name of findGroups()) {
    const { verbs } = await describeGroup(name);
    const known = name === 'kf' ? ownVerbs : suite.find(({ plugin }) => plugin === name)?.verbs;
    assert.equal([...(known ?? [])], verbs, name);
  }
});

test('no verb is in two groups', () => {
  const all = [...ownVerbs, ...suite.flatMap(({ verbs }) => verbs)];
  assert.equal([...new Set(all)], all);
  assert.is(groupOf('create')?.plugin, 'kf-project');
  assert.is(groupOf('nothing'), undefined);
});

test.run();
