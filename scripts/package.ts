import { readdirSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chooseGroups } from './build/groups.ts';
import { dist } from './build/paths.ts';
import { registryFile, renderRegistry, renderRules, rulesFile } from './build/registry.ts';
import { makeRelease } from './build/release.ts';
import { targets, UseError } from './build/targets.ts';
import { script, stampOf } from './build.ts';

const usage = `npm run package [-- --target linux-x64,…] [--group kf,…] [--version X.Y.Z] [--out DIR] [--base-url URL]
Makes an archive per plugin and platform with its sha256, and a krew manifest per plugin, in dist/release; for every
platform unless targets are named; beside them, what kubectl apply gives a cluster a registry of subcommands with, and the rules of projects.
--base-url is where the archives will be had.`;

await script(usage, async () => {
  const { values } = parseArgs({
    options: {
      target: { type: 'string', default: targets.map((target) => target.name).join(',') },
      group: { type: 'string' },
      version: { type: 'string', default: stampOf().version },
      out: { type: 'string', default: join(dist, 'release') },
      'base-url': { type: 'string' },
    },
  });
  const { target, group, version } = values;
  if (!/^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(version)) {
    throw new UseError(`--version takes a semantic version without the v (1.2.3), not "${version}"`);
  }
  const out = resolve(values.out);
  // A name that can be nobody's: whoever publishes says where.
  const baseUrl = values['base-url'] ?? `https://kubectl-kf.example/v${version}`;
  if (!/^https?:\/\//.test(baseUrl)) throw new UseError(`--base-url takes an http or https URL, not "${baseUrl}"`);
  await makeRelease({ version, target, group, archives: out, manifests: out, baseUrl });
  if (chooseGroups(group).includes('kf-command')) writeFileSync(join(out, registryFile), renderRegistry());
  if (chooseGroups(group).includes('kf-project')) writeFileSync(join(out, rulesFile), renderRules());
  if (!values['base-url']) process.stderr.write(`the manifests name ${baseUrl}: publish with --base-url\n`);
  for (const name of readdirSync(out).sort()) process.stdout.write(`${relative(process.cwd(), join(out, name))}\n`);
});
