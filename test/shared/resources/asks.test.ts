import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { at, closeServers, kubeconfig, reply, serve, usualCertificates } from '../kube/support.ts';

test.before(usualCertificates);
test.after(closeServers);

test('what train list asks ahead is what it asks: no request is sent twice', async () => {
  const asked: string[] = [];
  const server = await serve((request, response) => {
    asked.push(request.url!);
    const list = { kind: 'TrainJobList', apiVersion: 'trainer.kubeflow.org/v1alpha1', metadata: {}, items: [] };
    if (request.url!.includes('/trainjobs')) reply(response, 200, list);
    else reply(response, 200, { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', items: [] });
  });
  const file = at('asks');
  writeFileSync(file, kubeconfig({ server: server.url, 'certificate-authority': 'ca.crt' }, { token: 't' }));
  const main = join(import.meta.dirname, '../../../plugins/kf-train/main.ts');
  const env = { PATH: process.env.PATH, HOME: at('home'), KUBECONFIG: file };
  const all = '/apis/trainer.kubeflow.org/v1alpha1';
  for (const [flags, path] of [
    [['-n', 'team-b'], `${all}/namespaces/team-b/trainjobs?limit=100`],
    [['-A'], `${all}/trainjobs?limit=100`],
    [[], `${all}/namespaces/default/trainjobs?limit=100`],
  ] as const) {
    asked.length = 0;
    await promisify(execFile)(process.execPath, [main, 'list', ...flags], { env });
    assert.equal(
      asked.filter((url) => url.includes('/trainjobs')),
      [path],
    );
  }
});

test.run();
