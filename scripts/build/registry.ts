import { manifest as rules } from '../../shared/datasets/policies.ts';
import type { KubeObject } from '../../shared/kube/kube.ts';
import { manifest } from '../../shared/registry/manifest.ts';
import { yamlText } from '../../shared/view/yaml.ts';

const render = (objects: readonly KubeObject[]): string => objects.map((object) => yamlText(object)).join('---\n');

/** The file that gives a cluster a registry of subcommands, for `kubectl apply -f`. */
export const registryFile = 'kf-subcommands.yaml';

export const renderRegistry = (): string => render(manifest());

/** The same of the rules of projects and datasets. */
export const rulesFile = 'kf-projects.yaml';

export const renderRules = (): string => render(rules);
