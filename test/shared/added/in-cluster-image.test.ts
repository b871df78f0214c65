import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { podSettings, usualImage } from '../../../shared/added/in-cluster-image.ts';
import { KfError } from '../../../shared/cli/errors.ts';
import { type Answer, apiServer, status } from '../../support/api-server.ts';
import { context } from '../../support/command.ts';

const map = '/api/v1/namespaces/kf-system/configmaps/kf-command';
const account = '/api/v1/namespaces/team-a/serviceaccounts/default-editor';
const none = status(404, 'NotFound', 'not found');
const refused = status(403, 'Forbidden', 'forbidden');
const image = (text: string): Answer => ({ body: { metadata: { name: 'kf-command' }, data: { image: text } } });
const editor: Answer = { body: { metadata: { name: 'default-editor' } } };

async function settings(answers: Record<string, Answer>, wanted?: string) {
  const server = await apiServer(Object.fromEntries(Object.entries(answers).map(([path, a]) => [`GET ${path}`, a])));
  const kube = await context({ env: { KUBECONFIG: server.kubeconfig } }).context.kube({});
  try {
    return { ...(await podSettings(kube, wanted)), asked: server.asked.map(({ path }) => path) };
  } finally {
    kube.close();
    await server.close();
  }
}

test("the image is the one asked for, then the cluster's setting, then the usual one", async () => {
  const set = { [map]: image('registry.example.com/kf:2\n'), [account]: none };
  assert.is((await settings(set)).image, 'registry.example.com/kf:2');
  const asked = await settings(set, 'mine:1');
  assert.equal([asked.image, asked.asked], ['mine:1', [account]], 'the setting is not looked up');
  for (const answer of [none, refused, image('  '), { body: { metadata: { name: 'kf-command' } } }])
    assert.is((await settings({ [map]: answer, [account]: none })).image, usualImage);
});

test("the account is the one that Kubeflow keeps for a project's members, where the project has it", async () => {
  assert.is((await settings({ [map]: none, [account]: editor })).serviceAccount, 'default-editor');
  for (const answer of [none, refused])
    assert.is((await settings({ [map]: none, [account]: answer })).serviceAccount, 'default');
});

test('a server that fails is not a setting that is not there', async () => {
  const error = await settings({ [map]: status(400, 'BadRequest', 'no'), [account]: none }).catch((thrown) => thrown);
  assert.instance(error, KfError);
});

test.run();
