import { PassThrough } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { bootAheadOf } from '../../../shared/added/ahead.ts';
import { findRunner } from '../../../shared/added/runner.ts';
import type { Kube, KubeFlags } from '../../../shared/kube/kube.ts';
import type { Found } from '../../../shared/registry/entry.ts';
import { trust } from '../../../shared/registry/trust.ts';
import { context } from '../../support/command.ts';
import { subcommandOf } from '../../support/subcommands.ts';

const found: Found = { level: 'personal', subcommand: subcommandOf('tune', { runs: ['cluster'] }) };
const { digest } = found.subcommand.spec;
const pod = {
  metadata: { name: 'kf-runner-1', labels: { 'kf.kubeflow.org/runner': 'base' } },
  spec: { containers: [{ name: 'main', image: 'base:1' }] },
};

/** A cluster with a runner in it, which this machine remembers where `runner` says so; what was asked of it. */
async function world({ runner = true, unusable = false } = {}) {
  const opened: KubeFlags[] = [];
  const connected: string[] = [];
  const kube = {
    ...{ server: 'https://there', namespace: 'team-a' },
    json: async () => ({ items: [pod] }),
    connect: async ({ path }: { path: string }) => {
      connected.push(path);
      return { socket: new PassThrough(), protocol: 'v5.channel.k8s.io' };
    },
    close() {},
  } as unknown as Kube;
  const made = context({
    async kube(flags) {
      opened.push(flags);
      if (unusable) throw new Error('no such context');
      return kube;
    },
  }).context;
  if (runner) await findRunner(kube, made, undefined);
  return { context: made, opened, connected };
}

test('nothing is opened for what is not trusted, nor for another digest than the one that --trust names', async () => {
  const { context, opened, connected } = await world();
  for (const words of [[], ['--trust=sha256:0'], ['--', `--trust=${digest}`]])
    assert.is(await bootAheadOf(found, words, context), undefined);
  assert.equal([opened, connected], [[], []]);
});

test('the runner that is remembered is set going, and who opens the same cluster gets that connection', async () => {
  const { context, opened, connected } = await world();
  trust(context, digest, { name: 'tune', origin: 'a test' });
  const ahead = await bootAheadOf(found, ['x', '-n', 'team-a'], context);
  assert.is(connected.length, 1);
  assert.match(connected[0]!, /^\/api\/v1\/namespaces\/team-a\/pods\/kf-runner-1\/exec\?command=python3&/);
  const kube = await ahead!.context.kube({ namespace: 'team-a', verbosity: 0 });
  await kube.connect({ path: connected[0]! }, []);
  assert.is(connected.length, 1);
  assert.equal(opened, [{ namespace: 'team-a' }]);
  await ahead!.context.kube({ namespace: 'team-b' });
  assert.equal(opened.at(-1), { namespace: 'team-b' });
  ahead!.end();
});

test('without a runner that is remembered for the image, and without a cluster, it is all left to the run', async () => {
  const none = await world({ runner: false });
  (await bootAheadOf(found, [`--trust=${digest}`], none.context))!.end();
  const other = await world();
  (await bootAheadOf(found, [`--trust=${digest}`, '--image', 'other:1'], other.context))!.end();
  assert.equal([none.connected, other.connected], [[], []]);
  const unusable = await world({ unusable: true });
  assert.is(await bootAheadOf(found, [`--trust=${digest}`], unusable.context), undefined);
});

test.run();
