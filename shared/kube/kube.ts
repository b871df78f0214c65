import type { Duplex } from 'node:stream';

/** kubectl's own flags for choosing the cluster and the person (kubectl options). */
export interface KubeFlags {
  kubeconfig?: string | undefined;
  context?: string | undefined;
  cluster?: string | undefined;
  user?: string | undefined;
  namespace?: string | undefined;
  as?: string | undefined;
  asGroup?: string[] | undefined;
  asUid?: string | undefined;
  /** As kubectl writes it: `0`, `30s`, `2m`, or whole seconds. */
  requestTimeout?: string | undefined;
  /** Level of `-v`: requests are shown on stderr from 6 on, as kubectl does. */
  verbosity?: number | undefined;
}

export interface KubeRequest {
  /** GET unless given. */
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** From the server's root: `/api/v1/namespaces/x/pods`. */
  path: string;
  query?: Record<string, string | number | boolean | undefined>;
  /** An object goes as JSON; a string as it is. */
  body?: unknown;
  /** `application/json` unless given; server-side apply wants `application/apply-patch+yaml`. */
  contentType?: string;
  accept?: string;
  /** What goes along beside what every request has. */
  headers?: Record<string, string>;
  /** In place of the context's signal (Ctrl-C): undoing something must go on after it. */
  signal?: AbortSignal;
  /** Milliseconds; replaces --request-timeout. 0: none. */
  timeoutMs?: number;
  /** Not sent again where it fails: a probe wants the first answer. */
  once?: boolean;
  /**
   * The answer comes in many small pieces over a long time, as a followed log does: they are gathered, and each chunk holds only until
   * the next is asked for.
   */
  trickle?: boolean;
}

/** An answer's body as it comes; iterating to the end means that the server ended it properly. */
export interface KubeStream extends AsyncIterable<Buffer> {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  /** Ends the request. */
  destroy(): void;
}

/** A connection that speaks another protocol from now on; who asked for it ends it. */
export interface KubeConnection {
  socket: Duplex;
  /** The subprotocol that the server chose of those that it was offered. */
  protocol: string;
}

/**
 * One cluster as one person: our own request path (keep-alive, retries, proxy, impersonation, raw JSON).
 * Failures are KfError: `status` holds the server's answer; exit 3 for 404, 4 for 401 and 403, 5 where the server
 * can't be reached or does not answer in time, 2 for 400 and 422, otherwise 1.
 */
export interface Kube {
  /** The project: --namespace, the context's namespace, or `default`. */
  readonly namespace: string;
  /** True where the namespace came from --namespace. */
  readonly namespaceGiven: boolean;
  /** '' in a cluster, where there is no kubeconfig. */
  readonly contextName: string;
  readonly clusterName: string;
  readonly userName: string;
  readonly server: string;
  /** Raw JSON: nothing is dropped or converted. GETs and what is safe to repeat are retried (429, 5xx, resets). */
  json<T = unknown>(request: KubeRequest): Promise<T>;
  /** The body unparsed: logs, watches, metrics. */
  text(request: KubeRequest): Promise<string>;
  /** Resolves once the status line has come and is 2xx. */
  stream(request: KubeRequest): Promise<KubeStream>;
  /**
   * A WebSocket connection, its handshake done (RFC 6455): exec, attach, port-forward. It is never asked for twice, because what
   * it starts would run twice. KfError (exit 5) where the server, or what is in between, speaks no WebSocket.
   * @param protocols the best first
   */
  connect(request: KubeRequest, protocols: readonly string[]): Promise<KubeConnection>;
  /** Lets the process end: closes kept-alive connections. */
  close(): void;
}

/** What every API object has (meta/v1). Raw JSON: fields that we do not name are kept. */
export interface KubeObject {
  apiVersion: string;
  kind: string;
  metadata: ObjectMeta;
  [field: string]: unknown;
}

export interface ObjectMeta {
  name: string;
  namespace?: string;
  uid?: string;
  generation?: number;
  resourceVersion?: string;
  creationTimestamp?: string;
  deletionTimestamp?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
  ownerReferences?: OwnerReference[];
  finalizers?: string[];
  managedFields?: unknown[];
  [field: string]: unknown;
}

export interface OwnerReference {
  apiVersion: string;
  kind: string;
  name: string;
  uid: string;
  controller?: boolean;
  blockOwnerDeletion?: boolean;
}

export interface KubeList<T> {
  apiVersion?: string;
  kind?: string;
  metadata: { resourceVersion?: string; continue?: string; remainingItemCount?: number };
  items: T[];
}
