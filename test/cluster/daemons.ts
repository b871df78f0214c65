/** The node's daemons: their command lines and their files. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeName, type SlotNames } from './layout.ts';

type Paths = { run: string; bin: string; runtime: string };

/** In the order in which the node starts them. */
export const daemonNames = [
  ...['etcd', 'kube-apiserver', 'containerd', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'kube-proxy'],
  'coredns',
] as const;
export type Daemon = (typeof daemonNames)[number];

/** The socket on which containerd listens, reachable from the machine too. */
export const containerdSocket = (run: string) => join(run, 'containerd.sock');

/** Who asked for what of the registry of subcommands, and what came of it: a line of JSON each (audit.k8s.io/v1 Event). */
export const auditLogOf = (run: string) => join(run, 'log/audit');

/** Writes a start script for each daemon and the files that they read into the run folder. */
export function writeDaemons({ run, bin, runtime }: Paths, names: SlotNames): void {
  for (const dir of ['varlib', 'varlog', 'log', 'fake', 'cni', 'bin', 'daemons', 'pids']) mkdirSync(join(run, dir));
  const pki = (name: string) => join(run, 'pki', name);
  const config = (name: string) => join(run, `${name}.kubeconfig`);
  const file = (name: string, text: string) => writeFileSync(join(run, name), text);

  // Debian's nft and runc want libraries that the machine may lack.
  const libraries = readdirSync(join(runtime, 'usr/lib')).filter((name) => name.endsWith('-linux-gnu'));
  const libraryPath = libraries.map((name) => join(runtime, 'usr/lib', name)).join(':');
  writeFileSync(
    join(run, 'bin/nft'),
    `#!/bin/sh\nLD_LIBRARY_PATH='${libraryPath}' exec '${runtime}/usr/sbin/nft' "$@"\n`,
    {
      mode: 0o755,
    },
  );
  file('containerd.toml', containerdConfig(run, runtime));
  file('cni/10-bridge.conflist', JSON.stringify(network(names.podCidr)));
  file('resolv.conf', 'search cluster.local\n');
  // JSON is YAML.
  file('kubelet.yaml', JSON.stringify(kubeletConfig(run, names), undefined, 1));
  file('audit.yaml', JSON.stringify(auditPolicy));
  file('Corefile', corefile(names.nodeIp, config('dns')));

  const local = '--bind-address=127.0.0.1';
  const as = (name: string) =>
    ['kubeconfig', 'authentication-kubeconfig', 'authorization-kubeconfig'].map((flag) => `--${flag}=${config(name)}`);
  const commands: Record<Daemon, string[]> = {
    etcd: [
      ...['etcd', '--data-dir', join(run, 'etcd'), '--unsafe-no-fsync', '--quota-backend-bytes=4294967296'],
      ...['--listen-client-urls', 'http://127.0.0.1:2379', '--advertise-client-urls', 'http://127.0.0.1:2379'],
      ...['--listen-peer-urls', 'http://127.0.0.1:2380'],
    ],
    'kube-apiserver': [
      ...['kube-apiserver', '--etcd-servers=http://127.0.0.1:2379', '--bind-address=0.0.0.0', '--secure-port=6443'],
      ...[
        `--advertise-address=${names.nodeIp}`,
        `--service-cluster-ip-range=${names.serviceCidr}`,
        '--profiling=false',
      ],
      ...[`--tls-cert-file=${pki('apiserver.crt')}`, `--tls-private-key-file=${pki('apiserver.key')}`],
      ...[`--client-ca-file=${pki('ca.crt')}`, '--service-account-issuer=https://kubernetes.default.svc.cluster.local'],
      ...[`--service-account-key-file=${pki('sa.pub')}`, `--service-account-signing-key-file=${pki('sa.key')}`],
      ...['--authorization-mode=Node,RBAC', '--enable-admission-plugins=NodeRestriction', '--allow-privileged=true'],
      ...[
        `--kubelet-client-certificate=${pki('apiserver-kubelet.crt')}`,
        '--kubelet-preferred-address-types=InternalIP',
      ],
      ...[`--kubelet-client-key=${pki('apiserver-kubelet.key')}`, `--kubelet-certificate-authority=${pki('ca.crt')}`],
      ...[`--audit-policy-file=${join(run, 'audit.yaml')}`, `--audit-log-path=${auditLogOf(run)}`],
    ],
    containerd: ['containerd', '-c', join(run, 'containerd.toml')],
    'kube-controller-manager': [
      ...['kube-controller-manager', ...as('kcm'), local, '--leader-elect=false', `--root-ca-file=${pki('ca.crt')}`],
      ...[`--service-account-private-key-file=${pki('sa.key')}`, '--use-service-account-credentials=true'],
      ...[`--cluster-signing-cert-file=${pki('ca.crt')}`, `--cluster-signing-key-file=${pki('ca.key')}`],
    ],
    'kube-scheduler': ['kube-scheduler', ...as('scheduler'), local, '--leader-elect=false'],
    kubelet: [
      ...['kubelet', `--config=${join(run, 'kubelet.yaml')}`, `--kubeconfig=${config('kubelet')}`],
      ...[`--hostname-override=${nodeName}`, `--node-ip=${names.nodeIp}`],
    ],
    'kube-proxy': [
      ...['kube-proxy', `--kubeconfig=${config('proxy')}`, `--hostname-override=${nodeName}`, '--proxy-mode=nftables'],
      ...[`--cluster-cidr=${names.podCidr}`, '--oom-score-adj=0', '--conntrack-max-per-core=0', '--conntrack-min=0'],
      ...['--healthz-bind-address=127.0.0.1:10256', '--metrics-bind-address=127.0.0.1:10249'],
    ],
    coredns: ['coredns', '-conf', join(run, 'Corefile')],
  };
  const path = [join(run, 'bin'), join(runtime, 'usr/bin'), join(runtime, 'usr/sbin'), bin].join(':');
  for (const [name, command] of Object.entries(commands)) {
    const lines = [
      `export PATH='${path}':/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
      // They share two cores with what they are tested with: memory is cheaper than its collection.
      'export GOGC=300',
      'unset LD_LIBRARY_PATH http_proxy https_proxy HTTP_PROXY HTTPS_PROXY all_proxy ALL_PROXY',
      // The number in the node's pid namespace, for the driver that ends or restarts this daemon.
      `echo $$ >'${join(run, 'pids', name)}'`,
      `exec ${command.map((word) => `'${word}'`).join(' ')}`,
    ];
    file(`daemons/${name}`, `${lines.join('\n')}\n`);
  }
}

const containerdConfig = (run: string, runtime: string) => `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"
[grpc]
  address = "${containerdSocket(run)}"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "local.test/pause:1"
  # Where CAP_SYS_RESOURCE is missing, lowering a score fails every pod.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        BinaryName = "${runtime}/usr/sbin/runc"
        SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${runtime}/usr/lib/cni"
    conf_dir = "${run}/cni"
`;

const auditPolicy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [{ level: 'Metadata', resources: [{ group: 'kf.kubeflow.org' }] }, { level: 'None' }],
};

const network = (subnet: string) => ({
  cniVersion: '1.0.0',
  name: 'kubectl-kf',
  plugins: [
    {
      type: 'bridge',
      bridge: 'cni0',
      isGateway: true,
      ipMasq: false,
      hairpinMode: true,
      ipam: { type: 'host-local', ranges: [[{ subnet }]], routes: [{ dst: '0.0.0.0/0' }] },
    },
  ],
});

const kubeletConfig = (run: string, names: SlotNames) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  failCgroupV1: false,
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${names.cgroup}`,
  containerRuntimeEndpoint: `unix://${containerdSocket(run)}`,
  address: names.nodeIp,
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: join(run, 'pki/ca.crt') },
  },
  authorization: { mode: 'Webhook' },
  tlsCertFile: join(run, 'pki/kubelet-serving.crt'),
  tlsPrivateKeyFile: join(run, 'pki/kubelet-serving.key'),
  clusterDomain: 'cluster.local',
  clusterDNS: [names.nodeIp],
  resolvConf: join(run, 'resolv.conf'),
  oomScoreAdj: 0,
  failSwapOn: false,
  makeIPTablesUtilChains: false,
  // The machine's disk and memory are shared with others: a full disk elsewhere must not evict pods here.
  evictionHard: {
    'memory.available': '100Mi',
    'nodefs.available': '0%',
    'nodefs.inodesFree': '0%',
    'imagefs.available': '0%',
    'imagefs.inodesFree': '0%',
  },
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
  maxPods: 200,
  // Short, so that a webhook's new certificate is in its pod soon.
  syncFrequency: '3s',
  nodeStatusUpdateFrequency: '5s',
  fileCheckFrequency: '20s',
  volumePluginDir: '/var/lib/kubelet/plugins-flex',
  shutdownGracePeriod: '0s',
});

const corefile = (address: string, kubeconfig: string) => `cluster.local:53 in-addr.arpa:53 {
  bind ${address}
  errors
  kubernetes cluster.local in-addr.arpa {
    kubeconfig ${kubeconfig} kubectl-kf
    pods insecure
    ttl 5
  }
}
`;
