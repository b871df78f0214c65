// Runs pkg's SEA packer in a process of its own: under the Node that makes the blob, with HOME where the prepared Node is.
import { createRequire } from 'node:module';

export interface Job {
  main: string;
  output: string;
  platform: 'linux' | 'macos' | 'win';
  arch: string;
  node: string;
  seaConfig: Record<string, unknown>;
}

interface Options {
  targets: { nodeRange: string; platform: string; arch: string; output: string }[];
  signature: boolean;
  seaConfig: Record<string, unknown>;
}

// pkg's command line takes no seaConfig; this function of it does. It is internal, hence pkg's pinned version.
const sea = createRequire(import.meta.url)('@yao-pkg/pkg/lib-es5/sea.js').default as (
  entry: string,
  options: Options,
) => Promise<void>;
const job = JSON.parse(process.argv[2]!) as Job;
const { platform, arch, output, node } = job;
await sea(job.main, {
  targets: [{ nodeRange: `node${node}`, platform, arch, output }],
  signature: false,
  seaConfig: job.seaConfig,
});
