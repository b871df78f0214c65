import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import { get } from '../kube/apply.ts';
import type { Kube } from '../kube/kube.ts';
import { eventsOf } from '../resources/events.ts';
import { text } from '../resources/fields.ts';
import { oneLine } from '../view/text.ts';
import { type Claim, claimsServed } from './objects.ts';

/** Waits until the volume controller has bound the claims; 0: without end. KfError (exit 5) says what it says of one that it has not. */
export async function waitBound(
  kube: Kube,
  context: Context,
  claims: readonly Claim[],
  timeoutMs: number,
  say: (line: string) => void,
): Promise<void> {
  const until = timeoutMs > 0 ? context.now() + timeoutMs : Number.POSITIVE_INFINITY;
  for (const { metadata } of claims) {
    const { name, namespace } = metadata;
    for (;;) {
      const claim = await get<Claim>(kube, claimsServed, name, namespace);
      if (claim.status?.phase === 'Bound') {
        say(oneLine(`claim ${name} in ${namespace} is bound to ${claim.spec.volumeName}`));
        break;
      }
      if (context.now() >= until) {
        const events = await eventsOf(kube, namespace, { name, kind: 'PersistentVolumeClaim' }).catch(() => []);
        const why = text(events.at(-1)?.message);
        throw new KfError(
          Exit.unreachable,
          `claim ${name} in ${namespace} is not bound yet${why && `: ${oneLine(why)}`}`,
          {
            hint: `it is once a volume is free: kubectl kf provisiondatasets ls -n ${namespace}`,
          },
        );
      }
      await context.sleep(300);
    }
  }
}
