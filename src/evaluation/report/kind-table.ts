import type { KindFigures } from '../kinds/judge-kinds.ts';
import { formatNumber, formatTable } from './text-table.ts';

/** Figures of a classifier for people: class by class, then all of them, then who was taken for whom. */
export const formatKinds = (figures: KindFigures): string => {
  const { classes, macro, accuracy, rocAuc, macroF1Interval, confusion, rows, falseAlarms, normalHours } = figures;
  const interval = macroF1Interval ? ` [${formatNumber(macroF1Interval[0], 2)} ${formatNumber(macroF1Interval[1], 2)}]` : '';
  return [
    formatTable([
      ['', 'precision', 'recall', 'F1', 'rows', ...classes.map(({ name }) => `as ${name}`)],
      ...classes.map((each, i) => [
        each.name,
        formatNumber(each.precision),
        formatNumber(each.recall),
        formatNumber(each.f1),
        String(each.rows),
        ...confusion[i]!.map(String),
      ]),
      ['macro', formatNumber(macro.precision), formatNumber(macro.recall), formatNumber(macro.f1), String(rows), ...classes.map(() => '')],
    ]),
    `accuracy ${formatNumber(accuracy)}, macro F1 ${formatNumber(macro.f1)}${interval}, ROC-AUC of abnormal against normal ${formatNumber(rocAuc)}`,
    `${falseAlarms} false alarms in ${formatNumber(normalHours, 2)} h of normal frames: ${formatNumber(falseAlarms / normalHours)} per hour`,
  ].join('\n');
};
