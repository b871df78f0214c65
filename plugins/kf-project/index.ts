import type { Group } from '../../shared/cli/group.ts';

export const group: Group = {
  name: 'kf-project',
  summary: 'Projects, their members and datasets',
  description: `Makes projects, lists those in which you have a role, and deletes them. Looks at who can do what in one and what could be
misused, from the roles and bindings that the API server decides by; says what to do about it, and does what is safe.`,
  verbs: ['create', 'delete', 'project', 'projects', 'user', 'group', 'provisiondatasets', 'validate'],
  commands: {
    create: () => import('./commands/create.ts').then((m) => m.Create),
    delete: () => import('./commands/delete.ts').then((m) => m.Delete),
    project: () => import('./commands/project.ts').then((m) => m.Project),
    projects: () => import('./commands/projects.ts').then((m) => m.Projects),
    provisiondatasets: () => import('./commands/provisiondatasets.ts').then((m) => m.Provisiondatasets),
    'provisiondatasets list|ls': () =>
      import('./commands/provisiondatasets/list.ts').then((m) => m.ProvisiondatasetsList),
    'provisiondatasets share': () =>
      import('./commands/provisiondatasets/share.ts').then((m) => m.ProvisiondatasetsShare),
    'provisiondatasets unshare': () =>
      import('./commands/provisiondatasets/unshare.ts').then((m) => m.ProvisiondatasetsUnshare),
    'provisiondatasets delete': () =>
      import('./commands/provisiondatasets/delete.ts').then((m) => m.ProvisiondatasetsDelete),
    user: () => import('./commands/user.ts').then((m) => m.User),
    'user add': () => import('./commands/user/add.ts').then((m) => m.UserAdd),
    'user modify': () => import('./commands/user/modify.ts').then((m) => m.UserModify),
    'user rm|delete': () => import('./commands/user/rm.ts').then((m) => m.UserRm),
    'user ls|list': () => import('./commands/user/ls.ts').then((m) => m.UserLs),
    group: () => import('./commands/group.ts').then((m) => m.Group),
    'group ls|list': () => import('./commands/group/ls.ts').then((m) => m.GroupLs),
    'group create': () => import('./commands/group/create.ts').then((m) => m.GroupCreate),
    validate: () => import('./commands/validate.ts').then((m) => m.Validate),
  },
};
