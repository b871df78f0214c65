import { Exit, KfError } from '../cli/errors.ts';
import type { Kube } from './kube.ts';

/** The API server's version, as `v1.36.2` (apimachinery version.Info, gitVersion). */
export async function serverVersion(kube: Kube): Promise<string> {
  const { gitVersion } = await kube.json<{ gitVersion?: string }>({ path: '/version' });
  return gitVersion ?? '';
}

/** Versions in which the server serves an API group, the preferred one first; none where it doesn't (meta/v1 APIGroup). */
export async function groupVersions(kube: Kube, group: string): Promise<string[]> {
  try {
    const path = `/apis/${group}`;
    const answer = await kube.json<{ versions?: { version: string }[]; preferredVersion?: { version: string } }>({
      path,
    });
    const preferred = answer.preferredVersion?.version;
    const all = (answer.versions ?? []).map(({ version }) => version);
    return all.sort((a, b) => Number(b === preferred) - Number(a === preferred));
  } catch (error) {
    if (error instanceof KfError && error.exit === Exit.notFound) return [];
    throw error;
  }
}
