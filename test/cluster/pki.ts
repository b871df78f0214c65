/** Certificates and kubeconfig files of the cluster, made by go/pki. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeName, type SlotNames } from './layout.ts';
import { must } from './system.ts';

/** A certificate to be made; with `ips` it is a server's, otherwise a client's. `hours` below 0: it has expired. */
export type CertificateRequest = {
  name: string;
  user: string;
  groups: string[];
  ips?: string[];
  dns?: string[];
  hours?: number;
};

/** Writes NAME.crt and NAME.key for each request into RUN/pki, signed by its CA, which the first call makes. */
export async function issue(bin: string, run: string, requests: CertificateRequest[]): Promise<void> {
  await must(join(bin, 'pki'), [join(run, 'pki')], { input: JSON.stringify(requests) });
}

/** Everything that a new node needs, and the kubeconfig files of its daemons and of its administrator. */
export async function writePki(bin: string, run: string, names: SlotNames): Promise<void> {
  const client = (name: string, user: string, ...groups: string[]) => ({ name, user, groups });
  const service = [
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  const node = `system:node:${nodeName}`;
  await issue(bin, run, [
    {
      ...client('apiserver', 'kube-apiserver'),
      ips: [names.nodeIp, '127.0.0.1', names.serviceIp],
      dns: ['localhost', ...service],
    },
    { ...client('kubelet-serving', node, 'system:nodes'), ips: [names.nodeIp], dns: [nodeName] },
    client('admin', 'admin', 'system:masters'),
    client('apiserver-kubelet', 'apiserver-kubelet-client', 'system:masters'),
    client('kcm', 'system:kube-controller-manager'),
    client('scheduler', 'system:kube-scheduler'),
    client('proxy', 'system:kube-proxy'),
    client('dns', 'coredns', 'system:masters'),
    client('kubelet', node, 'system:nodes'),
  ]);
  for (const name of ['admin', 'kcm', 'scheduler', 'proxy', 'dns', 'kubelet']) writeKubeconfig(run, names.server, name);
}

/** Writes RUN/NAME.kubeconfig with NAME's certificate and gives its path. */
export function writeKubeconfig(run: string, server: string, name: string): string {
  const data = (file: string) => readFileSync(join(run, 'pki', file)).toString('base64');
  const path = join(run, `${name}.kubeconfig`);
  const text = `apiVersion: v1
kind: Config
current-context: kubectl-kf
contexts:
- name: kubectl-kf
  context: {cluster: kubectl-kf, user: ${name}}
clusters:
- name: kubectl-kf
  cluster:
    server: ${server}
    certificate-authority-data: ${data('ca.crt')}
users:
- name: ${name}
  user:
    client-certificate-data: ${data(`${name}.crt`)}
    client-key-data: ${data(`${name}.key`)}
`;
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}
