import type { Ahead } from '../cli/asks.ts';
import type { Context } from '../cli/context.ts';
import type { Kube, KubeFlags, KubeRequest } from './kube.ts';
import { open } from './open.ts';

/** For flags that choose no other cluster or person: the one that was asked ahead. */
export type Early = (flags: KubeFlags) => Kube | undefined;

const turn = () => new Promise((resolve) => setImmediate(resolve));

/**
 * Opens the kubeconfig as it is, begins to connect and sends the first request. What is wrong with any of it is left to
 * whoever asks for the same, to say.
 */
export async function askAhead({ namespace, ask }: Ahead, context: Context): Promise<Early | undefined> {
  try {
    const { kube: any, connect } = await open({}, context);
    if (!(await connect())) return undefined;
    // The handshake begins; the server works on it while the request is made.
    await turn();
    const kube: Kube = namespace ? { ...any, namespace, namespaceGiven: true } : any;
    const request = await ask(kube.namespace);
    const asked = keep(kube, request);
    return ({ namespace: wanted, verbosity, ...others }) => {
      const same = wanted === namespace && !verbosity && Object.values(others).every((value) => value === undefined);
      return same ? asked : undefined;
    };
  } catch {
    return undefined;
  }
}

/** The same cluster, which answers that request once from what was asked for already. */
function keep(kube: Kube, request: KubeRequest): Kube {
  let answer: Promise<unknown> | undefined = kube.json(request);
  // Whoever awaits it gets to know.
  answer.catch(() => {});
  const key = keyOf(request);
  return {
    ...kube,
    json<T>(wanted: KubeRequest): Promise<T> {
      if (!answer || keyOf(wanted) !== key) return kube.json<T>(wanted);
      const kept = answer as Promise<T>;
      answer = undefined;
      return kept;
    },
  };
}

/** All that tells a request from another; what has functions or signals of its own is no one's twin. */
const keyOf = ({ signal, ...request }: KubeRequest): string | undefined =>
  signal ? undefined : JSON.stringify(request);
