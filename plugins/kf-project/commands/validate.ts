import { Option } from 'clipanion';
import { KubeCommand } from '../../../shared/cli/command.ts';
import { Exit, usageError } from '../../../shared/cli/errors.ts';
import type { Completes } from '../../../shared/completion/table.ts';
import type { Kube } from '../../../shared/kube/kube.ts';
import { checkNamespace } from '../../../shared/resources/namespace.ts';
import { isCode } from '../../../shared/validate/codes.ts';
import { severities } from '../../../shared/validate/finding.ts';
import { fix, plan } from '../../../shared/validate/fix.ts';
import { countText, report, reportFormats } from '../../../shared/validate/report.ts';
import { type Validation, validate } from '../../../shared/validate/validate.ts';
import { reportWhoCan } from '../../../shared/validate/who-can.ts';
import { oneOf } from '../../../shared/view/print.ts';
import { canAsk } from '../../../shared/view/prompt.ts';
import { oneLine } from '../../../shared/view/text.ts';

const levels = [...severities, 'never'] as const;

export class Validate extends KubeCommand {
  static override paths = [['validate']];

  static override usage = {
    description: 'find what could be misused in a project, and by whom',
    details: `
      Who can act in the project from outside it and by which binding, rights that lead further than they seem to, bindings to what is
      not there, members and owner against Kubeflow's records, pods, network, datasets, admission, and this machine. Each finding has
      a code that never changes. What could not be read is said: then no findings are not a clean bill. The exit code is 1 where a
      finding is as bad as --fail-on says (error), or --strict was given and something could not be read.
    `,
    examples: [
      ['this project', 'kubectl kf validate'],
      ['another one, one line a finding, with what to do', 'kubectl kf validate -n team-b -o wide'],
      ['do what is safe to do, after asking', 'kubectl kf validate --fix'],
      ['in a pipeline', 'kubectl kf validate -o sarif --fail-on warning --strict > kf.sarif'],
      ['who can read secrets here, and by what', "kubectl kf validate --who-can 'get secrets'"],
      ['without what is meant so', 'kubectl kf validate --ignore KF507,KF509'],
    ] as [string, string][],
  };

  static override completes: Completes = {
    output: reportFormats,
    failOn: levels,
    ignore: 'none',
    whoCan: 'none',
    dryRun: ['client', 'server'],
  };

  output = Option.String('-o,--output', {
    validator: oneOf(reportFormats),
    description: 'table, wide, json, yaml, name or sarif',
  });
  failOn = Option.String('--fail-on', 'error', {
    validator: oneOf(levels),
    description: 'the exit code is 1 where a finding is at least this bad: error, warning, note or never; error',
  });
  strict = Option.Boolean('--strict', false, { description: 'the exit code is 1 where something could not be read' });
  ignore = Option.String('--ignore', '', { description: 'leave out findings of these codes: KF507,…' });
  whoCan = Option.String('--who-can', {
    description: "only say who can do this here, and by which binding: 'create pods/exec'",
  });
  fix = Option.Boolean('--fix', false, { description: 'do what is safe, after asking' });
  dryRun = Option.String('--dry-run', {
    validator: oneOf(['client', 'server'] as const),
    description: 'with --fix: only show what would be done; server: have the server check it too',
  });
  yes = Option.Boolean('-y,--yes', false, { description: 'with --fix: do not ask' });

  async execute(): Promise<number> {
    const ignored = this.ignore.split(',').filter(Boolean);
    const unknown = ignored.find((code) => !isCode(code));
    if (unknown !== undefined) throw usageError(`--ignore takes codes of findings, not "${unknown}"`, 'such as KF507');
    if (this.dryRun && !this.fix) throw usageError('--dry-run goes with --fix', 'without it, nothing is ever changed');
    if (this.fix && !this.yes && !this.dryRun && !canAsk(this.context))
      throw usageError(
        '--fix asks, and there is no terminal to ask on',
        'say so with --yes, or see with --dry-run=client',
      );
    const kube = await this.kube();
    if (this.whoCan !== undefined) {
      if (this.output === 'sarif')
        throw usageError('-o sarif is for findings', 'with --who-can: table, json, yaml or name');
      await reportWhoCan(kube, this.context, this.whoCan, this.output);
      return Exit.ok;
    }
    await checkNamespace(kube, kube.namespace);
    const found = await this.#look(kube, ignored);
    this.checkInterrupt();
    await report(this.context, this.output, kube.namespace, found);
    this.#sum(kube, found);
    let left = found.findings;
    if (this.fix) {
      const { changed, refused } = await fix(kube, this.context, left, { yes: this.yes, dryRun: this.dryRun });
      this.checkInterrupt();
      if (refused > 0) return Exit.failed;
      if (changed > 0) left = (await this.#look(kube, ignored)).findings;
    }
    const bad = left.some(({ severity }) => levels.indexOf(severity) <= levels.indexOf(this.failOn));
    return (this.failOn !== 'never' && bad) || (this.strict && found.notReadable.length > 0) ? Exit.failed : Exit.ok;
  }

  async #look(kube: Kube, ignored: readonly string[]): Promise<Validation> {
    const { findings, notReadable } = await validate(kube, this.context, this.kubeconfig);
    return { findings: findings.filter(({ code }) => !ignored.includes(code)), notReadable };
  }

  #sum(kube: Kube, { findings, notReadable }: Validation): void {
    const where = `${kube.namespace}${kube.contextName ? ` (context ${kube.contextName})` : ''}`;
    const fixes = plan(findings).length;
    const seen = notReadable.length > 0 ? ' in what could be seen' : '';
    this.say(`${oneLine(where)}: ${countText(findings) || 'no findings'}${seen}`);
    if (notReadable.length > 0) this.say(`not seen: ${notReadable.join(', ')}: this is not the whole answer`);
    if (fixes > 0 && !this.fix) this.say(`${fixes} can be fixed safely: kubectl kf validate --fix`);
  }
}
