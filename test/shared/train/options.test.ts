import fc from 'fast-check';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { KfError } from '../../../shared/cli/errors.ts';
import { checkName, checkTrainJobName } from '../../../shared/train/name.ts';
import { type CodeFlags, codeOptions, givenFlags } from '../../../shared/train/options.ts';
import { fileSize } from '../../../shared/train/size.ts';

function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    assert.instance(error, KfError);
    assert.is((error as KfError).exit, 2);
    return `${(error as KfError).message}|${(error as KfError).hint ?? ''}`;
  }
  throw new Error('it was taken');
}
const wrong = (flags: CodeFlags) => refusal(() => codeOptions(flags));

test('flags become what a TrainJob takes', () => {
  const options = codeOptions({
    ...{ runtime: 'r', nodes: '4', gpus: 'amd.com/gpu=2', cpus: '500m', memory: '1.5Gi', image: 'a/b:c' },
    ...{ env: ['A=1', 'B=x=y', 'A=2', 'C='], packages: ['torch>=2.4'], args: ['--x'] },
  });
  assert.is(options.nodes, 4);
  assert.equal(options.resources, { cpu: '500m', memory: '1.5Gi', 'amd.com/gpu': '2' });
  assert.equal(options.env, [
    { name: 'A', value: '2' },
    { name: 'B', value: 'x=y' },
    { name: 'C', value: '' },
  ]);
  assert.equal(codeOptions({ gpus: '1' }).resources, { 'nvidia.com/gpu': '1' });
  assert.equal(codeOptions({}).resources, {});
});

test('what they do not take is said with the flag', () => {
  assert.match(wrong({ nodes: '0' }), '--nodes takes a whole number from 1, not "0"');
  assert.match(wrong({ nodes: '2.5' }), '--nodes takes a whole number');
  assert.match(wrong({ gpus: 'all' }), '--gpus takes a whole number');
  assert.match(wrong({ gpus: 'amd=2' }), '--gpus takes a number, or <resource>=<number>');
  assert.match(wrong({ cpus: '-1' }), '--cpus takes a quantity');
  assert.match(wrong({ memory: '8GB' }), 'did you mean 8Gi?');
  assert.match(wrong({ memory: '8' }), '--memory 8 is less than a mebibyte|for gibibytes: --memory 8Gi');
  assert.match(wrong({ env: ['A'] }), '--env takes NAME=value, not "A"');
  assert.match(wrong({ env: ['1A=x'] }), 'is no name for a variable');
  assert.match(wrong({ env: ['PET_NNODES=2'] }), 'PET_NNODES is set by the runtime');
  assert.match(wrong({ packages: ['--index-url=http://x'] }), '--package takes what pip installs');
  assert.match(wrong({ image: 'a b' }), "--image takes an image's name");
});

test('the flags that were given, as typed', () => {
  assert.equal(givenFlags({ packages: ['a'], nodes: '1', env: [], args: [] }), ['--nodes', '--package']);
});

test('names: those that Kubernetes takes, and one that would do for the others', () => {
  for (const name of ['a', 'digits', 'a-1', '1st', 'x'.repeat(63)]) checkName(name);
  assert.match(
    refusal(() => checkName('My Job.py')),
    'take my-job;',
  );
  assert.match(
    refusal(() => checkName('')),
    'it is empty',
  );
  assert.match(
    refusal(() => checkName('x'.repeat(64))),
    'has 64 characters',
  );
  assert.match(
    refusal(() => checkTrainJobName('1st')),
    'take job-1st',
  );
  const room = 63 - '-node-0-9-abcde'.length;
  checkTrainJobName('x'.repeat(room), 'node', 10);
  assert.match(
    refusal(() => checkTrainJobName('x'.repeat(room), 'node', 11)),
    `at most ${room - 1} characters`,
  );
});

test('what is proposed as a name is one', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), (name) => {
      try {
        checkName(name);
      } catch (error) {
        const proposed = /^take (\S+);/.exec((error as KfError).hint ?? '')?.[1];
        if (proposed !== undefined) checkName(proposed);
        else assert.not.match(name, /[a-zA-Z0-9]/);
      }
    }),
  );
});

test('sizes', () => {
  assert.equal([0, 999, 1000, 3120, 999_949, 999_950, 1e6, 5e6].map(fileSize), [
    '0 B',
    '999 B',
    '1 kB',
    '3.1 kB',
    '999.9 kB',
    '1.0 MB'.replace('.0', ''),
    '1 MB',
    '5 MB',
  ]);
});

test.run();
