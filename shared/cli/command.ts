import { Command, Option, UsageError } from 'clipanion';
import type { Completes } from '../completion/table.ts';
import type { Kube, KubeFlags } from '../kube/kube.ts';
import type { Context } from './context.ts';
import { Exit, errorText, Interrupted, KfError, usageError } from './errors.ts';

/** What every command is: errors go to stderr with the exit code of their kind, wrong use is 2. */
export abstract class KfCommand extends Command<Context> {
  static group = '';

  /** What completes the words and the options' values, by property; a class has its parents' too. */
  static completes: Completes = {};

  /** All words as they were typed: the parser forgets where -- stood. */
  typed: readonly string[] = [];

  noColor = Option.Boolean('--no-color', false, { hidden: true });

  abstract override execute(): Promise<number | undefined>;

  override async validateAndExecute(): Promise<number> {
    try {
      return await super.validateAndExecute();
    } catch (error) {
      const known = error instanceof UsageError ? usageError(plainUsage(error.message), this.helpHint()) : error;
      if (this.context.signal.aborted && !(known instanceof KfError && known.exit === Exit.usage)) {
        // Whatever broke after Ctrl-C broke because of it; what a command has to say then is its own error.
        if (known instanceof KfError && known.exit === Exit.interrupted) this.context.stderr.write(errorText(known));
        return Exit.interrupted;
      }
      this.context.stderr.write(errorText(known));
      return known instanceof KfError ? known.exit : Exit.failed;
    } finally {
      this.dispose();
    }
  }

  /** Lets go of what the command opened. */
  protected dispose(): void {}

  protected helpHint(): string {
    return `see kubectl kf ${this.path.join(' ')} --help`;
  }

  /** A line to stderr: progress, notices, the next step. */
  protected say(line: string): void {
    this.context.stderr.write(`${line}\n`);
  }
}

/** A command that talks to the cluster: takes kubectl's own flags for choosing it. */
export abstract class KubeCommand extends KfCommand {
  static override completes: Completes = {
    namespace: 'namespace',
    contextName: 'context',
    kubeconfig: 'file',
    cluster: 'cluster',
    user: 'user',
    as: 'none',
    asGroup: 'none',
    asUid: 'none',
    requestTimeout: 'none',
    verbosity: ['0', '6', '7', '8', '9'],
  };

  namespace = Option.String('-n,--namespace', {
    description: 'the project (namespace); the context names it otherwise',
  });
  contextName = Option.String('--context', { description: 'the kubeconfig context to use' });
  kubeconfig = Option.String('--kubeconfig', { hidden: true });
  cluster = Option.String('--cluster', { hidden: true });
  user = Option.String('--user', { hidden: true });
  as = Option.String('--as', { hidden: true });
  asGroup = Option.Array('--as-group', { hidden: true });
  asUid = Option.String('--as-uid', { hidden: true });
  requestTimeout = Option.String('--request-timeout', { hidden: true });
  verbosity = Option.String('-v,--v', { hidden: true });

  #kube: Promise<Kube> | undefined;

  /** The cluster, opened once; no request is sent by it. */
  protected kube(): Promise<Kube> {
    this.#kube ??= this.context.kube(this.flags());
    return this.#kube;
  }

  protected flags(): KubeFlags {
    const level = this.verbosity === undefined ? 0 : Number(this.verbosity);
    if (!Number.isInteger(level) || level < 0) throw usageError(`-v takes a whole number, not "${this.verbosity}"`);
    return {
      kubeconfig: this.kubeconfig,
      context: this.contextName,
      cluster: this.cluster,
      user: this.user,
      namespace: this.namespace,
      as: this.as,
      asGroup: this.asGroup,
      asUid: this.asUid,
      requestTimeout: this.requestTimeout,
      verbosity: level,
    };
  }

  /** Throws where Ctrl-C was pressed: to be called between steps. */
  protected checkInterrupt(): void {
    if (this.context.signal.aborted) throw new Interrupted();
  }

  protected override dispose(): void {
    this.#kube?.then(
      (kube) => kube.close(),
      () => {},
    );
  }
}

/** clipanion's and typanion's words without their decoration. */
function plainUsage(message: string): string {
  return message
    .replace(/^Invalid option schema[^\n]*\n+/, '')
    .replace(/^- /gm, '')
    .trim();
}
