import type { Group } from '../../shared/cli/group.ts';
import { ownVerbs } from '../../shared/cli/suite.ts';
import { dispatch } from './dispatch.ts';

export const group: Group = {
  name: 'kf',
  summary: "The data scientist's command line for Kubeflow",
  description: `Projects, training, notebooks, serving, datasets, logs and shells through one set of subcommands. This plugin finds the
others (kf-train and the rest, each installed with krew) and holds what everyone needs.`,
  verbs: ownVerbs,
  commands: {
    status: () => import('./commands/status.ts').then((m) => m.Status),
    logs: () => import('./commands/logs.ts').then((m) => m.Logs),
    run: () => import('./commands/run.ts').then((m) => m.Run),
    exec: () => import('./commands/exec.ts').then((m) => m.Exec),
    shell: () => import('./commands/shell.ts').then((m) => m.Shell),
    use: () => import('./commands/use.ts').then((m) => m.Use),
    whoami: () => import('./commands/whoami.ts').then((m) => m.Whoami),
    remove: () => import('./commands/remove.ts').then((m) => m.Remove),
    services: () => import('./commands/services.ts').then((m) => m.Services),
    'services list|ls': () => import('./commands/services/list.ts').then((m) => m.ServicesList),
    'services health': () => import('./commands/services/health.ts').then((m) => m.ServicesHealth),
    'services stats': () => import('./commands/services/stats.ts').then((m) => m.ServicesStats),
    'services open': () => import('./commands/services/open.ts').then((m) => m.ServicesOpen),
    completion: () => import('./commands/completion.ts').then((m) => m.Completion),
    'completion install': () => import('./commands/completion/install.ts').then((m) => m.CompletionInstall),
    'completion uninstall': () => import('./commands/completion/uninstall.ts').then((m) => m.CompletionUninstall),
    version: () => import('./commands/version.ts').then((m) => m.Version),
  },
  elsewhere: dispatch,
  completion: () => import('./complete.ts').then((m) => m.elsewhere),
};
