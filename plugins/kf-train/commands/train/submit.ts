import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { usageError } from '../../../../shared/cli/errors.ts';
import { isDuration, timeoutMs } from '../../../../shared/cli/timeout.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { formats, isFormat, oneOf } from '../../../../shared/view/print.ts';

export class TrainSubmit extends KubeCommand {
  static override paths = [['train']];

  static override usage = {
    description: 'run a job: from a script, a folder of code, or manifests',
    details: `
      Takes manifests (a file, a directory, a kustomization, or - for stdin) with one job and what it needs beside it; or a script or a folder,
      which is shipped with the job and run on a runtime: no image to build. What .kfignore names stays out; 1 MB at most.
      Everything is checked on the server before anything is created, and all is created or nothing.
      -f follows the logs of every node and exits as the job does; Ctrl-C then leaves the job running.
    `,
    examples: [
      [
        'a script on two nodes, followed to its end',
        'kubectl kf train digits train.py --runtime torch-distributed --nodes 2 -f -- --epochs 3',
      ],
      [
        'a folder, with GPUs and a package',
        'kubectl kf train bert ./src --runtime torch-distributed --gpus 1 --memory 16Gi --package datasets',
      ],
      ['a manifest', 'kubectl kf train digits job.yaml'],
      ['see what the server would make of it', 'kubectl kf train digits job.yaml --dry-run=server -o yaml'],
      ['a kustomization, waited for', 'kubectl kf train digits ./overlays/gpu --wait --timeout 2h'],
    ] as [string, string][],
  };

  static override completes: Completes = {
    name: 'none',
    input: 'file',
    runtime: 'runtime',
    nodes: 'none',
    gpus: 'none',
    cpus: 'none',
    memory: 'none',
    env: 'none',
    packages: 'none',
    image: 'none',
    entry: 'file',
    timeout: 'none',
    dryRun: ['client', 'server', 'none'],
    output: formats,
    args: 'file',
  };

  name = Option.String({ name: 'name' });
  input = Option.String({ name: 'yaml|script|folder' });
  runtime = Option.String('--runtime', { description: 'the runtime that runs the code (see train runtimes)' });
  nodes = Option.String('--nodes', { description: 'how many nodes' });
  gpus = Option.String('--gpus', { description: 'GPUs for each node: 2, or amd.com/gpu=2' });
  cpus = Option.String('--cpus', { description: 'CPUs for each node: 4, 500m' });
  memory = Option.String('--memory', { description: 'memory for each node: 8Gi' });
  env = Option.Array('--env', { description: 'NAME=value for the code; may be repeated' });
  packages = Option.Array('--package', { description: 'a package that pip installs first; may be repeated' });
  image = Option.String('--image', { description: "another image than the runtime's" });
  entry = Option.String('--entry', { description: 'the file of the folder that starts it' });
  follow = Option.Boolean('-f,--follow', false, {
    description: 'follow the logs to the end, and exit as the job does',
  });
  wait = Option.Boolean('--wait', false, { description: 'wait for the end, and exit as the job does' });
  timeout = Option.String('--timeout', {
    validator: isDuration,
    description: 'with -f or --wait: no longer than this (exit 5); the job goes on',
  });
  dryRun = Option.String('--dry-run', {
    validator: oneOf(['client', 'server', 'none'] as const),
    description: 'create nothing; print what would be sent (client) or stored (server)',
  });
  output = Option.String('-o,--output', {
    validator: isFormat,
    description: 'yaml, json or name: print what was created',
  });
  args = Option.Rest({ name: '-- arguments' });

  async execute(): Promise<number> {
    if (this.follow && this.wait) throw usageError('-f and --wait exclude each other', '-f waits for the end too');
    const dry = this.dryRun === 'client' || this.dryRun === 'server';
    if (dry && (this.follow || this.wait))
      throw usageError('a dry run makes nothing to wait for: leave out -f and --wait');
    if (this.timeout && !this.follow && !this.wait) throw usageError('--timeout goes with -f or --wait');
    const limit = timeoutMs(this.timeout);
    const { submit } = await import('../../../../shared/train/submit.ts');
    const kube = await this.kube();
    const { runtime, nodes, gpus, cpus, memory, env, packages, image, entry, args } = this;
    const submitted = await submit(kube, this.context, {
      name: this.name,
      input: this.input,
      flags: { runtime, nodes, gpus, cpus, memory, env, packages, image, entry, args },
      kubeconfig: this.kubeconfig,
      dryRun: this.dryRun === 'none' ? undefined : this.dryRun,
      output: this.output,
    });
    if (!submitted) return 0;
    if (this.context.signal.aborted) {
      const { goesOn } = await import('../../../../shared/train/goes-on.ts');
      throw goesOn(submitted.job);
    }
    const { kind, job } = submitted;
    if (this.follow) {
      const { follow } = await import('../../../../shared/train/follow.ts');
      return follow(kube, this.context, kind, job, { timeoutMs: limit });
    }
    if (this.wait) {
      const { waitForEnd } = await import('../../../../shared/train/wait-end.ts');
      return waitForEnd(kube, this.context, kind, job, limit);
    }
    return 0;
  }
}
