import type { KubeObject } from '../kube/kube.ts';

/** Where the CRD's objects live (design: "Subcommands and their registry"). */
export const apiGroup = 'kf.kubeflow.org';
export const apiVersion = `${apiGroup}/v1alpha1`;
export const kind = 'Subcommand';
export const plural = 'subcommands';

/** The namespace of what is for the whole cluster. */
export const clusterNamespace = 'kf-system';

/** Who added it, by the server's word for them; a policy of the registry's manifest holds it to the truth. */
export const addedBy = `${apiGroup}/added-by`;

export type Runtime = 'python' | 'bash' | 'go';
export type Where = 'local' | 'cluster';

/** Where a subcommand is kept; the nearest wins, in this order. */
export const levels = ['personal', 'project', 'cluster'] as const;
export type Level = (typeof levels)[number];

export type ScalarType = 'text' | 'integer' | 'number' | 'boolean' | 'path' | 'date' | 'datetime' | 'json';

/** What a value is: `list` is of `items`, `map` has text keys and `items` as values. */
export type ParameterType = ScalarType | 'list' | 'map';

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export interface Parameter {
  /** As the source has it: `learning_rate`. */
  name: string;
  /**
   * How it is typed: a word by its place, `--learning-rate VALUE` (a boolean: `--x`, `--no-x`), or all words that are left.
   * A list or map that is an option is typed once for each value (`--x a --x b`, `--x key=value`).
   */
  typed: 'word' | 'option' | 'words';
  /** `--learning-rate`; for options only. */
  flag?: string;
  type: ParameterType;
  /** For lists and maps. */
  items?: ScalarType;
  /** None is a value of it too. */
  optional?: boolean;
  required: boolean;
  /** Where the default is a literal. */
  default?: Json;
  /** The default as the source has it, where it is no literal: `Path.cwd()`. It is left to the function. */
  defaultText?: string;
  /** The values there are; of an Enum, the names of its members. */
  choices?: (string | number | boolean)[];
  /** Of the Enum whose members the choices name. */
  enum?: string;
  help?: string;
  /** How Python's function takes it. */
  passed?: 'position' | 'either' | 'keyword' | 'args' | 'kwargs';
}

/** Verbs on a resource, as an RBAC rule has them. '' is the core group. */
export interface Requirement {
  verbs: string[];
  group: string;
  resource: string;
  subresource?: string;
  name?: string;
}

/** Where the source came from, so that `upgrade` finds it again. */
export interface Origin {
  /** A path on the machine of who added it, or a git URL without credentials. */
  url: string;
  /** The branch or tag that was asked for, which `upgrade` follows; the commit says what it was then. */
  ref?: string;
  commit?: string;
  /** Inside the git repository. */
  path?: string;
}

/** One version of a subcommand: all that it is and does. The digest is of all of it but version, digest and origin. */
export interface Version {
  /** Semantic: `0.1.0`. */
  version: string;
  /** `sha256:` and 64 hexadecimal digits (shared/registry/digest.ts). */
  digest: string;
  /** One line. */
  summary: string;
  description?: string;
  runtime: Runtime;
  /** Python: `tune.tune`, the module and its function; otherwise the file that is run. */
  handler: string;
  /** How Python's function is called: with its parameters, or as Kubeless does, with (event, context). */
  calling?: 'parameters' | 'event';
  /** Source by path, with `/` between folders. */
  files: Record<string, string>;
  parameters: Parameter[];
  requires: Requirement[];
  /** Where it may run, the usual place first. */
  runs: Where[];
  /** Python's own version, as PEP 723 has it: `>=3.10`. */
  python?: string;
  /** Third-party packages, as PEP 508 names them. */
  dependencies?: string[];
  /** In place of the base image, in the cluster. */
  image?: string;
  origin?: Origin;
}

export interface SubcommandSpec extends Version {
  /** The built-in verb that it stands in for: its own name. */
  replaces?: string;
  /** `upgrade` leaves it alone. */
  pinned?: boolean;
  /** Versions before, the newest first. */
  history?: Version[];
}

/** kf.kubeflow.org/v1alpha1 Subcommand. Its name is the verb. A personal one is the same object in a file. */
export interface Subcommand extends KubeObject {
  spec: SubcommandSpec;
}

/** A subcommand and where it was found. */
export interface Found {
  level: Level;
  /** Undefined for personal ones. */
  namespace?: string;
  subcommand: Subcommand;
}

/** Where an object is says its level: personal ones have no namespace. */
export function foundIn(subcommand: Subcommand): Found {
  const { namespace } = subcommand.metadata;
  if (namespace === undefined) return { level: 'personal', subcommand };
  return { level: namespace === clusterNamespace ? 'cluster' : 'project', namespace, subcommand };
}

/** What a list tells of one, without its source. */
export interface Summary {
  name: string;
  level: Level;
  namespace?: string;
  version: string;
  digest: string;
  runtime: Runtime;
  summary: string;
  replaces?: string;
  pinned?: boolean;
  addedBy?: string;
  /** RFC 3339. */
  created?: string;
}

/** What the words of a call came to. */
export interface Call {
  /** By the parameter's name; those that were not typed are left out. */
  values: Record<string, Json>;
}

/** How a run ended. `result` is what Python's function returned. */
export interface Outcome {
  code: number;
  result?: { value: Json };
}
