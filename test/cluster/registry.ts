/** The registry of subcommands on the test cluster. Cluster-wide, and left there: each test has names of its own in it. */
import { manifest } from '../../shared/registry/manifest.ts';
import { kubectl, until } from './index.ts';

let made: Promise<void> | undefined;

/** Applies the registry's manifest, as `kubectl apply` does, and waits until it is served. */
export function ensureRegistry(): Promise<void> {
  made ??= apply();
  return made;
}

async function apply(): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: manifest() });
  const args = ['apply', '--server-side', '--force-conflicts', '--field-manager=kubectl-kf', '-f', '-'];
  const { code, stderr } = await kubectl(args, { input });
  if (code !== 0) throw new Error(`the registry's manifest: ${stderr.trim()}`);
  await until('the registry', 30, async () => (await kubectl(['-n', 'kf-system', 'get', 'kfc'])).code === 0);
}
