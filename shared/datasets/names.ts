/** The namespaces that a dataset's volumes may be bound from, with commas between; the first is the project that it belongs to. */
export const allowedAnnotation = 'kf.kubeflow.org/allowed-namespaces';

/** The dataset's name, on its volumes and on the claims that were made for them. */
export const datasetLabel = 'kf.kubeflow.org/dataset';

/** The resource that admission asks RBAC about; nothing is served by it. */
export const group = 'kf.kubeflow.org';
export const plural = 'datasets';

/** A project's name, and a dataset's. */
export const label = '^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$';

/** As many may be named by who is no admin: each costs the API server's rules a question, of which they may ask so many. */
export const mostNamespaces = 20;

/** Mount options that nobody gets at the node with: above all no bind. */
export const mountOption =
  '^(ro|hard|soft|intr|lock|nolock|(no)?resvport|(no)?atime|nodiratime|relatime|nosuid|nodev|noexec|discard|proto=tcp6?|sec=(sys|krb5[ip]?)|((nfs)?vers|minorversion|rsize|wsize|timeo|retrans|nconnect|actimeo|acregmin|acregmax|port)=[0-9.]+)$';

/** A host, by name or address. */
export const nfsServer = '^[A-Za-z0-9][A-Za-z0-9.:-]*$';

/** A path with one way to write it. */
export const plainPath = '^/([^/,]+(/[^/,]+)*)?$';
export const dots = '(^|/)[.][.]?(/|$)';

/** How the storage of a driver is named, where another spelling would be the same storage under two names. */
export const handles: Record<string, string> = {
  'ebs.csi.aws.com': '^vol-[0-9a-f]+$',
  'pd.csi.storage.gke.io': '^projects/[a-z0-9.:-]+/(zones|regions)/[a-z0-9-]+/disks/[a-z0-9-]+$',
  'disk.csi.azure.com':
    '^/subscriptions/[A-Za-z0-9-]+/resource[gG]roups/[A-Za-z0-9_.()-]+/providers/Microsoft.Compute/disks/[A-Za-z0-9_.-]+$',
};
