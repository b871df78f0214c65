import type { Kube, KubeConnection, KubeRequest } from './kube.ts';

/**
 * Begins a connection before it is known whether it will be wanted: the server works on it meanwhile. The first who asks the
 * cluster that this gives for just that takes it; what is wrong with it is theirs to say. `end` lets go of one that nobody took.
 */
export function connectAhead(kube: Kube, request: KubeRequest, protocols: readonly string[]) {
  let begun: Promise<KubeConnection> | undefined = kube.connect(request, protocols);
  // Whoever takes it listens from then on.
  begun.then(({ socket }) => socket.on('error', () => {})).catch(() => {});
  const take = () => {
    const taken = begun;
    begun = undefined;
    return taken;
  };
  const ahead: Kube = {
    ...kube,
    async connect(wanted, offered) {
      const taken = wanted.path === request.path ? await take() : undefined;
      return taken && !taken.socket.destroyed ? taken : kube.connect(wanted, offered);
    },
  };
  const end = () => void take()?.then(({ socket }) => socket.destroy()).catch(() => {}); // biome-ignore format: one thought
  return { kube: ahead, end };
}
