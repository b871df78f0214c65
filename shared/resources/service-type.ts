import type { KubeObject } from '../kube/kube.ts';
import { at, text } from './fields.ts';

/** What `services` calls the things that it lists. A job that has ended is history. */
export const serviceTypes = [
  'dashboard',
  'notebook',
  'model server',
  'tensorboard',
  'service',
  'job',
  'job history',
] as const;
export type ServiceType = (typeof serviceTypes)[number];

/** Words in the names that programs give to their Services, most telling first. */
const words: readonly [RegExp, ServiceType][] = [
  [/history/, 'job history'],
  [/tensorboard/, 'tensorboard'],
  [/jupyter|notebook|code-?server|rstudio|vscode/, 'notebook'],
  [
    /triton|(tensorflow|tf)-?serving|torchserve|vllm|mlserver|seldon|ollama|text-generation|predictor|inference/,
    'model server',
  ],
  [
    /dashboard|grafana|kiali|mlflow|prometheus|ray-?head|superset|airflow|argo-server|streamlit|gradio|webapp|web-app|console|(^|-)ui($|-)/,
    'dashboard',
  ],
];

/** What a core/v1 Service is, as its name and its recommended labels tell; `service` where they don't. */
export function typeOfService(service: KubeObject): ServiceType {
  const { labels = {}, name } = service.metadata;
  const recommended = ['app.kubernetes.io/component', 'app.kubernetes.io/name', 'app', 'k8s-app'];
  const said = [...recommended.map((key) => text(labels[key])), text(name)].map((word) => word.toLowerCase());
  for (const word of said) {
    const found = words.find(([pattern]) => pattern.test(word));
    if (found) return found[1];
  }
  return 'service';
}

/** core/v1 ServicePort, the fields that we read. */
export interface ServicePort {
  name: string;
  port: number;
  protocol: string;
  appProtocol: string;
  /** A number, or the name of a container's port. */
  targetPort: number | string;
}

export function portsOf(service: KubeObject): ServicePort[] {
  const ports = at(service, 'spec', 'ports');
  if (!Array.isArray(ports)) return [];
  return ports.flatMap((each: unknown) => {
    const port = at(each, 'port');
    if (typeof port !== 'number') return [];
    const target = at(each, 'targetPort');
    return {
      name: text(at(each, 'name')),
      port,
      protocol: text(at(each, 'protocol')) || 'TCP',
      appProtocol: text(at(each, 'appProtocol')).toLowerCase(),
      targetPort: typeof target === 'number' || typeof target === 'string' ? target : port,
    };
  });
}

/** Whether the port speaks HTTP, as its appProtocol, name (Istio's `<protocol>-…`) or number say; undefined where nothing does. */
export function httpScheme({ appProtocol, name, port, protocol }: ServicePort): 'http' | 'https' | 'none' | undefined {
  if (protocol !== 'TCP') return 'none';
  const said = appProtocol.replace(/^.*\//, '') || name.toLowerCase().split('-')[0]!;
  if (said === 'https' || said === 'wss') return 'https';
  if (/^(http|web|ws|ui|h1)/.test(said)) return 'http';
  // HTTP/2 without TLS can't be asked through the API server's proxy.
  if (/^(grpc|h2c|tcp|tls|redis|mongo|mysql|postgres|kafka|udp|ssh)/.test(said)) return 'none';
  if (port === 443 || port === 8443) return 'https';
  return undefined;
}

/** The port that a person means: the first that speaks HTTP, else the first of TCP. */
export function mainPort(service: KubeObject): ServicePort | undefined {
  const ports = portsOf(service).filter(({ protocol }) => protocol === 'TCP');
  const speaks = (scheme: 'http' | 'https' | undefined) => ports.find((port) => httpScheme(port) === scheme);
  return speaks('http') ?? speaks('https') ?? speaks(undefined) ?? ports[0];
}
