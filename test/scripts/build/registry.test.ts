import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseAllDocuments } from 'yaml';
import { renderRegistry, renderRules } from '../../../scripts/build/registry.ts';
import { manifest as rules } from '../../../shared/datasets/policies.ts';
import { manifest } from '../../../shared/registry/manifest.ts';

test('the file holds what kubectl kf command init applies', () => {
  const documents = parseAllDocuments(renderRegistry());
  assert.equal(
    documents.map((each) => each.toJS()),
    JSON.parse(JSON.stringify(manifest())),
  );
  assert.ok(documents.every(({ errors }) => errors.length === 0));
  assert.not.match(renderRegistry(), /[&*]a\d/);
});

test('the other one what kubectl kf create --init applies', () => {
  const documents = parseAllDocuments(renderRules());
  assert.equal(
    documents.map((each) => each.toJS()),
    JSON.parse(JSON.stringify(rules)),
  );
});

test.run();
