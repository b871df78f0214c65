import { namePattern } from './names.ts';

/** The part of a structural schema (apiextensions.k8s.io/v1 JSONSchemaProps) that we use, here and in the server. */
export interface Schema {
  type?: 'object' | 'array' | 'string' | 'boolean' | 'integer' | 'number';
  description?: string;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  items?: Schema;
  required?: string[];
  enum?: string[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  minItems?: number;
  maxProperties?: number;
  minProperties?: number;
  nullable?: boolean;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-validations'?: { rule: string; message?: string; messageExpression?: string; fieldPath?: string }[];
}

/** Of a subcommand, all versions in its history counted; what an object may be in etcd is 1.5 MB. */
export const mostSource = 512 * 1024;
export const mostFiles = 64;
export const mostHistory = 10;

export const digestPattern = '^sha256:[0-9a-f]{64}$';
/** semver.org, without build metadata. */
export const versionPattern =
  '^(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})\\.(0|[1-9][0-9]{0,8})(-[0-9A-Za-z-]{1,20}(\\.[0-9A-Za-z-]{1,20}){0,5})?$';
const text = (maxLength: number, more: Schema = {}): Schema => ({ type: 'string', maxLength, ...more });
const list = (items: Schema, maxItems: number): Schema => ({ type: 'array', items, maxItems });
const object = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 ? { required } : {}),
});
/** Any JSON. */
const anything: Schema = { nullable: true, 'x-kubernetes-preserve-unknown-fields': true };

const parameterType = ['text', 'integer', 'number', 'boolean', 'path', 'date', 'datetime', 'json'];

const parameter = object(
  {
    name: text(100, { minLength: 1 }),
    typed: text(10, { enum: ['word', 'option', 'words'] }),
    flag: text(110, { pattern: '^--[^\\s=]+$' }),
    type: text(10, { enum: [...parameterType, 'list', 'map'] }),
    items: text(10, { enum: parameterType }),
    optional: { type: 'boolean' },
    required: { type: 'boolean' },
    default: anything,
    defaultText: text(1000),
    choices: list({ 'x-kubernetes-preserve-unknown-fields': true }, 1000),
    enum: text(200),
    help: text(4000),
    passed: text(10, { enum: ['position', 'either', 'keyword', 'args', 'kwargs'] }),
  },
  ['name', 'typed', 'type', 'required'],
);

const requirement = object(
  {
    verbs: list(text(30, { minLength: 1 }), 20),
    group: text(253),
    resource: text(100, { minLength: 1 }),
    subresource: text(100),
    name: text(253),
  },
  ['verbs', 'group', 'resource'],
);

const version: Record<string, Schema> = {
  version: text(100, { pattern: versionPattern, description: 'semantic: 0.1.0' }),
  digest: text(71, { pattern: digestPattern, description: 'of all of it but version, digest and origin' }),
  summary: text(200, { pattern: '^[^\\n\\r]*$', description: 'one line' }),
  description: text(20_000),
  runtime: text(10, { enum: ['python', 'bash', 'go'] }),
  handler: text(300, { minLength: 1, description: 'Python: module.function; otherwise the file that is run' }),
  calling: text(10, { enum: ['parameters', 'event'] }),
  files: {
    type: 'object',
    description: 'source by path',
    additionalProperties: text(mostSource),
    minProperties: 1,
    maxProperties: mostFiles,
  },
  parameters: list(parameter, 100),
  requires: { ...list(requirement, 50), description: 'verbs on resources that a run needs' },
  runs: {
    ...list(text(10, { enum: ['local', 'cluster'] }), 2),
    minItems: 1,
    description: 'where it may run, the usual place first',
  },
  python: text(100),
  dependencies: list(text(500, { minLength: 1 }), 100),
  image: text(500, { minLength: 1 }),
  origin: object(
    { url: text(2000), ref: text(250), commit: text(64, { pattern: '^[0-9a-f]{7,64}$' }), path: text(1000) },
    ['url'],
  ),
};
const always = ['version', 'digest', 'summary', 'runtime', 'handler', 'files', 'parameters', 'requires', 'runs'];

/** SubcommandSpec; the server's rules are in manifest-crd.ts, those on names in names.ts. */
export const specSchema: Schema = object(
  {
    ...version,
    replaces: text(40, { pattern: namePattern, description: 'the built-in verb that it stands in for: its own name' }),
    pinned: { type: 'boolean', description: 'upgrade leaves it alone' },
    history: { ...list(object(version, always), mostHistory), description: 'versions before, the newest first' },
  },
  always,
);
