import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ending } from '../../../shared/kube/remote-end.ts';

const failure = (message: string) => JSON.stringify({ status: 'Failure', reason: 'InternalError', message });
const exited = (code: string) =>
  JSON.stringify({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: code }] },
  });

test('the exit code is the program\u2019s', () => {
  assert.equal(ending('{"status":"Success"}'), { code: 0 });
  assert.equal(ending(exited('7')), { code: 7 });
  assert.equal(ending(exited('255')), { code: 255 });
  for (const odd of ['0', '-1', '256', 'x', '']) assert.equal(ending(exited(odd)), { code: 1 });
});

test('a program that is not there, or can\u2019t be run, as each runtime says it', () => {
  const kind = (message: string) => {
    const end = ending(failure(message));
    return [end.code, end.failure?.kind];
  };
  const chain = 'Internal error occurred: error executing command in container: failed to exec in container: ';
  const runc = `${chain}failed to start exec "0a": OCI runtime exec failed: exec failed: unable to start container process: `;
  assert.equal(kind(`${runc}exec: "sh": executable file not found in $PATH: unknown`), [127, 'not-found']);
  assert.equal(kind(`${runc}exec: "/x": stat /x: no such file or directory: unknown`), [127, 'not-found']);
  assert.equal(kind('exec failed: executable file `sh` not found in $PATH: No such file'), [127, 'not-found']);
  assert.equal(kind(`${runc}exec: "/etc/passwd": permission denied: unknown`), [126, 'not-executable']);
  assert.equal(kind(`${runc}exec /x: exec format error`), [126, 'not-executable']);
  assert.equal(kind(`${runc}chdir to cwd ("/gone") set in config.json failed: no such file or directory`), [
    1,
    'other',
  ]);
  assert.equal(kind('container not found ("main")'), [1, 'other']);
});

test('whatever comes on that channel is an end, without control characters', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
      const { code, failure } = ending(text);
      assert.ok(Number.isInteger(code) && code >= 0 && code < 256);
      assert.not.match(failure?.message ?? '', /[\u0000-\u001f\u007f-\u009f]/);
    }),
  );
});

test.run();
