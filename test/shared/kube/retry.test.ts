import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseDuration } from '../../../shared/kube/duration.ts';
import type { KubeRequest } from '../../../shared/kube/kube.ts';
import { isRepeatable, maxRetries, retryAfterSeconds, retryDelay } from '../../../shared/kube/retry.ts';

const post: KubeRequest = { method: 'POST', path: '/x' };

test('what may be sent twice', () => {
  assert.ok(isRepeatable({ path: '/x' }));
  assert.ok(isRepeatable({ ...post, query: { dryRun: 'All' } }));
  assert.ok(isRepeatable({ method: 'PATCH', path: '/x', contentType: 'application/apply-patch+yaml' }));
  assert.ok(isRepeatable({ ...post, path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews' }));
  assert.not(isRepeatable({ path: '/x', once: true }));
  assert.not(isRepeatable(post));
  assert.not(isRepeatable({ method: 'DELETE', path: '/x' }));
  assert.not(isRepeatable({ method: 'PATCH', path: '/x', contentType: 'application/merge-patch+json' }));
});

test('property: waits are bounded, and a POST comes again only after 429 with Retry-After', () => {
  const failure = fc.record({
    status: fc.option(fc.integer({ min: 400, max: 599 }), { nil: undefined }),
    retryAfter: fc.option(fc.integer({ min: 0, max: 1e6 }), { nil: undefined }),
    code: fc.constantFrom('ECONNRESET', 'ECONNREFUSED', 'EPIPE', undefined),
  });
  fc.assert(
    fc.property(failure, fc.nat(9), fc.double({ min: 0, max: 1, noNaN: true }), (what, retries, random) => {
      const { status, ...rest } = what;
      const given = { ...rest, ...(status === undefined ? {} : { status }) };
      const read = retryDelay({ path: '/x' }, given, retries, random);
      if (retries >= maxRetries) assert.is(read, undefined);
      if (read !== undefined) assert.ok(read >= 0 && read <= 60_200);
      const write = retryDelay(post, given, retries, random);
      if (write !== undefined) assert.ok(status === 429 && what.retryAfter !== undefined);
    }),
  );
});

test('a server that is not there is not tried again: that is for watches', () => {
  assert.is(retryDelay({ path: '/x' }, { code: 'ECONNREFUSED' }, 0, 0), undefined);
});

test('Retry-After in seconds and as a date', () => {
  assert.is(retryAfterSeconds('7', 0), 7);
  assert.is(retryAfterSeconds('Thu, 01 Jan 1970 00:00:10 GMT', 4000), 6);
  assert.is(retryAfterSeconds('soon', 0), undefined);
  assert.is(retryAfterSeconds(undefined, 0), undefined);
});

for (const [text, ms] of [
  ['0', 0],
  ['30', 30_000],
  ['30s', 30_000],
  ['1m30s', 90_000],
  ['1.5h', 5_400_000],
  ['300ms', 300],
  ['2us', 0.002],
  ['.5s', 500],
  ['', undefined],
  ['s', undefined],
  ['-1s', undefined],
  ['1x', undefined],
  ['1m 30s', undefined],
  ['1.2.3s', undefined],
] as const) {
  test(`the duration "${text}"`, () => assert.is(parseDuration(text), ms));
}

test.run();
