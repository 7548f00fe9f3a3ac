import type { ImageSummary, ImagesResult, SeverityCounts, WorkloadUse } from './join.ts';
import { IMAGE_SEVERITIES } from './report.ts';

const WORST_FIRST = [...IMAGE_SEVERITIES].reverse();

// Names come from images and registries: control characters and marks of direction must not reach a terminal.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
const clean = (text: string): string => text.replace(UNPRINTABLE, '\uFFFD');

const table = (rows: readonly (readonly string[])[]): string[] => {
  const cells = rows.map((row) => row.map(clean));
  const widths = (cells[0] ?? []).map((_, column) => cells.reduce((most, row) => Math.max(most, row[column]!.length), 0));
  return cells.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
};

/** `7 (5)`: findings, and those that can be fixed. */
const cell = (findings: SeverityCounts, fixable: SeverityCounts, severity: keyof SeverityCounts): string =>
  fixable[severity] > 0 ? `${findings[severity]} (${fixable[severity]})` : String(findings[severity]);

const workloadText = ({ kind, namespace, name, containers }: WorkloadUse): string =>
  `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name} (${containers.join(', ')})`;

const imageLines = ({ image, worst, workloads, findings }: ImageSummary): string[] => {
  const total = WORST_FIRST.reduce((count, severity) => count + findings[severity], 0);
  return [
    '',
    clean(image),
    ...(workloads?.length ? workloads.map((workload) => `  used by ${clean(workloadText(workload))}`) : []),
    ...table(
      worst.map(({ severity, id, package: name, installed, fixed }) => [
        severity,
        id,
        name,
        installed,
        fixed === undefined ? 'no fix' : `fixed in ${fixed}`,
      ]),
    ).map((line) => `  ${line}`),
    ...(worst.length > 0 && total > worst.length ? [`  and ${total - worst.length} more`] : []),
  ];
};

const listed = (title: string, lines: readonly string[]): string[] =>
  lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${clean(line)}`)];

/** The result for people. */
export const imagesText = ({ images, unused, withoutReport, summary, errors }: ImagesResult): string => {
  const rows = images.map(({ image, findings, fixable, workloads }) => [
    image,
    ...WORST_FIRST.map((severity) => cell(findings, fixable, severity)),
    ...(workloads ? [String(workloads.length)] : []),
  ]);
  const isJoined = unused !== undefined;
  const total = ['all', ...WORST_FIRST.map((severity) => cell(summary.findings, summary.fixable, severity)), ...(isJoined ? [''] : [])];
  const lines = [
    ...(images.length > 0
      ? [
          'Findings, in brackets those that can be fixed',
          '',
          ...table([['image', ...WORST_FIRST, ...(isJoined ? ['workloads'] : [])], ...rows, total]),
        ]
      : ['no report could be read']),
    ...images.filter(({ worst, workloads }) => worst.length > 0 || workloads?.length).flatMap(imageLines),
    ...listed('Images that no workload uses', unused ?? []),
    ...listed(
      'Images in use without a report',
      (withoutReport ?? []).map(({ image, workloads }) => `${image}: ${workloads.map(workloadText).join(', ')}`),
    ),
    ...listed(
      'Could not be read',
      errors.map(({ file, line, column, message }) => `${file}${line === undefined ? '' : `:${line}:${column}`}: ${message}`),
    ),
  ];
  return `${lines.join('\n')}\n`;
};
