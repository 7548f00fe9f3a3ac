import { VERSION } from '../../conventions/index.ts';
import { fingerprintOf, type Policy, type Severity } from '../../policy/index.ts';
import type { FileFinding, ScanError } from '../finding.ts';
import { findingText, objectText, relativePath } from './finding-text.ts';
import { exitCodeOfReport, type Report } from './report.ts';

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';
const LEVELS: Readonly<Record<Severity, string>> = { critical: 'error', high: 'error', medium: 'warning', low: 'note' };
// Code hosts sort security results by this number, 0 to 10, in the bands of CVSS.
const SECURITY_SEVERITIES: Readonly<Record<Severity, string>> = { critical: '9.5', high: '8.0', medium: '5.5', low: '2.0' };

/** A path as a URI: segments are percent-encoded, absolute paths become file URIs. */
const uriOf = (file: string): string => {
  const path = relativePath(file).split('/').map(encodeURIComponent).join('/');
  return path.startsWith('/') ? `file://${path}` : path;
};

const ruleOf = ({ id, title, why, fix, severity, group, aliases }: Policy): object => ({
  id,
  name: id,
  shortDescription: { text: title },
  fullDescription: { text: why },
  help: { text: `${why}\n\n${fix}`, markdown: `${why}\n\n**${fix}**` },
  defaultConfiguration: { level: LEVELS[severity] },
  properties: {
    tags: ['kubernetes', group],
    'security-severity': SECURITY_SEVERITIES[severity],
    aliases: Object.entries(aliases).flatMap(([tool, ids]) => ids.map((alias) => `${tool}:${alias}`)),
  },
});

const locationOf = ({ file, line, column }: { readonly file: string; readonly line?: number; readonly column?: number }): object => ({
  artifactLocation: { uri: uriOf(file) },
  ...(line === undefined ? {} : { region: { startLine: line, startColumn: column ?? 1 } }),
});

const resultOf = (finding: FileFinding, ruleIndex: number): object => ({
  ruleId: finding.policy,
  ruleIndex,
  level: LEVELS[finding.severity],
  message: { text: findingText(finding) },
  locations: [
    {
      physicalLocation: locationOf(finding),
      logicalLocations: [{ fullyQualifiedName: `${objectText(finding)}#${finding.path}`, kind: 'object' }],
    },
  ],
  partialFingerprints: { 'bellwether/v1': fingerprintOf(finding) },
  properties: {
    severity: finding.severity,
    path: finding.path,
    ...(finding.container === undefined ? {} : { container: finding.container }),
  },
});

const notificationOf = (error: ScanError): object => ({
  level: 'error',
  message: { text: error.message },
  locations: [{ physicalLocation: locationOf(error) }],
});

/** `--format sarif`: SARIF 2.1.0, for code scanning of GitHub, GitLab and Azure DevOps. */
export const formatSarif = (report: Report): string => {
  const { findings, errors, policies } = report;
  const indexOf = new Map(policies.map(({ id }, i) => [id, i]));
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Bellwether',
            version: VERSION,
            semanticVersion: VERSION,
            informationUri: 'https://bellwether.dev',
            rules: policies.map(ruleOf),
          },
        },
        columnKind: 'utf16CodeUnits',
        invocations: [
          {
            executionSuccessful: errors.length === 0,
            exitCode: exitCodeOfReport(report),
            ...(errors.length > 0 ? { toolExecutionNotifications: errors.map(notificationOf) } : {}),
          },
        ],
        results: findings.map((finding) => resultOf(finding, indexOf.get(finding.policy) ?? -1)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};
