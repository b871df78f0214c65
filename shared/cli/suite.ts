/** A group that is installed as a plugin of its own. */
export interface SuiteGroup {
  /** krew's name. */
  plugin: string;
  verbs: readonly string[];
  summary: string;
}

/** This plugin's own words, which are never handed to another. */
export const ownVerbs = [
  'status',
  'logs',
  'run',
  'exec',
  'shell',
  'use',
  'whoami',
  'remove',
  'services',
  'completion',
  'version',
];

/** The whole suite but this plugin, installed or not, so that a verb whose group is missing says where it is. */
export const suite: readonly SuiteGroup[] = [
  { plugin: 'kf-train', verbs: ['train'], summary: 'train models' },
  { plugin: 'kf-notebook', verbs: ['notebook'], summary: 'notebooks' },
  { plugin: 'kf-serve', verbs: ['serve'], summary: 'serve models' },
  { plugin: 'kf-command', verbs: ['command'], summary: 'add and run your own subcommands' },
  {
    plugin: 'kf-project',
    verbs: ['create', 'delete', 'project', 'projects', 'user', 'group', 'provisiondatasets', 'validate'],
    summary: 'projects, their members and datasets',
  },
  { plugin: 'kf-admin', verbs: ['configure', 'setup', 'deploy'], summary: 'set up Kubeflow in a cluster' },
];

/** The group that a verb belongs to; a verb that the suite doesn't know may be anyone's plugin `kf-<verb>`. */
export const groupOf = (verb: string): SuiteGroup | undefined => suite.find(({ verbs }) => verbs.includes(verb));
