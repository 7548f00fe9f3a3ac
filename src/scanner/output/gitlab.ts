import { type Finding, fingerprintOf, type Severity } from '../../policy/index.ts';
import { findingText, relativePath } from './finding-text.ts';
import type { Report } from './report.ts';

const SEVERITIES: Readonly<Record<Severity, string>> = { critical: 'blocker', high: 'critical', medium: 'major', low: 'minor' };

/** `--format gitlab`: a code quality report. Fingerprints are unique within it, which GitLab asks for. */
export const formatGitlab = ({ findings, errors }: Report): string => {
  const seen = new Map<string, number>();
  const unique = (finding: Finding, file: string): string => {
    const base = fingerprintOf({ ...finding, path: `${file}#${finding.path}` });
    const count = (seen.get(base) ?? 0) + 1;
    seen.set(base, count);
    return count === 1 ? base : `${base}-${count}`;
  };
  const issues = [
    ...findings.map((finding) => ({
      type: 'issue',
      check_name: finding.policy,
      description: findingText(finding),
      categories: ['Security'],
      severity: SEVERITIES[finding.severity],
      fingerprint: unique(finding, relativePath(finding.file)),
      location: { path: relativePath(finding.file), lines: { begin: finding.line } },
    })),
    ...errors.map(({ file, line, message }, i) => ({
      type: 'issue',
      check_name: 'unreadable',
      description: message,
      categories: ['Bug Risk'],
      severity: 'blocker',
      fingerprint: `unreadable-${relativePath(file)}-${i}`,
      location: { path: relativePath(file), lines: { begin: line ?? 1 } },
    })),
  ];
  return `${JSON.stringify(issues, null, 2)}\n`;
};
