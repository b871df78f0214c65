import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { finding } from '../../../shared/validate/build.ts';
import { codes } from '../../../shared/validate/codes.ts';
import { sarif } from '../../../shared/validate/sarif.ts';

interface Log {
  $schema: string;
  version: string;
  runs: {
    tool: { driver: { name: string; rules: { id: string; shortDescription: { text: string } }[] } };
    invocations: { executionSuccessful: boolean; toolExecutionNotifications: { message: { text: string } }[] }[];
    results: {
      ruleId: string;
      ruleIndex: number;
      level: string;
      message: { text: string };
      locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
      partialFingerprints: Record<string, string>;
    }[];
  }[];
}

const pod = { apiVersion: 'v1', kind: 'Pod', name: 'a b', namespace: 'team-a' };
const all = (Object.keys(codes) as (keyof typeof codes)[]).map((code) => finding(code, pod, 'so', 'do'));

test('what the schema of SARIF 2.1.0 requires, and what code scanning reads', () => {
  const log = sarif(
    'team-a',
    [...all, finding('KF804', { file: '/home/me/.kube/config' }, 'so', 'do')],
    ['clusterroles'],
  ) as Log;
  assert.is(log.version, '2.1.0');
  assert.is(log.runs.length, 1);
  const [{ tool, invocations, results }] = log.runs as [Log['runs'][number]];
  assert.ok(tool.driver.name);
  assert.equal(new Set(tool.driver.rules.map(({ id }) => id)).size, tool.driver.rules.length);
  for (const { shortDescription } of tool.driver.rules) assert.ok(shortDescription.text);
  assert.is(results.length, all.length + 1);
  for (const each of results) {
    assert.is(tool.driver.rules[each.ruleIndex]!.id, each.ruleId);
    assert.ok(['none', 'note', 'warning', 'error'].includes(each.level));
    assert.ok(each.message.text);
    const { uri } = each.locations[0]!.physicalLocation.artifactLocation;
    assert.ok(new URL(uri, 'https://server.example/').href, uri);
    assert.not.match(uri, /\s/);
    assert.match(each.partialFingerprints['kf/v1']!, /^[0-9a-f]{32}$/);
  }
  assert.is(results.at(-1)!.locations[0]!.physicalLocation.artifactLocation.uri, 'file:///home/me/.kube/config');
  assert.is(invocations[0]!.executionSuccessful, true);
  assert.equal(
    invocations[0]!.toolExecutionNotifications.map(({ message }) => message.text),
    ['could not be read: clusterroles'],
  );
});

test('no findings are an empty list, not a missing one', () => {
  const { runs } = sarif('team-a', [], []) as Log;
  assert.equal([runs[0]!.results, runs[0]!.tool.driver.rules], [[], []]);
});

test.run();
