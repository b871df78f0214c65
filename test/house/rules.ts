/** The house rules that text shows. Each takes a tree and gives what breaks it, as `path: what`. */
import { posix } from 'node:path';
import { bare, importsOf, type Tree } from './tree.ts';

type Rule = (tree: Tree) => string[];

const topFolders = ['.ci', 'krew-manifests', 'plugins', 'scripts', 'shared', 'test'];
const topFiles = [
  ...['.gitignore', '.npmrc', 'CONTRIBUTING.md', 'LICENSE', 'README.md', 'biome.json'],
  ...['package-lock.json', 'package.json', 'tsconfig.json'],
];
const isTest = (path: string) => path.endsWith('.test.ts');
const isProduct = (path: string) => /^(plugins|shared)\//.test(path) && path.endsWith('.ts');
const isCommand = (path: string) => /^plugins\/[^/]+\/commands\//.test(path);
const lines = (text: string) => text.split('\n').length - 1;

/** Each file of the tree that fits, judged by itself. */
const each =
  (fits: (path: string) => boolean, judge: (path: string, text: string) => string[]): Rule =>
  (tree) =>
    [...tree]
      .filter(([path]) => fits(path))
      .flatMap(([path, text]) => judge(path, text).map((what) => `${path}: ${what}`));

const everywhere = () => true;

/** Where files may be. */
export const places: Rule = each(everywhere, (path) => {
  const [top, ...rest] = path.split('/');
  if (rest.length === 0) return topFiles.includes(top!) ? [] : ['not a file for the top level'];
  if (!topFolders.includes(top!)) return ['not a folder for the top level'];
  if (top === '.ci' && path !== '.ci/run') return ['only .ci/run belongs here'];
  // What runs the functions of others is in their language.
  const harness = /^shared\/added\/(harness|in-cluster)(-[a-z]+)?\.py$/.test(path);
  if (path === 'plugins/kf-command/image/Containerfile') return [];
  if ((top === 'plugins' || top === 'shared') && !path.endsWith('.ts') && !harness)
    return ['only TypeScript belongs here'];
  if ((top === 'plugins' || top === 'shared') && rest.length < 2) return ['belongs into a folder of its own'];
  if (top === 'shared' && rest.length > 2) return ['shared has one level of folders'];
  if (top === 'plugins' && rest.length > 2 && rest[1] !== 'commands') return ['a group has one folder, commands'];
  if (path.endsWith('.ts') && !/^[a-z0-9]+(-[a-z0-9]+)*(\.test)?\.ts$/.test(posix.basename(path)))
    return ['name it in-lower-case.ts'];
  return [];
});

/** Every group has what the build and its executable begin with. */
export const groups: Rule = (tree) => {
  const names = new Set(
    [...tree.keys()].filter((path) => path.startsWith('plugins/')).map((path) => path.split('/')[1]!),
  );
  return [...names].flatMap((name) =>
    ['main.ts', 'index.ts']
      .map((file) => `plugins/${name}/${file}`)
      .filter((path) => !tree.has(path))
      .map((path) => `${path}: is missing`),
  );
};

export const sizes: Rule = each(
  (path) => /\.(ts|mjs|sh|py)$/.test(path),
  (path, text) => {
    const most = isCommand(path) ? 120 : isTest(path) ? 400 : 250;
    return lines(text) > most ? [`${lines(text)} lines; at most ${most}`] : [];
  },
);

/** What a folder of shared may import of shared, types apart; `base` is what all may. */
const base = [
  'cli/argv.ts',
  'cli/closest.ts',
  'cli/context.ts',
  'cli/errors.ts',
  'cli/find.ts',
  'cli/group.ts',
  'cli/suite.ts',
  'cli/version.ts',
  'view/text.ts',
];
const layers: Record<string, string[]> = {
  cli: [
    ...['cli/', 'completion/run.ts', 'completion/store.ts', 'registry/remembered.ts', 'registry/names.ts'],
    ...['kube/open.ts', 'kube/early.ts', 'kube/duration.ts', 'process/exec.ts'],
  ],
  process: ['process/'],
  kube: ['kube/', 'process/'],
  resources: ['resources/', 'kube/'],
  view: ['view/', 'resources/'],
  manifest: ['manifest/', 'kube/', 'resources/', 'view/'],
  completion: ['completion/', 'registry/remembered.ts', 'kube/', 'resources/'],
  remote: ['remote/', 'kube/', 'resources/', 'view/'],
  train: ['train/', 'logs/', 'manifest/', 'kube/', 'resources/', 'view/'],
  python: ['python/'],
  registry: [
    'registry/',
    'python/',
    'manifest/',
    'train/code.ts',
    'completion/store.ts',
    'completion/place.ts',
    'kube/',
    'resources/',
    'view/',
    'process/',
  ],
  added: ['added/', 'registry/', 'cli/', 'completion/', 'remote/', 'kube/', 'resources/', 'view/', 'process/'],
  rbac: ['rbac/', 'kube/'],
  projects: [
    ...['projects/', 'rbac/', 'manifest/', 'kube/', 'resources/', 'view/', 'process/'],
    ...['completion/store.ts', 'completion/place.ts', 'registry/git.ts', 'registry/git-target.ts'],
  ],
  datasets: ['datasets/', 'projects/', 'kube/', 'resources/', 'view/'],
  validate: ['validate/', 'rbac/', 'projects/', 'datasets/', 'kube/', 'resources/', 'view/', 'completion/'],
  logs: ['logs/', 'kube/', 'resources/', 'view/'],
};
/** Packages that only one folder imports. */
const keepers: [RegExp, string][] = [
  [/^(hpagent|socks-proxy-agent|openid-client)$/, 'shared/kube/'],
  [/^execa$/, 'shared/process/'],
  [/^fastest-levenshtein$/, 'shared/cli/'],
];

export const imports: Rule = each(isProduct, (path, text) => {
  const [top, folder] = path.split('/') as [string, string];
  return importsOf(path, text).flatMap(({ what, path: target, typeOnly }) => {
    const keeper = keepers.find(([name]) => name.test(what))?.[1];
    if (keeper && !path.startsWith(keeper)) return [`imports ${what}, which only ${keeper} does`];
    if (target === undefined) {
      return isCommand(path) && /^(node:(http|https|net|tls)|yaml|undici)$/.test(what)
        ? [`a command imports no ${what}`]
        : [];
    }
    if (!target.endsWith('.ts')) return [`imports ${what} without .ts`];
    if (top === 'plugins') {
      const own = target.startsWith(`plugins/${folder}/`);
      return own || target.startsWith('shared/') ? [] : [`imports ${target}, which is not shared`];
    }
    if (!target.startsWith('shared/')) return [`imports ${target}: shared stands by itself`];
    if (typeOnly) return [];
    const inside = target.slice('shared/'.length);
    const allowed = layers[folder];
    if (!allowed) return ['is in a folder without a rule: say in test/house/rules.ts what it may import'];
    return [...allowed, ...base].some((each) => inside.startsWith(each))
      ? []
      : [`imports ${target}: data flows the other way`];
  });
});

/** Only shared/cli sees the process; everyone else is given a context. */
export const worldly: Rule = each(
  (path) => isProduct(path) && !path.startsWith('shared/cli/'),
  (_, text) => {
    const code = bare(text);
    const found = [/(?<![.\w'/])process\.\w+/, /(?<![.\w])console\.\w+/, /globalThis\.process/].map(
      (each) => each.exec(code)?.[0],
    );
    const named = importsOf('', text).some(({ what }) => what === 'node:process') ? ['node:process'] : [];
    return [...found.filter((hit) => hit !== undefined), ...named].map((hit) => `touches ${hit}`);
  },
);

/**
 * A test stands where what it tests stands: test/shared/kube/x.test.ts for shared/kube/x.ts, or a part of it: x-y.test.ts. Of a
 * group's commands, test/plugins/kf-train/list.test.ts may test commands/train/list.ts.
 */
export const mirror: Rule = (tree) => {
  const commands = new Set(
    [...tree.keys()].filter(isCommand).map((path) => path.replace(/commands\/.*\//, '').replace(/commands\//, '')),
  );
  return [...tree.keys()]
    .filter((path) => isTest(path) && /^test\/(shared|plugins|scripts)\//.test(path))
    .filter((path) => {
      const words = path.slice('test/'.length, -'.test.ts'.length).split('-');
      const files = words.map((_, i) => `${words.slice(0, words.length - i).join('-')}.ts`);
      return !files.some((file) => tree.has(file) || tree.has(file.replace(/ts$/, 'mjs')) || commands.has(file));
    })
    .map((path) => `${path}: tests nothing that is there`);
};

/** Every test file runs its tests, all of them. */
export const wholeTests: Rule = each(isTest, (_, text) => {
  const wrong: string[] = [];
  if (!/^\s*\w+\.run\(\);$/m.test(text)) wrong.push('does not call test.run()');
  if (/^\s*(?:test|[a-z]+)\.only\(/m.test(text)) wrong.push('runs only some of its tests');
  return wrong;
});

/** npm ci refuses a lock file that leaves out an optional package of another platform. */
export const lockFile: Rule = (tree) => {
  const text = tree.get('package-lock.json');
  if (text === undefined) return ['package-lock.json: is missing'];
  const { packages } = JSON.parse(text) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  return Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`])
      .map((name) => `package-lock.json: has no ${name}, which ${path} asks for`),
  );
};

export const rules: Record<string, Rule> = { places, groups, sizes, imports, worldly, mirror, wholeTests, lockFile };
