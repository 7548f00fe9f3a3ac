import type { FileFinding, ScanError } from '../finding.ts';
import { findingText, relativePath } from './finding-text.ts';
import { failsAt, type Report } from './report.ts';

const data = (text: string): string => text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
const property = (text: string): string => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');

const command = (level: string, fields: Readonly<Record<string, string | number>>, text: string): string =>
  `::${level} ${Object.entries(fields)
    .map(([name, value]) => `${name}=${property(String(value))}`)
    .join(',')}::${data(text)}`;

const annotation = (finding: FileFinding, { failOn }: Report): string => {
  const { file, line, column, policy, severity } = finding;
  const level = failsAt(severity, failOn) ? 'error' : severity === 'low' ? 'notice' : 'warning';
  return command(level, { file: relativePath(file), line, col: column, title: `${policy} (${severity})` }, findingText(finding));
};

const errorAnnotation = ({ file, line, column, message }: ScanError): string =>
  command(
    'error',
    { file: relativePath(file), ...(line === undefined ? {} : { line, col: column ?? 1 }), title: 'cannot be read' },
    message,
  );

/** `--format github`: workflow commands, which GitHub shows at the lines of a pull request. Errors are what fails the scan. */
export const formatGithub = (report: Report): string =>
  [...report.findings.map((finding) => annotation(finding, report)), ...report.errors.map(errorAnnotation)]
    .map((line) => `${line}\n`)
    .join('');
