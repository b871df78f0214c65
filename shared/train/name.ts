import { usageError } from '../cli/errors.ts';

/** A job's name as Kubernetes takes it (RFC 1123 label). Throws KfError (2) with one that would do. */
export function checkName(name: string): void {
  const wrong =
    name === ''
      ? 'is empty'
      : name.length > 63
        ? `has ${name.length} characters, at most 63 will do`
        : !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name)
          ? 'has other characters than a-z, 0-9 and - between them'
          : undefined;
  if (wrong === undefined) return;
  const better = fixed(name);
  throw usageError(
    `the name "${name}" will not do for Kubernetes: it ${wrong}`,
    `${better ? `take ${better}; ` : ''}nothing was created`,
  );
}

/** TrainJobs and JobSets want a letter first (RFC 1035), and room for what pods add to the name. */
export function checkTrainJobName(name: string, step = 'node', nodes = 1): void {
  if (!/^[a-z]/.test(name)) {
    throw usageError(
      `the name "${name}" will not do for a TrainJob: it must begin with a letter`,
      `take job-${name}; nothing was created`,
    );
  }
  // JobSet names pods <job>-<step>-0-<index>-<5 characters> (pkg/webhooks/jobset_webhook.go).
  const most = 63 - `-${step}-0-${nodes - 1}-abcde`.length;
  if (name.length > most) {
    throw usageError(
      `the name "${name}" is too long: its pods get longer ones, so at most ${most} characters will do`,
      `take ${name.slice(0, most).replace(/-+$/, '')}; nothing was created`,
    );
  }
}

const fixed = (name: string): string =>
  name
    .toLowerCase()
    .replace(/\.(?:py|sh|ya?ml|json)$/, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 50)
    .replace(/-+$/, '');
