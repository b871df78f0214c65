import { ServicesList } from './services/list.ts';

/** `services` alone lists. */
export class Services extends ServicesList {
  static override paths = [['services']];

  static override usage = {
    ...ServicesList.usage,
    examples: [
      ['what serves and runs here, and where', 'kubectl kf services'],
      ['with addresses inside the cluster', 'kubectl kf services -o wide'],
    ] as [string, string][],
  };

  override async execute(): Promise<number> {
    return super.execute();
  }
}
