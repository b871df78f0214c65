import { closest } from '../cli/closest.ts';
import { usageError } from '../cli/errors.ts';
import { oneLine } from '../view/text.ts';
import { dots, handles, mountOption, nfsServer, plainPath } from './names.ts';

export const modes = { RWO: 'ReadWriteOnce', ROX: 'ReadOnlyMany', RWX: 'ReadWriteMany' } as const;
export type Mode = keyof typeof modes;

/** Where the bytes are: the part of a PersistentVolume's spec that says so. */
export interface Source {
  csi?: { driver: string; volumeHandle: string; readOnly?: boolean; fsType?: string; [field: string]: unknown };
  nfs?: { server: string; path: string; readOnly?: boolean };
  local?: { path: string; fsType?: string };
}

export interface Made {
  source: Source;
  mountOptions: string[];
  /** A node's label, by which its pods find it. */
  where?: { label: string; value: string };
}

export interface Type {
  name: string;
  /** Other words for it. */
  also: string[];
  /** Those that its driver can do. */
  modes: Mode[];
  /** What its ID looks like, in a line. */
  id: string;
  /** What --typeparams takes; '*' is anything, for the driver. */
  params: string[];
  /** One node at a time has it. */
  single?: boolean;
  make(id: string, params: Params): Made;
}

/** Values of --typeparams; mountOptions can be there several times. */
export type Params = Record<string, string[]>;

const zoneLabel = 'topology.kubernetes.io/zone';
const all: Mode[] = ['RWO', 'ROX', 'RWX'];
const one = (params: Params, key: string): string | undefined => params[key]?.at(-1);
const known = ['fsType', 'readOnly', 'mountOptions', 'zone', 'node', 'driver', 'server', 'project'];
const secretRef = /SecretRef$/;

function reference(value: string) {
  const [namespace, name, more] = value.split('/');
  if (!namespace || !name || more !== undefined)
    throw usageError(`"${oneLine(value)}" is no secret`, 'name its project too: nodeStageSecretRef=PROJECT/SECRET');
  return { namespace, name };
}

function csi(driver: string, handle: string, params: Params): Made {
  const rest = Object.keys(params).filter((key) => !known.includes(key));
  const attributes = rest.filter((key) => !secretRef.test(key)).map((key) => [key, one(params, key)]);
  const secrets = rest.filter((key) => secretRef.test(key)).map((key) => [key, reference(one(params, key)!)]);
  const fsType = one(params, 'fsType');
  const zone = one(params, 'zone');
  return {
    source: {
      csi: {
        driver,
        volumeHandle: handle,
        ...(fsType ? { fsType } : {}),
        ...(attributes.length > 0 ? { volumeAttributes: Object.fromEntries(attributes) } : {}),
        ...Object.fromEntries(secrets),
      },
    },
    mountOptions: params.mountOptions ?? [],
    ...(zone ? { where: { label: zoneLabel, value: zone } } : {}),
  };
}

const disk = ['fsType', 'partition', 'zone'];

/** A type that is one CSI driver's. */
const driven = (driver: string, type: Omit<Type, 'make'>, full = (id: string, _: Params) => id): Type => ({
  ...type,
  make(id, params) {
    const handle = full(id, params);
    if (!new RegExp(handles[driver]!).test(handle))
      throw usageError(`"${oneLine(id)}" is no ID of ${type.name}`, `it looks like ${type.id}`);
    const zone = /\/zones\/([^/]+)\//.exec(handle)?.[1];
    return csi(driver, handle, zone && !params.zone ? { ...params, zone: [zone] } : params);
  },
});

function path(text: string, type: string): string {
  if (!new RegExp(plainPath).test(text) || new RegExp(dots).test(text))
    throw usageError(
      `"${oneLine(text)}" is no path of ${type}`,
      'give it whole, without .., commas and doubled slashes',
    );
  return text;
}

export const types: readonly Type[] = [
  driven('ebs.csi.aws.com', {
    ...{ name: 'AmazonEBS', also: ['ebs', 'awselasticblockstore'], modes: ['RWO'], single: true },
    ...{ id: 'vol-0123456789abcdef0', params: disk },
  }),
  driven(
    'pd.csi.storage.gke.io',
    {
      ...{ name: 'GCEPersistentDisk', also: ['gcepd', 'gce', 'pd'], modes: ['RWO', 'ROX'] },
      ...{ id: 'projects/P/zones/Z/disks/D, or D with --typeparams project=P,zone=Z', params: [...disk, 'project'] },
    },
    (id, { project, zone }) =>
      project && zone && !id.includes('/') ? `projects/${project.at(-1)}/zones/${zone.at(-1)}/disks/${id}` : id,
  ),
  driven('disk.csi.azure.com', {
    ...{ name: 'AzureDisk', also: ['azure'], modes: ['RWO'], single: true, params: disk },
    id: '/subscriptions/S/resourceGroups/G/providers/Microsoft.Compute/disks/D',
  }),
  {
    ...{ name: 'NFS', also: [], modes: all, id: 'SERVER:/path, or /path with --typeparams server=SERVER' },
    params: ['server'],
    make(id, params) {
      const [, server = one(params, 'server'), where = ''] = /^(?:(.+):)?(\/.*)$/.exec(id) ?? [];
      if (!server || !new RegExp(nfsServer).test(server))
        throw usageError(`"${oneLine(id)}" is no ID of NFS`, `it looks like ${this.id}`);
      return { source: { nfs: { server, path: path(where, 'NFS') } }, mountOptions: params.mountOptions ?? [] };
    },
  },
  {
    ...{
      name: 'CSI',
      also: [],
      modes: all,
      id: "the volume's handle, as its driver names it",
      params: ['driver', 'fsType', '*'],
    },
    make(id, params) {
      const driver = one(params, 'driver');
      if (!driver) throw usageError('a CSI volume has a driver', 'name it: --typeparams driver=DRIVER');
      return csi(driver, id, params);
    },
  },
  {
    ...{ name: 'local', also: [], modes: all, id: '/path on a node', params: ['node', 'fsType'] },
    make(id, params) {
      const node = one(params, 'node');
      if (!node) throw usageError('a local volume is on a node', 'name it: --typeparams node=NODE');
      const fsType = one(params, 'fsType');
      return {
        source: { local: { path: path(id, 'local'), ...(fsType ? { fsType } : {}) } },
        mountOptions: params.mountOptions ?? [],
        where: { label: 'kubernetes.io/hostname', value: node },
      };
    },
  },
];

export const typeNames = types.map(({ name }) => name);

export function typeNamed(word: string): Type {
  const wanted = word.toLowerCase();
  const found = types.find(({ name, also }) => name.toLowerCase() === wanted || also.includes(wanted));
  if (found) return found;
  const near = closest(
    wanted,
    typeNames.map((name) => name.toLowerCase()),
  );
  const name = typeNames.find((each) => each.toLowerCase() === near);
  const hint = `there are: ${typeNames.join(', ')}`;
  throw usageError(`"${oneLine(word)}" is no type of dataset${name ? `; did you mean ${name}?` : ''}`, hint);
}

/** The mode by its short name or Kubernetes' own; KfError where the type can't do it. */
export function modeFor(type: Type, word: string): Mode {
  const wanted = word.toUpperCase();
  const mode = (Object.keys(modes) as Mode[]).find((each) => each === wanted || modes[each].toUpperCase() === wanted);
  if (!mode)
    throw usageError(
      `"${oneLine(word)}" is no mode`,
      'RWO (one node), ROX (many nodes read) or RWX (many nodes write)',
    );
  if (type.modes.includes(mode)) return mode;
  const others = types.filter((each) => each.modes.includes(mode) && each.name !== 'local');
  const readOnly = mode === 'ROX' ? `; or mode ${type.modes[0]} with --typeparams readOnly=true` : '';
  throw usageError(
    `${type.name} can't be ${mode}: it can ${type.modes.join(' and ')}`,
    `what can: ${others.map(({ name }) => name).join(', ')}${readOnly}`,
  );
}

const flags: Record<string, boolean> = { true: true, false: false };

/** The source as the type makes it; read-only where it is asked for, or the mode says so. KfError names what it does not take. */
export function makeSource(type: Type, id: string, params: Params, mode: Mode): Made {
  const takes = [...type.params, 'readOnly', 'mountOptions'];
  const wrong = Object.keys(params).find(
    (key) => !takes.includes(key) && !(type.params.includes('*') && (!known.includes(key) || key === 'fsType')),
  );
  if (wrong) {
    const hint = `it takes ${takes.filter((key) => key !== '*').join(', ')}${type.params.includes('*') ? ' and what its driver takes' : ''}`;
    throw usageError(`${type.name} takes no parameter ${oneLine(wrong)}`, hint);
  }
  const asked = one(params, 'readOnly');
  if (asked !== undefined && flags[asked] === undefined)
    throw usageError(`readOnly is true or false, not "${oneLine(asked)}"`);
  if (mode === 'ROX' && asked === 'false') throw usageError('mode ROX is read-only', 'leave readOnly=false out');
  const option = params.mountOptions?.find((each) => !new RegExp(mountOption).test(each));
  if (option !== undefined)
    throw usageError(
      `"${oneLine(option)}" is no mount option of datasets`,
      'such as mountOptions=nfsvers=4.1,mountOptions=hard',
    );
  const made = type.make(id, params);
  if (mode !== 'ROX' && asked !== 'true') return made;
  const { csi: driver, nfs, local } = made.source;
  if (driver) return { ...made, source: { csi: { ...driver, readOnly: true } } };
  if (nfs) return { ...made, source: { nfs: { ...nfs, readOnly: true } } };
  return { ...made, source: { local: local! }, mountOptions: [...new Set([...made.mountOptions, 'ro'])] };
}
