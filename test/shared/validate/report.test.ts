import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Finding } from '../../../shared/validate/finding.ts';
import { countText, report, wrap } from '../../../shared/validate/report.ts';
import { context } from '../../support/command.ts';

const finding = (name: string, reason = 'because'): Finding => ({
  ...{ code: 'KF101', severity: 'error', reason, remedy: 'delete it' },
  where: { apiVersion: 'v1', kind: 'Pod', name, namespace: 'team-a' },
});

test('wrapped text keeps its words, and the width where they let it', () => {
  const words = fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 });
  fc.assert(
    fc.property(words, fc.integer({ min: 20, max: 120 }), (all, width) => {
      const lines = wrap(all.join(' '), width, 2);
      assert.equal(lines.map((line) => line.trim()).join(' '), all.join(' '));
      for (const line of lines) assert.ok(line.length <= width + 2, line);
    }),
  );
});

test('a terminal gets blocks, cut after ten of a code; what is hostile is made harmless', async () => {
  const made = context({ terminal: 80 });
  const findings = Array.from({ length: 12 }, (_, i) => finding(`p${i}`, 'user \u001b[31mred\u202e may'));
  await report(made.context, undefined, 'team-a', { findings, notReadable: [] });
  const plain = made.stdout().replace(/\u001b\[\d+m/g, '');
  assert.match(plain, /^error KF101 {2}Rights without a login\n {2}pod\/p0: user red. may\n {4}→ delete it\n/);
  assert.match(plain, /and 2 more: -o table shows all\n/);
  assert.not.match(plain, /[\u001b\u202e]/);
});

test('a pipe gets a table, -o json data with what could not be read', async () => {
  const table = context();
  await report(table.context, undefined, 'team-a', { findings: [finding('p')], notReadable: [] });
  assert.is(table.stdout(), 'SEVERITY   CODE    WHERE   REASON\nerror      KF101   pod/p   because\n');
  const json = context();
  await report(json.context, 'json', 'team-a', { findings: [], notReadable: ['clusterroles'] });
  assert.equal(JSON.parse(json.stdout()), {
    ...{ apiVersion: 'kf.kubeflow.org/validation-v1', kind: 'FindingList', items: [] },
    ...{ project: 'team-a', notReadable: ['clusterroles'] },
  });
});

test('counts', () => {
  assert.is(countText([]), '');
  assert.is(countText([finding('a'), finding('b'), { ...finding('c'), severity: 'note' }]), '2 errors, 1 note');
});

test.run();
