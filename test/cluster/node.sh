#!/bin/bash
# Process 1 of the node: it makes the node's private mounts and starts its daemons. When it dies, the kernel ends everything in
# its pid namespace, containers included. Arguments: the run folder, the machine's
# address, the name of the node's link to it.
set -u
RUN=$1 HOST_IP=$2 NODE_LINK=$3
umask 022
mount --make-rshared / # the kubelet wants shared propagation; this is a mount namespace of our own
mount -t tmpfs tmpfs /run
mount --bind "$RUN/varlib" /var/lib
mount --bind "$RUN/varlog" /var/log
mkdir -p /run/netns /var/lib/{kubelet,cni,containerd} /var/log/pods

# The kubelet sets these for the whole machine. It gets look-alikes that hold what it wants.
lookalike() {
  echo "$1" >"$RUN/fake/$2"
  mount --bind "$RUN/fake/$2" "/proc/sys/$3"
}
lookalike 1 overcommit vm/overcommit_memory
lookalike 10 panic kernel/panic
lookalike 1 oops kernel/panic_on_oops
echo 1 >/proc/sys/net/ipv4/ip_forward # of this network namespace

# The fence: nothing in here opens a connection to the machine outside. The machine may dial in.
"$RUN/bin/nft" -f - <<RULES || { echo "the fence's rules failed"; exit 1; }
table inet fence {
  chain output { type filter hook output priority 0; oifname "$NODE_LINK" ip daddr $HOST_IP ct state new counter reject; }
  chain forward { type filter hook forward priority 0; iifname "cni0" oifname "$NODE_LINK" ct state new counter reject; }
}
RULES

start() { bash "$RUN/daemons/$1" >>"$RUN/log/$1.log" 2>&1 & }
start etcd
start kube-apiserver
start containerd
# The driver makes this file once the API server answers.
until [ -e "$RUN/go-on" ]; do sleep 0.05; done
for name in kube-controller-manager kube-scheduler kubelet kube-proxy coredns; do start "$name"; done
# Reap what ends, also what its parent left behind.
while :; do wait -n || sleep 1; done
