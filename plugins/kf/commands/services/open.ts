import { Option } from 'clipanion';
import { KubeCommand } from '../../../../shared/cli/command.ts';
import { Exit, usageError } from '../../../../shared/cli/errors.ts';
import type { Completes } from '../../../../shared/completion/table.ts';
import { forwardPort, untilInterrupted } from '../../../../shared/kube/port-forward.ts';
import { dialerTo } from '../../../../shared/resources/service-dial.ts';
import { type ServiceTarget, serviceTarget } from '../../../../shared/resources/service-target.ts';
import { openBrowser } from '../../../../shared/view/browser.ts';
import { Notice } from '../../../../shared/view/notice.ts';

export class ServicesOpen extends KubeCommand {
  static override paths = [['services', 'open']];

  static override usage = {
    description: 'open a dashboard, notebook or other service of the project in the browser',
    details: `
      Forwards a port of this machine to a pod of it, through the API server, opens the browser there, and stays until Ctrl-C. Each
      connection goes to a pod that is ready at the time, so that restarts do not end it. The URL is the one line of stdout.
    `,
    examples: [
      ['a notebook', 'kubectl kf services open notebook/mine'],
      ['at a port of your choice, without the browser', 'kubectl kf services open mlflow --port 5000 --no-browser'],
      ['another port of it than the first: here, then there', 'kubectl kf services open mlflow --port 9090:metrics'],
    ] as [string, string][],
  };

  static override completes: Completes = { port: 'none', service: 'service' };

  port = Option.String('--port', {
    description: 'the port here, or HERE:THERE (a number or a name); 0: any that is free',
  });
  browser = Option.Boolean('--browser', true, { description: 'open the browser (--no-browser: do not)' });
  service = Option.String({ name: 'name' });

  async execute(): Promise<number> {
    const { here, there } = this.#ports();
    const kube = await this.kube();
    const target = await serviceTarget(kube, this.context, this.service, there);
    const notice = new Notice(this.context);
    const dialer = dialerTo(kube, this.context, target, (why) => notice.show(`waiting for ${target.label}: ${why}`));
    const { pod, port } = await dialer.pod();
    // Whether it is allowed shows now, and not at the first click.
    (await dialer.dial()).destroy();
    notice.clear();
    const onTrouble = (message: string) => notice.say(message);
    const listen = (at: number) => forwardPort({ port: at, dial: () => dialer.dial(), onTrouble });
    const forward = await listen(here ?? usualPort(target.port)).catch((error) => {
      if (here !== undefined) throw error;
      return listen(0);
    });
    const url = `${target.scheme ? `${target.scheme}://` : ''}127.0.0.1:${forward.port}${target.scheme ? target.path : ''}`;
    this.context.stdout.write(`${url}\n`);
    this.say(`${target.label} is there (port ${port} of ${pod}) until Ctrl-C`);
    await this.#show(target, url);
    await untilInterrupted(this.context, forward);
    return Exit.ok;
  }

  #ports(): { here: number | undefined; there: string | undefined } {
    if (this.port === undefined) return { here: undefined, there: undefined };
    const [, here, there] = /^(\d{0,5})(?::([\w-]+))?$/.exec(this.port) ?? [];
    if (here === undefined || Number(here) > 65535 || (here === '' && !there)) {
      throw usageError(`"${this.port}" is no port`, 'give one of this machine, or two: --port 8080, --port 8080:80');
    }
    return { here: here === '' ? undefined : Number(here), there };
  }

  async #show({ scheme }: ServiceTarget, url: string): Promise<void> {
    if (!this.browser || !scheme || !this.context.stderr.isTTY) return;
    // A browser that stays in the foreground does not hold anything up.
    openBrowser(this.context, url).then((opened) => {
      if (!opened && !this.context.signal.aborted) this.say('no browser could be opened here: open the URL yourself');
    });
  }
}

/** The same port here where a person may listen on it. */
const usualPort = (port: number): number => (port > 1023 ? port : port === 443 ? 8443 : port === 80 ? 8080 : 0);
