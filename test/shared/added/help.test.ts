import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parameterText } from '../../../shared/added/help.ts';
import { addedBy, type Found, type Parameter } from '../../../shared/registry/entry.ts';
import { apiServer } from '../../support/api-server.ts';
import { parameter } from '../../support/registry.ts';
import { runAs } from '../../support/run-added.ts';
import { specOf, subcommandOf } from '../../support/subcommands.ts';

const found = (more = {}): Found => {
  const subcommand = subcommandOf('tune', { parameters: specOf().parameters, ...more });
  subcommand.metadata.annotations = { [addedBy]: 'bob@x.org' };
  return { level: 'project', namespace: 'team-a', subcommand };
};
const help = async (each: Found, words = ['--help'], env = {}) => {
  const ran = await runAs(each, words, { env });
  assert.equal([ran.code, ran.stderr], [0, '']);
  return ran.stdout;
};

test('the page is laid out as a built-in’s, and says whose it is', async () => {
  const tune = found({ description: 'Tries many.\n\nThen *more* `of` it.' });
  assert.is(
    await help(tune),
    `Tune a model

Tries many.

Then *more* \`of\` it.

Words:
  name

Added by bob@x.org to project team-a; version 0.1.0, ${tune.subcommand.spec.digest}.
It runs on this machine or in the cluster.

Options:
  -n, --namespace NAMESPACE  the project (namespace); the context names it otherwise
  --context CONTEXT          the kubeconfig context to use
  --trials TRIALS            how often (whole number; default 10)
  --metric METRIC            (loss | accuracy; default loss)
  -o, --output OUTPUT        how what it returns is printed: table, wide, json, yaml or name
  --where WHERE              where it runs: local or cluster (default local)
  --image IMAGE              the image that it runs in, in the cluster
  --trust TRUST              run it without a question if this is its digest

Usage:
  kubectl kf tune <name> [options]

kubectl's --kubeconfig --cluster --user --as --as-group --as-uid --request-timeout -v are taken too.
`,
  );
  assert.is(await help(tune, ['x', '-h', '--nope']), await help(tune));
});

test('each parameter says what it takes', () => {
  const table: [Partial<Parameter>, string][] = [
    [{}, ''],
    [{ help: 'how\nfast\u001b[31m' }, 'how fast'],
    [{ type: 'integer', required: true }, '(whole number; required)'],
    [{ type: 'number', default: 0.5 }, '(number; default 0.5)'],
    [{ type: 'boolean', default: true }, '(default true; --no-x for false)'],
    [{ type: 'boolean', default: false, help: 'be fast' }, 'be fast'],
    [{ type: 'boolean', typed: 'word' }, '(true or false)'],
    [{ type: 'path', defaultText: 'Path.cwd()' }, '(path; default Path.cwd())'],
    [{ type: 'text', optional: true, default: null }, ''],
    [{ type: 'list', items: 'integer', default: [1, 2] }, '(whole number; may be repeated; default 1, 2)'],
    [{ type: 'map', items: 'text' }, '(key=value; may be repeated)'],
    [{ choices: ['a', 'b'], default: 'a' }, '(a | b; default a)'],
    [{ type: 'date' }, '(a date such as 2026-01-31)'],
  ];
  for (const [more, text] of table) assert.is(parameterText(parameter('x', more)), text, JSON.stringify(more));
});

test('it says what it replaces, and why it is not for the person', async () => {
  const replacing = found({ replaces: 'tune' });
  assert.match(await help(replacing), 'It replaces the built-in tune, which --builtin runs.\n');
  const requires = [
    { verbs: ['create', 'get'], group: 'trainer.kubeflow.org', resource: 'trainjobs' },
    { verbs: ['get'], group: '', resource: 'pods', subresource: 'log' },
  ];
  const server = await apiServer({
    '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews': ({ body }) => {
      const { spec } = JSON.parse(body) as { spec: { resourceAttributes: { verb: string; namespace: string } } };
      const { verb, namespace } = spec.resourceAttributes;
      return { body: { status: { allowed: verb === 'get' && namespace === 'team-a' } } };
    },
  });
  try {
    const page = await help(found({ requires }), ['--help'], { KUBECONFIG: server.kubeconfig });
    assert.match(page, 'and needs create,get trainjobs.trainer.kubeflow.org, get pods/log.\n');
    assert.match(page, 'Not for you as things are: you may not create trainjobs.trainer.kubeflow.org.\n');
    const ran = await runAs(found({ requires }), ['x'], { env: { KUBECONFIG: server.kubeconfig } });
    assert.equal([ran.code, ran.stdout], [4, '']);
    assert.is(
      ran.stderr,
      'not allowed: tune needs create trainjobs.trainer.kubeflow.org in team-a\nask an owner of team-a for that, or choose another project with -n\n',
    );
  } finally {
    await server.close();
  }
  // Nobody can be asked: the page is there all the same.
  assert.not.match(await help(found({ requires })), 'Not for you');
});

test.run();
