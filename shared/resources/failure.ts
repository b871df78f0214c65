import { type Reason, reason } from './reason.ts';
import type { Failure } from './resource.ts';

/** Why a pod failed, with its kind and what to do; `node-1 ran out of memory (limit 2Gi, OOMKilled)`. */
export function reasonFailed(failure: Failure): Reason {
  const { code, remedy } = judged(failure);
  return reason(code, `${failure.rank} ${failure.text}`, remedy);
}

function judged({ reason: word, exitCode, text }: Failure): Pick<Reason, 'code' | 'remedy'> {
  if (word === 'OOMKilled')
    return { code: 'memory', remedy: 'give it more memory (resources.limits.memory), or let it use less' };
  if (word === 'StartError' || word === 'ContainerCannotRun') {
    return { code: 'start', remedy: 'its image has no such program, or it may not be run: check command' };
  }
  if (word === 'Evicted')
    return { code: 'evicted', remedy: 'ask for what it uses (resources.requests), so that its node keeps room' };
  if (/^was stopped/.test(text)) return { code: 'node', remedy: 'start it again' };
  if (exitCode === 127) return { code: 'start', remedy: 'its image lacks a program that it calls: check command' };
  if (exitCode === 126) return { code: 'start', remedy: 'make the file executable, or run it with its interpreter' };
  return { code: 'crash', remedy: '' };
}
