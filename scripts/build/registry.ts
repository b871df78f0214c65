import { stringify } from 'yaml';
import { manifest } from '../../shared/registry/manifest.ts';

/** The file that gives a cluster a registry of subcommands, for `kubectl apply -f`. */
export const registryFile = 'kf-subcommands.yaml';

export const renderRegistry = (): string =>
  manifest()
    .map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }))
    .join('---\n');
