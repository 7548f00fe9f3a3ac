import type { Estimate, LearningProof } from './learning-proof.ts';
import type { RecordedLearning } from './recording-feedback.ts';
import { RAISED_BUDGET } from './recording-feedback.ts';

const percent = (x: number): string => (Number.isFinite(x) ? `${(100 * x).toFixed(0)} %` : '-');
const points = (x: number): string => (Number.isFinite(x) ? x.toFixed(1) : '-');
const withInterval = ({ value, interval }: Estimate, show: (x: number) => string): string =>
  interval ? `${show(value)} [${show(interval[0])}, ${show(interval[1])}]` : show(value);

const table = (rows: readonly (readonly string[])[]): string => {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
};

/** The proof on simulated clusters as text. */
export const formatProof = ({ seeds, sets, missed }: LearningProof): string => {
  const learned = table([
    [
      'verdicts',
      'workloads',
      'false alarms',
      'fewer',
      'recall',
      'points lost',
      'of these without a job beside',
      'control',
      'points over control',
    ],
    ...sets.map(({ set, workloads, without, taught, drop, loss, lossAlone, recall, controlRecall, overControl }) => [
      set.name,
      String(workloads),
      `${without.falseAlarms} -> ${taught.falseAlarms}`,
      withInterval(drop, percent),
      `${percent(recall)} of ${taught.faults}`,
      withInterval(loss, points),
      withInterval(lossAlone, points),
      percent(controlRecall),
      withInterval(overControl, points),
    ]),
  ]);
  const faint = table([
    ['missed', 'workloads', 'recall of like events', 'points gained'],
    ...missed.map(({ set, workloads, recallWithout, recallTaught, gain }) => [
      set.name,
      String(workloads),
      `${percent(recallWithout)} -> ${percent(recallTaught)}`,
      withInterval(gain, points),
    ]),
  ]);
  return `Learning from verdicts, on simulated workloads; seeds ${seeds.join(', ')}. Intervals: 95 %, over clusters.
Judged on the days after each workload's last verdict. Control: no verdicts, a threshold that leaves as few false alarms.

${learned}
${missed.length > 0 ? `\nWhat was missed, at as many false alarms as without verdicts:\n\n${faint}\n` : ''}`;
};

/** What recordings gave, as text. */
export const formatRecorded = (learnings: readonly RecordedLearning[]): string => {
  const rows = learnings.flatMap(({ name, threshold, sets }) =>
    sets.map(({ set, workloads, workloadDays, falseAlarms, found, events }) => [
      name,
      threshold.toFixed(2),
      set.name,
      String(workloads),
      workloadDays.toFixed(1),
      `${falseAlarms[0]} -> ${falseAlarms[1]}`,
      `${found[0]} -> ${found[1]} of ${events}`,
    ]),
  );
  return `Learning from verdicts, on recordings, at a margin that gives ${RAISED_BUDGET} false alarms per workload-day; counts on the time after each workload's last verdict.

${table([['recording', 'margin', 'verdicts', 'workloads', 'days', 'false alarms', 'events found'], ...rows])}
`;
};
