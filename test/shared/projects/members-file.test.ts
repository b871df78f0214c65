import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { stringify } from 'yaml';
import { KfError } from '../../../shared/cli/errors.ts';
import { readMembers } from '../../../shared/projects/members-file.ts';
import { whyNobody } from '../../../shared/projects/whom.ts';

const read = (text: string) => readMembers({ name: 'm.yaml', text });

test('who is in a file, however YAML writes it', () => {
  const name = fc.string({ unit: 'grapheme', minLength: 1 }).filter((each) => !whyNobody({ kind: 'User', name: each }));
  const entry = fc.record({ name, group: fc.boolean(), role: fc.constantFrom('admin', 'edit', 'view', 'log-readers') });
  const list = fc.uniqueArray(entry, { selector: (each) => `${each.group}/${each.name}` });
  fc.assert(
    fc.property(list, fc.constantFrom('members', 'items'), fc.boolean(), (entries, key, json) => {
      const value = { [key]: entries.map((e) => ({ [e.group ? 'group' : 'user']: e.name, role: e.role })) };
      const expected = entries.map((e) => ({
        person: { kind: e.group ? 'Group' : 'User', name: e.name },
        roles: [e.role],
      }));
      assert.equal(read(json ? JSON.stringify(value) : stringify(value)), expected);
    }),
  );
});

test('what is wrong is said with its place, all of it', () => {
  const table: [string, RegExp][] = [
    ['', /^m\.yaml holds nothing\n?/],
    ['- user: a', /^m\.yaml:1:1: a file of members has a list, members/],
    ['members:\n- user: a', /:2:3: a has no role/],
    ['members: [{ user: a, group: b, role: edit }]', /a member has a user, or a group/],
    ['members: [{ user: a, role: edit }, { user: a, role: view }]', /a has view and edit: of these one/],
    ['members: [{ user: system:anonymous, role: edit }]', /Kubernetes' own user/],
    ['members: [{ user: true, role: edit }]', /user must be text: put it in quotes/],
    ['membres: []', /a file of members has a list, members/],
    ['members: []\nextra: 1', /:2:1: "extra" is not known here/],
  ];
  for (const [text, says] of table) {
    try {
      read(text);
      assert.unreachable(text);
    } catch (error) {
      assert.instance(error, KfError, String(error));
      assert.is((error as KfError).exit, 2);
      assert.match((error as KfError).message, says);
    }
  }
  const both = 'members:\n- { user: a, rolle: edit }\n- { role: edit }\n';
  assert.throws(
    () => read(both),
    (error: KfError) => error.details.some((line) => line.includes('m.yaml:3:3')),
  );
});

test('anything else that stands in a file is an error of its own, never a fault', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.json().map((json) => `members: ${json}`),
  );
  fc.assert(
    fc.property(text, (any) => {
      try {
        read(any);
      } catch (error) {
        assert.instance(error, KfError);
      }
    }),
    { numRuns: 500 },
  );
});

test.run();
