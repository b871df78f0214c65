import { Option } from 'clipanion';
import { KubeCommand } from '../../shared/cli/command.ts';
import type { KubeFlags } from '../../shared/kube/kube.ts';
import type { Level } from '../../shared/registry/entry.ts';
import { levelOf } from '../../shared/registry/place.ts';

/** A command on the registry: --personal, --project and --cluster say which level is meant. */
export abstract class LevelCommand extends KubeCommand {
  personal = Option.Boolean('--personal', false, { description: 'your own, on this machine' });
  project = Option.Boolean('--project', false, { description: "the project's" });
  /** In the place of kubectl's `--cluster NAME`: the kubeconfig's context chooses the cluster here. */
  override cluster = Option.Boolean('--cluster', false, { description: "the whole cluster's" }) as unknown as undefined;

  /** The level that was said. */
  protected level(): Level | undefined {
    return levelOf({ personal: this.personal, project: this.project, cluster: this.cluster === (true as unknown) });
  }

  protected override flags(): KubeFlags {
    return { ...super.flags(), cluster: undefined };
  }
}
