import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Group } from '../../shared/cli/group.ts';
import { yamlText } from '../../shared/view/yaml.ts';
import { root } from './paths.ts';
import type { Target } from './targets.ts';

/** One archive, as its platform in a manifest names it. */
export interface Platform {
  os: 'linux' | 'darwin' | 'windows';
  arch: 'amd64' | 'arm64';
  uri: string;
  /** Of the archive, in hex. */
  sha256: string;
  /** The executable's name in the archive. */
  bin: string;
}

/** krew's (Go's) names of a target's platform. */
export function goPlatform({ os, arch }: Target): Pick<Platform, 'os' | 'arch'> {
  return { os: os === 'win' ? 'windows' : os, arch: arch === 'x64' ? 'amd64' : 'arm64' };
}

/**
 * A group's krew manifest: krew-manifests/plugin.yaml with each `<word>` replaced.
 * @param version without the v
 */
export function renderManifest(group: Group, version: string, platforms: readonly Platform[]): string {
  const template = parse(readFileSync(join(root, 'krew-manifests', 'plugin.yaml'), 'utf8'));
  const { name, summary, description } = group;
  const [platform] = template.spec.platforms;
  const filled = fill(template, { name, version: `v${version}`, summary, description, caveats: caveats(group) });
  filled.spec.platforms = platforms.map((each) => fill(platform, { ...each }));
  return yamlText(filled);
}

// biome-ignore lint/suspicious/noExplicitAny: a YAML document of any form
function fill(node: any, words: Record<string, string>): any {
  if (typeof node === 'string') return words[/^<(\w+)>$/.exec(node)?.[1] ?? ''] ?? node;
  if (Array.isArray(node)) return node.map((item) => fill(item, words));
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, fill(value, words)]));
}

/** What krew says after it installed the plugin: how to begin. */
function caveats({ name, verbs }: Group): string {
  if (name === 'kf')
    return 'Begin with: kubectl kf --help\nThe verbs are in plugins of their own: kubectl krew search kf\n';
  const [first] = verbs;
  return `Begin with: kubectl kf ${first} --help\nIt needs the plugin kf, too: kubectl krew install kf\n`;
}
