import { formatShare, type Share } from '../../flows/index.ts';
import type { ProtocolFigures } from './run-protocols.ts';

const number = (value: number): string => (Number.isNaN(value) ? '-' : value.toFixed(3));
const share = (value: Share | undefined): string => (value === undefined ? '-' : formatShare(value));

const table = (rows: readonly (readonly string[])[]): string => {
  if (rows.length === 1) return '(nothing to judge in this recording)';
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** The figures as a page of text: shares with their 95 % intervals and counts. */
export const formatFigures = ({ benignCapture, largest, benignOnly, fewShot, supervised, placebo, feedback }: ProtocolFigures): string => {
  const sections = [
    `Detectors of benign flows: two thirds of benign time (capture ${benignCapture}) to learn from, the last third and all other captures judged, each third in turn.`,
    table([
      ['', `PR-AUC without ${largest}`, 'PR-AUC', 'background ROC', 'false alarms in benign time', 'alarms in the background'],
      ...benignOnly.map((each) => [
        each.name,
        number(each.prAucRare),
        number(each.prAuc),
        number(each.backgroundRoc),
        share(each.falseAlarms),
        share(each.backgroundAlarms),
      ]),
    ]),
    'Recall at the own threshold:',
    ...benignOnly.flatMap(({ name, recall }) =>
      recall
        ? [
            `  ${name}: ${Object.entries(recall)
              .map(([family, value]) => `${family} ${share(value)}`)
              .join('; ')}`,
          ]
        : [],
    ),
    '',
    'Few examples: all benign flows of the reference and N flows of each family drawn at random; macro-F1 over benign and the scored families.',
    table([
      ['', 'N', 'macro-F1', 'deviation of draws', ...Object.keys(fewShot[0]?.f1 ?? {})],
      ...fewShot.map(({ name, shots, macroF1, deviation, f1 }) => [
        name,
        String(shots),
        number(macroF1),
        number(deviation),
        ...Object.values(f1).map(number),
      ]),
    ]),
    '',
    'Detectors that have seen attacks:',
    table([
      ['', 'PR-AUC', 'background ROC', 'false alarms in benign time', 'recall'],
      ...Object.entries(supervised).flatMap(([detector, rows]) =>
        rows.map((row) => [
          `${detector}, ${row.name}`,
          number(row.prAuc),
          number(row.backgroundRoc),
          share(row.falseAlarms),
          share(row.recall),
        ]),
      ),
    ]),
    '',
    'Verdicts: N findings of benign time called false alarms, and N of each family confirmed; everything else of benign time and of the attack captures judged before and after.',
    table([
      ['N', 'false alarms before', 'after', 'attacks found before', 'after', 'named rightly after'],
      ...feedback.map((each) => [
        String(each.verdicts),
        share(each.alarmsBefore),
        share(each.alarmsAfter),
        share(each.foundBefore),
        share(each.foundAfter),
        share(each.namedAfter),
      ]),
    ]),
    '',
    'Placebo: a stretch of benign time called an attack, and the stretch after it judged; ROC near .5 is right.',
    ...Object.entries(placebo).map(([detector, rocs]) => `  ${detector}: ${rocs.map(number).join(', ')}`),
  ];
  return `${sections.join('\n')}\n`;
};
