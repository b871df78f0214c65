/** A project with many subcommands, each with a source as long as such things are. */
import { openKube } from '../../shared/kube/open.ts';
import { addedBy, type Subcommand } from '../../shared/registry/entry.ts';
import { ensureCluster, kubectl, namespace } from '../cluster/index.ts';
import { ensureRegistry } from '../cluster/registry.ts';
import { context } from './command.ts';
import { subcommandOf } from './subcommands.ts';

export interface ManySubcommands {
  namespace: string;
  /** Of one in the middle. */
  name: string;
  delete(): Promise<void>;
}

export async function manySubcommands(count: number): Promise<ManySubcommands> {
  await ensureRegistry();
  const made = await namespace('many-kfc');
  const { stdout: user } = await kubectl(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}']);
  const kube = await openKube({ kubeconfig: (await ensureCluster()).kubeconfig }, context().context);
  const path = `/apis/kf.kubeflow.org/v1alpha1/namespaces/${made.name}/subcommands`;
  let next = 0;
  const worker = async () => {
    for (let i = next++; i < count; i = next++) await kube.json({ method: 'POST', path, body: one(i, user) });
  };
  try {
    await Promise.all(Array.from({ length: 16 }, worker));
  } catch (error) {
    await made.delete();
    throw error;
  } finally {
    kube.close();
  }
  return { namespace: made.name, name: nameOf(Math.floor(count / 2)), delete: made.delete };
}

const nameOf = (i: number) => `tune-${String(i).padStart(4, '0')}`;

/** About 4 kB. */
function one(i: number, user: string): Subcommand {
  const lines = Array.from(
    { length: 60 },
    (_, n) => `    step_${n} = "line ${n} of subcommand ${i}, as long as such lines are"`,
  );
  const source = `def tune(name, trials: int = 10, metric="loss"):\n${lines.join('\n')}\n    return []\n`;
  const subcommand = subcommandOf(nameOf(i), { files: { 'tune.py': source }, summary: `Tune model ${i}` });
  return { ...subcommand, metadata: { ...subcommand.metadata, annotations: { [addedBy]: user } } };
}
