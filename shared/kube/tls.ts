import { readFileSync } from 'node:fs';
import {
  createSecureContext,
  getCACertificates,
  type SecureContext,
  type SecureContextOptions,
  setDefaultCACertificates,
} from 'node:tls';
import { usageError } from '../cli/errors.ts';
import type { ClusterConfig, Source } from './config.ts';
import { unreadable } from './merge.ts';

/** A client certificate with its key, PEM. */
export interface KeyPair {
  cert: Buffer | string;
  key: Buffer | string;
}

/** What node:tls needs for one cluster. Made once: parsing certificates for each connection would cost again. */
export function secureContext(cluster: ClusterConfig, pair: KeyPair | undefined, who: string): SecureContext {
  const options: SecureContextOptions = {
    // As in Go, a certificate that is listed as an authority is trusted even where it is not a root.
    allowPartialTrustChain: true,
    ...pair,
  };
  const ca = cluster.ca && pem(cluster.ca, `certificate authority of cluster "${cluster.name}"`);
  if (ca) options.ca = ca;
  // Without an authority of its own the machine's are asked, as kubectl does; reading them all takes a while.
  else if (!cluster.insecure) options.ca = machineAuthorities();
  else options.ca = [];
  try {
    // Adding an authority makes Node read all of its default ones first, for nothing: it is told to have none.
    // Who wants those says so, with machineAuthorities. Node before 24.5 cannot be told, and is slower.
    setDefaultCACertificates?.([]);
    return createSecureContext(options);
  } catch (error) {
    throw keyError(error, cluster, who, options);
  }
}

/** PEM of the authorities that come with Node, of NODE_EXTRA_CA_CERTS and of the machine's own store. */
export const machineAuthorities = (): string[] =>
  (['bundled', 'extra', 'system'] as const).flatMap((kind) => getCACertificates(kind));

/** The bytes of a certificate or key, from base64 or from its file. */
export function pem(from: Source, what: string): Buffer {
  if (from.data !== undefined) {
    const bytes = Buffer.from(from.data, 'base64');
    if (!bytes.includes('-----BEGIN '))
      throw usageError(`the ${what} is not base64 of a PEM file`, 'fetch the kubeconfig again');
    return bytes;
  }
  try {
    return readFileSync(from.file!);
  } catch (error) {
    throw unreadable(from.file!, error, what);
  }
}

/** The user's certificate and key; undefined where there is none. One without the other is an error. */
export function keyPair(cert: Source | undefined, key: Source | undefined, who: string): KeyPair | undefined {
  if (!cert && !key) return undefined;
  if (!cert || !key) {
    throw usageError(
      `user "${who}" has a client ${cert ? 'certificate without its key' : 'key without its certificate'}`,
      'fetch the kubeconfig again',
    );
  }
  return { cert: pem(cert, `client certificate of user "${who}"`), key: pem(key, `client key of user "${who}"`) };
}

/** OpenSSL's complaint in plain words. */
function keyError(error: unknown, cluster: ClusterConfig, who: string, { cert, key }: SecureContextOptions): Error {
  const { code = '', message } = error as NodeJS.ErrnoException;
  const keyText = key ? String(key) : '';
  if (code === 'ERR_OSSL_X509_KEY_VALUES_MISMATCH') {
    return usageError(
      `the client key of user "${who}" does not belong to its certificate`,
      'fetch the kubeconfig again',
    );
  }
  if (keyText.includes('ENCRYPTED')) {
    return usageError(
      `the client key of user "${who}" is protected by a password`,
      'decrypt it once with openssl pkey -in KEY -out PLAIN, and name that file in the kubeconfig',
    );
  }
  if (cert && !String(cert).includes('-----BEGIN CERTIFICATE')) {
    return usageError(`the client certificate of user "${who}" is not a PEM certificate`, 'fetch the kubeconfig again');
  }
  if (key && !keyText.includes('PRIVATE KEY')) {
    return usageError(`the client key of user "${who}" is not a PEM key`, 'fetch the kubeconfig again');
  }
  const what = cert
    ? `the certificates of user "${who}" and cluster "${cluster.name}"`
    : `the certificate authority of cluster "${cluster.name}"`;
  return usageError(`cannot use ${what}: ${message}`, 'fetch the kubeconfig again');
}
