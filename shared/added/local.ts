import { join } from 'node:path';
import type { Context } from '../cli/context.ts';
import { Exit, KfError } from '../cli/errors.ts';
import type { KubeFlags } from '../kube/kube.ts';
import type { Call, Outcome, Subcommand, SubcommandSpec } from '../registry/entry.ts';
import { oneLine } from '../view/text.ts';
import { sourceFolder } from './cached-source.ts';
import { onPath, runEnv, scratchFolder } from './local-env.ts';
import { scriptWords } from './script.ts';

/**
 * Runs a subcommand on this machine, in a clean environment of its own; whoever calls has made sure that it is trusted. No shell
 * reads anything of the call. Throws KfError where it could not be run.
 */
export async function runLocal(
  context: Context,
  { metadata: { name }, spec }: Subcommand,
  call: Call,
  flags: KubeFlags,
): Promise<Outcome> {
  const { folder, changed } = sourceFolder(context, spec.digest, spec.files);
  if (changed.length > 0) {
    const what = changed.map(oneLine).join(', ');
    context.stderr.write(`the source of ${name} was changed on this machine, and is put right: ${what}\n`);
  }
  const scratch = scratchFolder();
  try {
    const env = await runEnv(context, name, flags, scratch.folder);
    if (spec.runtime === 'python') {
      const { runPython } = await import('./python.ts');
      return await runPython({ context, name, spec, call, folder, scratch: scratch.folder, env });
    }
    const { args, env: own } = scriptWords(spec, call);
    if (spec.runtime === 'go') {
      const { goProgram } = await import('./go-program.ts');
      return { code: await context.pass(await goProgram(context, name, spec, folder), args, env) };
    }
    const script = join(folder, spec.handler);
    return { code: await context.pass(bash(context, name, spec), [script, ...args], { ...env, ...own }) };
  } finally {
    scratch.remove();
  }
}

function bash(context: Context, name: string, { runs }: SubcommandSpec): string {
  const [file] = onPath(context, ['bash']);
  if (file) return file;
  throw new KfError(Exit.failed, `${name} is a bash script, and there is no bash on PATH`, {
    hint: `install bash${runs.includes('cluster') ? ', or run it in the cluster: --where cluster' : ''}`,
  });
}
