import { createHash } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { version } from '../cli/version.ts';
import { codes, severityOf, titleOf } from './codes.ts';
import { type Finding, type Where, whereText } from './finding.ts';

/** Findings as SARIF 2.1.0 (OASIS), for code scanning. What could not be read is a notification: the run was not a whole one. */
export function sarif(project: string, findings: readonly Finding[], notReadable: readonly string[]): object {
  const used = (Object.keys(codes) as (keyof typeof codes)[]).filter((code) =>
    findings.some((each) => each.code === code),
  );
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'kubectl-kf validate',
            version,
            semanticVersion: version,
            rules: used.map((code) => ({
              id: code,
              shortDescription: { text: titleOf(code) },
              defaultConfiguration: { level: severityOf(code) },
            })),
          },
        },
        invocations: [
          {
            executionSuccessful: true,
            toolExecutionNotifications: notReadable.map((what) => ({
              level: 'warning',
              message: { text: `could not be read: ${what}` },
            })),
          },
        ],
        results: findings.map((each) => ({
          ruleId: each.code,
          ruleIndex: used.indexOf(each.code),
          level: each.severity,
          message: { text: `${each.reason}\nRemedy: ${each.remedy}` },
          locations: [locationOf(project, each.where)],
          partialFingerprints: { 'kf/v1': fingerprint(project, each) },
        })),
      },
    ],
  };
}

/** An object has no file: its place in the API, relative to the server, stands for one. */
function locationOf(project: string, where: Where): object {
  if ('file' in where) return { physicalLocation: { artifactLocation: { uri: pathToFileURL(where.file).href } } };
  const { apiVersion, kind, name, namespace } = where;
  const parts = [apiVersion, ...(namespace ? ['namespaces', namespace] : []), kind.toLowerCase(), name];
  return {
    physicalLocation: { artifactLocation: { uri: parts.map(encode).join('/') } },
    logicalLocations: [
      { name: whereText(where), fullyQualifiedName: `${namespace ?? project}/${whereText(where)}`, kind: 'object' },
    ],
  };
}

const encode = (part: string) => part.split('/').map(encodeURIComponent).join('/');

/** The same for the same finding of another day, whatever else its reason says. */
const fingerprint = (project: string, { code, where, reason }: Finding): string =>
  createHash('sha256')
    .update(JSON.stringify([project, code, where, reason]))
    .digest('hex')
    .slice(0, 32);
