import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import { Exit } from '../../../shared/cli/errors.ts';
import { commit, nodeVersion, version } from '../../../shared/cli/version.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import { printFacts } from '../../../shared/view/facts.ts';
import { formats, isFormat } from '../../../shared/view/print.ts';

export class Version extends KubeCommand {
  static override paths = [['version']];

  static override usage = {
    description: "this plugin's version, the cluster's, and the Kubeflow APIs that it serves",
    details: `
      The client's part needs no cluster: it is shown first, and where the cluster does not answer the error follows (exit 5).
    `,
    examples: [
      ['client and cluster', 'kubectl kf version'],
      ['without asking the cluster', 'kubectl kf version --client'],
      ['for a script', 'kubectl kf version -o json'],
    ] as [string, string][],
  };

  static override completes: Completes = { output: formats };

  client = Option.Boolean('--client', false, { description: 'only of this plugin; sends no request' });
  output = Option.String('-o,--output', { validator: isFormat, description: 'table, json, yaml or name' });

  async execute(): Promise<number> {
    const rows: [string, string][] = [
      ['client', commit ? `${version} (${commit})` : version],
      ['node', nodeVersion],
    ];
    const data: Record<string, unknown> = { client: { version, commit, node: nodeVersion } };
    const name = `kf/${version}`;
    if (this.client) {
      await printFacts(this.context, this.output, { rows, data, name });
      return Exit.ok;
    }
    let failure: unknown;
    try {
      const server = await this.#server();
      data.server = server;
      rows.push(['server', `${server.version} (${server.address})`]);
      for (const [group, versions] of Object.entries(server.apis)) {
        rows.push([group, versions.join(', ') || 'not installed']);
      }
    } catch (error) {
      failure = error;
    }
    await printFacts(this.context, this.output, { rows, data, name });
    if (failure) throw failure;
    return Exit.ok;
  }

  async #server() {
    const { groupVersions, serverVersion } = await import('../../../shared/kube/server.ts');
    const kube = await this.kube();
    const [version, trainer, jobset] = await Promise.all([
      serverVersion(kube),
      groupVersions(kube, 'trainer.kubeflow.org'),
      groupVersions(kube, 'jobset.x-k8s.io'),
    ]);
    return { version, address: kube.server, apis: { 'trainer.kubeflow.org': trainer, 'jobset.x-k8s.io': jobset } };
  }
}
