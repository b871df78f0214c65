import type { Kube, KubeList, KubeObject } from '../kube/kube.ts';
import { refused } from './events.ts';
import { at, count } from './fields.ts';
import { runtimeOf } from './runtime.ts';

type Kind = 'ClusterTrainingRuntime' | 'TrainingRuntime';

/** Up to so many runtimes are asked for one by one, over the connection that is open; more by two lists. */
const few = 3;

/** How many nodes the runtimes of jobs that do not say it have: learnt as jobs come, each runtime asked for once. */
export class RuntimeNodes {
  readonly #kube: Kube;
  readonly #group: string;
  readonly #namespace: string | undefined;
  /** By {@link refOf}; undefined where the runtime is gone or may not be read. */
  readonly #known = new Map<string, number | undefined>();
  #listed = false;

  /**
   * @param version of the API group trainer.kubeflow.org
   * @param namespace undefined: all
   */
  constructor(kube: Kube, version: string, namespace: string | undefined) {
    this.#kube = kube;
    this.#group = `/apis/trainer.kubeflow.org/${version}`;
    this.#namespace = namespace;
  }

  of(job: KubeObject): number | undefined {
    return this.#known.get(refOf(job));
  }

  async learn(jobs: readonly KubeObject[]): Promise<void> {
    if (this.#listed) return;
    const open = jobs.filter((job) => count(at(job, 'spec', 'trainer', 'numNodes')) === 0).map(refOf);
    const unknown = [...new Set(open)].filter((ref) => !this.#known.has(ref));
    if (unknown.length > few) return this.#list();
    for (const ref of unknown) await this.#ask(ref);
  }

  async #ask(ref: string): Promise<void> {
    const [kind, namespace = '', name = ''] = ref.split('/') as [Kind, string?, string?];
    const path = `${this.#collection(kind, namespace)}/${encodeURIComponent(name)}`;
    const object = await this.#kube.json<KubeObject>({ path }).catch(nothingWhereRefused);
    this.#known.set(ref, object && runtimeOf(object, kind).nodes);
  }

  async #list(): Promise<void> {
    this.#listed = true;
    const kinds = ['ClusterTrainingRuntime', 'TrainingRuntime'] as const;
    const each = kinds.map(async (kind) => {
      const path = this.#collection(kind, this.#namespace ?? '');
      const list = await this.#kube.json<KubeList<KubeObject>>({ path }).catch(nothingWhereRefused);
      for (const item of list?.items ?? []) {
        const { namespace, name, nodes } = runtimeOf(item, kind);
        this.#known.set(`${kind}/${namespace}/${name}`, nodes);
      }
    });
    await Promise.all(each);
  }

  #collection(kind: Kind, namespace: string): string {
    const within = kind === 'TrainingRuntime' && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
    return `${this.#group}${within}/${kind.toLowerCase()}s`;
  }
}

function nothingWhereRefused(error: unknown): undefined {
  if (!refused(error)) throw error;
}

/** `ClusterTrainingRuntime//torch-distributed`, `TrainingRuntime/team-a/own`. */
function refOf(job: KubeObject): string {
  const kind = String(at(job, 'spec', 'runtimeRef', 'kind') ?? 'ClusterTrainingRuntime');
  const namespace = kind === 'TrainingRuntime' ? (job.metadata.namespace ?? '') : '';
  return `${kind}/${namespace}/${String(at(job, 'spec', 'runtimeRef', 'name'))}`;
}
