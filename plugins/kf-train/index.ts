import type { Group } from '../../shared/cli/group.ts';

export const group: Group = {
  name: 'kf-train',
  summary: 'Train models on Kubeflow',
  description: `Trains a model from a script, a folder or a manifest with Kubeflow Trainer (TrainJob), or with any other job kind that
the cluster serves; follows the logs of every node, says why a job waits or failed, and lists, suspends, resumes and deletes jobs.`,
  verbs: ['train'],
  asks: { 'train list': (namespace) => import('../../shared/resources/asks.ts').then((m) => m.trainJobs(namespace)) },
  commands: {
    train: () => import('./commands/train/submit.ts').then((m) => m.TrainSubmit),
    'train list|ls': () => import('./commands/train/list.ts').then((m) => m.TrainList),
    'train get': () => import('./commands/train/get.ts').then((m) => m.TrainGet),
    'train logs': () => import('./commands/train/logs.ts').then((m) => m.TrainLogs),
    'train wait': () => import('./commands/train/wait.ts').then((m) => m.TrainWait),
    'train suspend': () => import('./commands/train/suspend.ts').then((m) => m.TrainSuspend),
    'train resume': () => import('./commands/train/resume.ts').then((m) => m.TrainResume),
    'train delete|rm': () => import('./commands/train/delete.ts').then((m) => m.TrainDelete),
    'train runtimes': () => import('./commands/train/runtimes.ts').then((m) => m.TrainRuntimes),
    'train history': () => import('./commands/train/history.ts').then((m) => m.TrainHistory),
  },
};
