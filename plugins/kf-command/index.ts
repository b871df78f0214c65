import type { Group } from '../../shared/cli/group.ts';
import { dispatch } from './dispatch.ts';

export const group: Group = {
  name: 'kf-command',
  summary: 'Add subcommands of your own to kubectl kf',
  description: `Makes verbs of kubectl kf from Python functions, bash scripts and Go programs, for yourself, for a project or for a whole
cluster; lists, upgrades, replaces and removes them, and runs them on this machine or in the cluster.`,
  verbs: ['command'],
  commands: {
    'command new': () => import('./commands/command/new.ts').then((m) => m.CommandNew),
    'command test': () => import('./commands/command/test.ts').then((m) => m.CommandTest),
    'command warm': () => import('./commands/command/warm.ts').then((m) => m.CommandWarm),
    'command add': () => import('./commands/command/add.ts').then((m) => m.CommandAdd),
    'command replace': () => import('./commands/command/replace.ts').then((m) => m.CommandReplace),
    'command upgrade': () => import('./commands/command/upgrade.ts').then((m) => m.CommandUpgrade),
    'command rollback': () => import('./commands/command/rollback.ts').then((m) => m.CommandRollback),
    'command sync': () => import('./commands/command/sync.ts').then((m) => m.CommandSync),
    'command pin': () => import('./commands/command/pin.ts').then((m) => m.CommandPin),
    'command init': () => import('./commands/command/init.ts').then((m) => m.CommandInit),
    'command list|ls': () => import('./commands/command/list.ts').then((m) => m.CommandList),
    'command describe': () => import('./commands/command/describe.ts').then((m) => m.CommandDescribe),
    'command which': () => import('./commands/command/which.ts').then((m) => m.CommandWhich),
    'command remove|rm': () => import('./commands/command/remove.ts').then((m) => m.CommandRemove),
  },
  elsewhere: dispatch,
};
