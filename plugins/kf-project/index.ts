import type { Group } from '../../shared/cli/group.ts';

export const group: Group = {
  name: 'kf-project',
  summary: 'Projects, their members and datasets',
  description: `Looks at who can do what in a project and what could be misused, from the roles and bindings that the API server
decides by; says what to do about it, and does what is safe.`,
  verbs: ['create', 'delete', 'project', 'projects', 'user', 'group', 'provisiondatasets', 'validate'],
  commands: {
    validate: () => import('./commands/validate.ts').then((m) => m.Validate),
  },
};
