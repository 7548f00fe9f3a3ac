import { styleText } from 'node:util';
import { SEVERITIES, showValue } from '../../policy/index.ts';
import type { FileFinding, ScanError } from '../finding.ts';
import { objectText } from './finding-text.ts';
import { failsAt, type Report } from './report.ts';

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

const STYLES = { critical: 'magenta', high: 'red', medium: 'yellow', low: 'blue' } as const;

const findingLines = (finding: FileFinding, paint: Paint): string[] => {
  const { file, line, column, severity, policy, container, message, path, value, fix } = finding;
  const head = `${file}:${line}:${column}  ${paint(STYLES[severity], severity)}  ${paint('bold', policy)}  ${objectText(finding)}${
    container === undefined ? '' : `, container ${container}`
  }`;
  const place = `    ${path}${value === undefined ? ' is absent' : `: ${showValue(value)}`}`;
  // The head names the whole object already.
  return [head, `    ${message}`, ...(path === '' ? [] : [place]), `    fix: ${fix}`];
};

const errorLine = ({ file, line, column, message }: ScanError, paint: Paint): string =>
  `${file}${line === undefined ? '' : `:${line}:${column}`}  ${paint('red', 'error')}  ${message}`;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const summaryLine = ({ findings, summary, errors, profile, failOn }: Report): string => {
  const bySeverity = [...SEVERITIES]
    .reverse()
    .filter((severity) => summary.findings[severity] > 0)
    .map((severity) => `${summary.findings[severity]} ${severity}`);
  const failing = findings.filter(({ severity }) => failsAt(severity, failOn)).length;
  return [
    `${counted(findings.length, 'finding')}${bySeverity.length > 0 ? ` (${bySeverity.join(', ')})` : ''} in ${counted(summary.objects, 'object')} of ${counted(summary.files, 'file')}`,
    `${counted(summary.policies, 'policy').replace('policys', 'policies')} of profile ${profile}`,
    ...(summary.excepted > 0 ? [`${summary.excepted} excepted`] : []),
    ...(errors.length > 0 ? [counted(errors.length, 'error')] : []),
    ...(failing > 0 ? [`${failing} at or above ${failOn}`] : []),
  ].join('; ');
};

/** `--format text`: for people; coloured where `color` says so. */
export const formatText = (report: Report, { color }: { readonly color: boolean }): string => {
  const paint: Paint = (style, text) => (color ? styleText(style, text) : text);
  const lines = [
    ...report.findings.flatMap((finding) => [...findingLines(finding, paint), '']),
    ...report.errors.map((error) => errorLine(error, paint)),
    ...report.summary.skipped.map(({ file, reason }) => `${file}  skipped  ${reason}`),
    ...report.exceptions
      .filter(({ state }) => state !== 'used')
      .map(({ exception: { name, spec }, state }) => `exception ${name}  ${state}${state === 'expired' ? ` since ${spec.expiresAt}` : ''}`),
    summaryLine(report),
  ];
  return `${lines.join('\n')}\n`;
};
