import { isUtf8 } from 'node:buffer';
import { extname } from 'node:path';
import { usageError } from '../cli/errors.ts';
import type { KubeObject } from '../kube/kube.ts';
import type { Code } from './code.ts';
import type { Language } from './entry.ts';
import { languageOf } from './entry.ts';

/** Where the code is mounted (read-only) and where it runs: a copy that may be written to. */
export const codeMount = '/opt/kf-code';
export const workspace = '/workspace';

/** The ConfigMap's name: its content is in it, so that another version never meets a job that runs. */
export const codeName = (job: string, code: Code): string => `${job}-code-${code.sha256.slice(0, 10)}`;

/** The code as an immutable ConfigMap; its keys are numbers, since paths hold what keys may not. */
export function codeConfigMap(job: string, namespace: string, code: Code): KubeObject {
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  for (const [i, { bytes }] of code.files.entries()) {
    if (isUtf8(bytes) && !bytes.includes(0)) data[`f${i}`] = bytes.toString('utf8');
    else binaryData[`f${i}`] = bytes.toString('base64');
  }
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name: codeName(job, code),
      namespace,
      annotations: { 'kf.kubeflow.org/code-sha256': code.sha256 },
    },
    immutable: true,
    ...(Object.keys(data).length > 0 ? { data } : {}),
    ...(Object.keys(binaryData).length > 0 ? { binaryData } : {}),
  };
}

/** The pod's volumes for it: the files under their paths and modes, and an empty directory to copy them to. */
export function codeVolumes(job: string, code: Code): object[] {
  const items = code.files.map(({ path, executable }, i) => ({ key: `f${i}`, path, mode: executable ? 0o755 : 0o644 }));
  return [
    { name: 'kf-code', configMap: { name: codeName(job, code), items } },
    { name: 'kf-workspace', emptyDir: {} },
  ];
}

export interface Start {
  code: Code;
  packages: readonly string[];
  /** Kubeflow Trainer's word for the runtime: `torch`, `deepspeed`. */
  framework: string;
  mpi: boolean;
  env: readonly { name: string; value: string }[];
  args: readonly string[];
}

/** The trainer's command and arguments: copies the code to {@link workspace}, installs, and becomes the person's program. */
export function startCommand(start: Start): { command: string[]; args: string[] } {
  const script = start.mpi ? mpiScript(start) : plainScript(start);
  const shell = ['sh', '-c', literal(script), 'kf'];
  // Each rank is started by mpirun over ssh, with nothing of the container's environment but what -x names.
  const passed = start.env.flatMap(({ name }) => ['-x', name]);
  const command = start.mpi ? ['mpirun', '--allow-run-as-root', ...passed, ...shell] : shell;
  return { command, args: start.args.map(literal) };
}

/** Kubernetes replaces $(NAME) in commands and arguments; `$$(` stands for itself. */
const literal = (text: string): string => text.replaceAll('$(', '$$$$(');

const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

// A mounted ConfigMap's files are links into ..data; the copy is of real files.
const copy = [`src=${codeMount}/..data`, `[ -d "$src" ] || src=${codeMount}`, `cp -R "$src/." ${workspace}/`];

const userBase = `${workspace}/.kf-packages`;

function install(packages: readonly string[]): string[] {
  if (packages.length === 0) return [];
  const pip = `"$py" -m pip install --quiet --no-cache-dir`;
  const words = packages.map(quote).join(' ');
  return [
    `${pip} --user ${words} || ${pip} ${words} || { echo ${quote(`kubectl kf: could not install ${packages.join(' ')}`)} >&2; exit 1; }`,
  ];
}

const environment = (packages: readonly string[]): string[] => [
  'export PYTHONUNBUFFERED=1',
  'py=python3',
  'command -v "$py" >/dev/null 2>&1 || py=python',
  ...(packages.length > 0
    ? [
        `export PYTHONUSERBASE=${userBase} PATH="${userBase}/bin:$PATH"`,
        'export PIP_BREAK_SYSTEM_PACKAGES=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore',
      ]
    : []),
];

function plainScript(start: Start): string {
  const { packages, code } = start;
  return [
    'set -e',
    ...copy,
    `cd ${workspace}`,
    ...environment(packages),
    ...install(packages),
    ...run(start, code),
  ].join('\n');
}

/** One rank a node copies and installs; the node's others wait for it. */
function mpiScript(start: Start): string {
  const { packages, code } = start;
  const ready = `${workspace}/.kf-ready`;
  return [
    'set -e',
    ...environment(packages),
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own.
    'if [ "${OMPI_COMM_WORLD_LOCAL_RANK:-0}" = 0 ]; then',
    ...[...copy, ...install(packages), `: > ${ready}`].map((line) => `  ${line}`),
    'else',
    `  until [ -e ${ready} ]; do sleep 0.2; done`,
    'fi',
    `cd ${workspace}`,
    ...run({ ...start, framework: 'mpi' }, code),
  ].join('\n');
}

function run({ framework }: Start, code: Code): string[] {
  const file = quote(`${workspace}/${code.entry}`);
  const entry = code.files.find(({ path }) => path === code.entry);
  const language: Language | undefined = entry && languageOf(entry.path, entry.bytes);
  switch (language) {
    case 'python':
      return [
        ...(framework === 'torch'
          ? ['if command -v torchrun >/dev/null 2>&1; then', `  exec torchrun ${file} "$@"`, 'fi']
          : []),
        `exec "$py" -u ${file} "$@"`,
      ];
    case 'sh':
    case 'bash':
      return [`exec ${language} ${file} "$@"`];
    case 'itself':
      return [`chmod +x ${file}`, `exec ${file} "$@"`];
  }
  const what = extname(code.entry) ? `a ${extname(code.entry)} file` : 'a file without a #! line';
  throw usageError(
    `${code.entry}: how is ${what} run?`,
    'kubectl kf train runs .py, .sh and .bash files, and others by their #! line',
  );
}
