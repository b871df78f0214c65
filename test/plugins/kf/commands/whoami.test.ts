import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { group } from '../../../../plugins/kf/index.ts';
import { type Answer, apiServer, type Handler, status } from '../../../support/api-server.ts';
import { runCommand } from '../../../support/command.ts';

const self = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
const rulesPath = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
const accessPath = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
const user: Answer = {
  status: 201,
  body: { status: { userInfo: { username: 'alice', groups: ['vision', 'system:authenticated'] } } },
};
const rules = (resourceRules: object[], incomplete = false): Answer => ({
  status: 201,
  body: { status: { resourceRules, nonResourceRules: [], incomplete } },
});
const viewer = {
  verbs: ['get', 'list'],
  apiGroups: ['trainer.kubeflow.org', ''],
  resources: ['trainjobs', 'pods', 'pods/log'],
};

async function whoami(routes: Record<string, Handler | Answer>, ...argv: string[]) {
  const server = await apiServer(routes);
  const result = await runCommand(group, ['whoami', ...argv], { env: { KUBECONFIG: server.kubeconfig } });
  await server.close();
  return { ...result, asked: server.asked, url: server.url };
}

test('user, groups, cluster, project, and what one may do', async () => {
  const { code, stdout, stderr, url } = await whoami({ [self]: user, [rulesPath]: rules([viewer]) });
  assert.equal([code, stderr], [0, '']);
  const lines = stdout.trimEnd().split('\n');
  assert.equal(lines.slice(0, 4), [
    'user       alice',
    'groups     vision, system:authenticated',
    `cluster    local (${url})`,
    'project    team-a (context test)',
  ]);
  assert.is(
    lines[4],
    'may here   see jobs, read logs; not: train, open shells, make notebooks, serve models, manage members',
  );
});

test('an administrator may do everything, a stranger nothing', async () => {
  const all = await whoami({
    [self]: user,
    [rulesPath]: rules([{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }]),
  });
  assert.match(all.stdout, /may here +everything\n/);
  const none = await whoami({ [self]: user, [rulesPath]: rules([]) });
  assert.match(none.stdout, /may here +nothing/);
});

test('where the rules are not the whole truth, the server is asked one by one', async () => {
  const access: Handler = ({ body }) => {
    const { resource } = JSON.parse(body).spec.resourceAttributes;
    return { status: 201, body: { status: { allowed: resource === 'trainjobs' } } };
  };
  const { stdout } = await whoami({ [self]: user, [rulesPath]: rules([], true), [accessPath]: access });
  assert.match(stdout, /may here +train, see jobs; not: read logs/);
});

test('what the server will not tell is said, the rest is shown', async () => {
  const no = status(403, 'Forbidden', 'selfsubjectreviews is forbidden');
  const part = await whoami({ [self]: no, [rulesPath]: rules([viewer]) });
  assert.is(part.code, 0);
  assert.match(
    part.stdout,
    /^user +tester \(the kubeconfig's name for it: not shown: the server does not allow to ask\)\n/,
  );
  const old = await whoami({ [rulesPath]: rules([viewer]) });
  assert.match(old.stdout, 'this server is too old to tell');
  const noRules = await whoami({ [self]: user, [rulesPath]: no });
  assert.match(noRules.stdout, /may here +not shown/);
});

test('--as and -n are sent, and shown', async () => {
  const { stdout, asked } = await whoami(
    { [self]: user, [rulesPath]: rules([]) },
    '--as',
    'alice',
    '--as-group=g',
    '-n',
    'team-b',
  );
  assert.match(stdout, /^user +alice \(--as, by tester\)\n/);
  assert.match(stdout, /project +team-b /);
  assert.ok(
    asked.every(({ headers }) => headers['impersonate-user'] === 'alice' && headers['impersonate-group'] === 'g'),
  );
  assert.is(JSON.parse(asked.find(({ path }) => path === rulesPath)!.body).spec.namespace, 'team-b');
});

test('-o for programs', async () => {
  const { stdout } = await whoami({ [self]: user, [rulesPath]: rules([viewer]) }, '-o', 'json');
  const { groups, may, ...rest } = JSON.parse(stdout);
  assert.equal([rest.user, rest.project, rest.context, groups.length], ['alice', 'team-a', 'test', 2]);
  assert.equal([may['read logs'], may.train], [true, false]);
  assert.is((await whoami({ [self]: user, [rulesPath]: rules([]) }, '-o', 'name')).stdout, 'alice\n');
  assert.match((await whoami({ [self]: user, [rulesPath]: rules([]) }, '-o', 'yaml')).stdout, /^user: alice\n/);
});

test('a token that is not accepted is exit 4', async () => {
  const { code, stdout, stderr } = await whoami({
    [self]: status(401, 'Unauthorized', 'Unauthorized'),
    [rulesPath]: status(401, 'Unauthorized', 'Unauthorized'),
  });
  assert.equal([code, stdout], [4, '']);
  assert.match(stderr, 'not accepted');
});

test.run();
