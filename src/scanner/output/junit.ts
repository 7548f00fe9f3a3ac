import type { FileFinding, ScanError } from '../finding.ts';
import { findingText, objectText, relativePath } from './finding-text.ts';
import type { Report } from './report.ts';

// XML 1.0 has no way to write these, escaped or not.
const isXmlCharacter = (character: string): boolean => {
  const code = character.codePointAt(0) ?? 0;
  return code >= 0x20 ? code < 0xd800 || (code > 0xdfff && code !== 0xfffe && code !== 0xffff) : code === 9 || code === 10 || code === 13;
};
const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '&#10;',
  '\r': '&#13;',
  '\t': '&#9;',
};

const escapeXml = (text: string): string =>
  [...text]
    .filter(isXmlCharacter)
    .join('')
    .replaceAll(/[&<>"\n\r\t]/g, (character) => ENTITIES[character]!);

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value))}"`)
    .join('');

const failure = (finding: FileFinding): string[] => {
  const { file, line, column, policy, severity, path } = finding;
  const name = `${policy}: ${objectText(finding)} ${path}`;
  return [
    `    <testcase${attributes({ name, classname: relativePath(file), file: relativePath(file), line })}>`,
    `      <failure${attributes({ type: severity, message: finding.message })}>${escapeXml(`${relativePath(file)}:${line}:${column} ${findingText(finding)}`)}</failure>`,
    '    </testcase>',
  ];
};

const broken = ({ file, line, column, message }: ScanError): string[] => [
  `    <testcase${attributes({ name: line === undefined ? 'cannot be read' : `cannot be read at ${line}:${column}`, classname: relativePath(file) })}>`,
  `      <error${attributes({ type: 'unreadable', message })}/>`,
  '    </testcase>',
];

const suite = (file: string, findings: readonly FileFinding[], errors: readonly ScanError[]): string[] => {
  const clean = findings.length + errors.length === 0;
  const counts = { tests: clean ? 1 : findings.length + errors.length, failures: findings.length, errors: errors.length };
  return [
    `  <testsuite${attributes({ name: relativePath(file), ...counts })}>`,
    ...(clean ? [`    <testcase${attributes({ name: 'no findings', classname: relativePath(file) })}/>`] : []),
    ...findings.flatMap(failure),
    ...errors.flatMap(broken),
    '  </testsuite>',
  ];
};

const groupByFile = <T extends { readonly file: string }>(entries: readonly T[]): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const entry of entries) {
    const group = groups.get(entry.file);
    if (group) group.push(entry);
    else groups.set(entry.file, [entry]);
  }
  return groups;
};

/** `--format junit`: a suite per file, a failed case per finding, an error per document that cannot be read. */
export const formatJunit = ({ files, findings, errors }: Report): string => {
  const found = groupByFile(findings);
  const failed = groupByFile(errors);
  const names = [...new Set([...files, ...failed.keys()])];
  const tests = names.reduce((sum, name) => sum + Math.max(1, (found.get(name)?.length ?? 0) + (failed.get(name)?.length ?? 0)), 0);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes({ name: 'bellwether scan', tests, failures: findings.length, errors: errors.length })}>`,
    ...names.flatMap((name) => suite(name, found.get(name) ?? [], failed.get(name) ?? [])),
    '</testsuites>',
  ];
  return `${lines.join('\n')}\n`;
};
