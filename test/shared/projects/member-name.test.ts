import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bindingName, type Person, secondName } from '../../../shared/projects/member-name.ts';

const edit = { kind: 'ClusterRole', word: 'edit' } as const;

test("names are those of Kubeflow's access management", () => {
  const table: [Person, string, string][] = [
    [{ kind: 'User', name: 'a@x.com' }, 'edit', 'user-a-x-com-clusterrole-edit'],
    [{ kind: 'User', name: 'Ann.B+c@X.com' }, 'view', 'user-ann-b-c-x-com-clusterrole-view'],
    [{ kind: 'User', name: '--a--' }, 'edit', 'user-a-clusterrole-edit'],
    [{ kind: 'User', name: '日本' }, 'edit', 'user-clusterrole-edit'],
    [{ kind: 'User', name: 'É\u212aİx' }, 'edit', 'user-x-clusterrole-edit'],
    [{ kind: 'Group', name: 'ml team' }, 'admin', 'group-ml-team-clusterrole-admin'],
  ];
  for (const [person, word, name] of table) assert.is(bindingName(person, { ...edit, word }), name);
  assert.is(bindingName({ kind: 'User', name: 'a' }, { kind: 'Role', word: 'log-readers' }), 'user-a-role-log-readers');
});

const person = fc.record({
  kind: fc.constantFrom('User' as const, 'Group' as const),
  name: fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1 }),
    // Names that come to the same are to be met often.
    fc.array(fc.constantFrom('a', 'A', '.', '-', '@'), { minLength: 1, maxLength: 4 }).map((all) => all.join('')),
    fc.nat(400).map((length) => 'ab'.repeat(length + 1)),
  ),
});

test('a name is one that an object may have, and no two people come to the same second one', () => {
  fc.assert(
    fc.property(person, person, (a, b) => {
      for (const name of [bindingName(a, edit), secondName(a, edit)])
        assert.match(name, /^[a-z0-9](?:[a-z0-9-]{0,251}[a-z0-9])$/);
      assert.is.not(secondName(a, edit), secondName(a, { ...edit, word: 'view' }));
      if (a.name.length < 200) assert.is.not(bindingName(a, edit), secondName(a, edit));
      if (a.kind !== b.kind || a.name !== b.name) assert.is.not(secondName(a, edit), secondName(b, edit));
    }),
    { numRuns: 1000 },
  );
});

test.run();
