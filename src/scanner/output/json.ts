import { fingerprintOf, SEVERITIES, showValue } from '../../policy/index.ts';
import type { FileFinding, ScanError } from '../finding.ts';
import type { Report } from './report.ts';

// A value is there to be recognised; a whole subtree or a certificate is not.
const MAX_VALUE_LENGTH = 1000;

const boundedValue = (value: unknown): unknown => {
  if (value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean') return value ?? null;
  const length = typeof value === 'string' ? value.length : (JSON.stringify(value)?.length ?? 0);
  return length > MAX_VALUE_LENGTH ? showValue(value) : value;
};

/** A finding as docs/scan-output.schema.json describes it. Keys are always there; null means that there is nothing to say. */
export const findingJson = (finding: FileFinding): object => {
  const { policy, title, severity, action, file, document, line, column, path, object, container, message, value, fix } = finding;
  const { apiVersion, kind, namespace, name } = object;
  return {
    policy,
    severity,
    action,
    file,
    document,
    line,
    column,
    path,
    object: { apiVersion, kind, namespace: namespace ?? null, name },
    container: container ?? null,
    message,
    value: boundedValue(value),
    fix,
    title,
    expected: finding.expected ?? null,
    patch: finding.patch ?? null,
    docs: finding.docs,
    source: finding.source ?? null,
    fingerprint: fingerprintOf(finding),
  };
};

const errorJson = ({ file, document, line, column, message }: ScanError): object => ({
  file,
  document: document ?? null,
  line: line ?? null,
  column: column ?? null,
  message,
});

// Not the length of the list: where a list is cut, the summary still counts all.
const countAll = (counts: Report['summary']['findings']): number => SEVERITIES.reduce((sum, severity) => sum + counts[severity], 0);

/** `--format json`. */
export const formatJson = (report: Report): string => {
  const { findings, errors, exceptions, summary, profile, pssVersion, failOn } = report;
  const document = {
    findings: findings.map(findingJson),
    errors: errors.map(errorJson),
    summary: {
      ...summary,
      findings: { total: countAll(summary.findings), ...summary.findings },
      profile,
      pssVersion,
      failOn,
      exceptions: exceptions.map(({ exception: { name, spec }, state, findings: count }) => ({
        name,
        state,
        findings: count,
        expiresAt: spec.expiresAt,
        owner: spec.owner,
      })),
    },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
};
