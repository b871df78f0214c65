import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { describeGroup, findGroups } from '../../../scripts/build/groups.ts';
import { goPlatform, renderManifest } from '../../../scripts/build/manifest.ts';
import { targets } from '../../../scripts/build/targets.ts';

test('each group makes a manifest with nothing left to fill in', async () => {
  for (const name of findGroups()) {
    const group = await describeGroup(name);
    const platforms = targets.map((target) => {
      const uri = `https://kubectl-kf.example/${target.name}.tar.gz`;
      return { ...goPlatform(target), uri, sha256: 'ab'.repeat(32), bin: `bin-of-${target.name}` };
    });
    const text = renderManifest(group, '1.2.3', platforms);
    assert.not.match(text, /<\w+>/);
    const { metadata, spec } = parse(text);
    assert.is(metadata.name, name);
    assert.is(spec.version, 'v1.2.3');
    assert.is(spec.shortDescription, group.summary);
    assert.ok(group.summary.length <= 60 && !group.summary.includes('\n'), group.summary);
    assert.equal(
      spec.platforms.map((p: { selector: { matchLabels: object } }) => p.selector.matchLabels),
      [
        { os: 'linux', arch: 'amd64' },
        { os: 'linux', arch: 'arm64' },
        { os: 'darwin', arch: 'amd64' },
        { os: 'darwin', arch: 'arm64' },
        { os: 'windows', arch: 'amd64' },
      ],
    );
    assert.equal(spec.platforms[4].files, [
      { from: 'bin-of-win-x64', to: '.' },
      { from: 'LICENSE', to: '.' },
    ]);
  }
});

test.run();
