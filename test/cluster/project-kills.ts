/** kubectl kf delete killed (SIGKILL) at any moment: what it leaves, the same command completes, and nothing stays. */
import * as assert from 'uvu/assert';
import { killAt, measured } from '../support/kills.ts';
import { isNamespace, kubectl, until } from './index.ts';
import type { Human } from './project-people.ts';

/** By moment: before it begins, as it asks the server to delete, and while it waits. */
export const moments = [-0.4, 0, 0.03, 0.3, 0.6];
/** Where it is more of the same. */
export const fewMoments = [0, 0.03, 0.3];

/**
 * Deletes the first of these projects, to see how long that takes, and each other with a kill at a moment of its own.
 * @param who may lose the right to look at a project before it is gone: then the same command says so, with exit 4
 */
export async function killDeletes(who: Human, [first, ...projects]: string[], at = moments): Promise<void> {
  const words = (name: string) => ['delete', name, '--yes', '--timeout', '60s'];
  const begins = /^project \S+, owned by /m;
  const gone = (name: string) => until(`${name} to go`, 30, async () => !(await isNamespace(name)));
  const whole = await measured(await who.start(words(first!)), begins);
  assert.is(whole.code, 0, whole.stderr);
  await gone(first!);
  let landed = 0;
  const phases: string[] = [];
  for (const [i, name] of projects.entries()) {
    if (await killAt(await who.start(words(name)), begins, whole, at[i]!)) landed++;
    const phase = await phaseOf(name);
    phases.push(phase);
    const { code, stderr } = await who.kf(words(name));
    if (phase === 'Active') assert.is(code, 0, stderr);
    else assert.ok([0, 3, 4].includes(code), `${phase}: ${stderr}`);
    if (/^project \S+ deleted$/m.test(stderr)) assert.not(await isNamespace(name));
    await gone(name);
    assert.not((await kubectl(['get', 'profile', name, '--ignore-not-found'])).stdout, `the Profile of ${name} stayed`);
  }
  const all = `killed in ${landed} of ${projects.length}, after which they were ${phases}`;
  assert.ok(landed > projects.length / 2, all);
  assert.ok(phases.includes('Terminating'), all);
}

/** Active only where nothing of it is being deleted, its Profile neither. */
async function phaseOf(name: string): Promise<string> {
  const what = ['profile', name, '--ignore-not-found', '-o', 'jsonpath={.metadata.deletionTimestamp}'];
  if ((await kubectl(['get', ...what])).stdout) return 'Terminating';
  return (await kubectl(['get', 'ns', name, '-o', 'jsonpath={.status.phase}'])).stdout || 'gone';
}
