import { formatVerdict } from '../audit/audit.ts';
import type { DetectorFigures, Evaluation } from '../evaluate.ts';
import type { Gain } from '../metrics/explanation.ts';
import type { RuleFigures } from '../metrics/rule-figures.ts';
import type { Figures, Summary } from '../metrics/summary.ts';
import { formatKinds } from './kind-table.ts';
import { formatDuration, formatNumber, formatTable } from './text-table.ts';

/** The report as text for people; `docs/evaluate.md` says what each figure means. */
export const formatReport = (evaluation: Evaluation): string => {
  const { summary } = evaluation.score;
  const names = evaluation.names.filter((name) => name !== '').join(', ');
  const sections = [
    [
      `${names ? `${names}: ` : ''}${counted(summary.entities, 'workload')}, ${counted(summary.events, 'event')}, ${formatNumber(summary.entityDays, 2)} workload-days,` +
        ` VUS-PR window ${summary.windows.join(', ')} samples`,
      summary.eventsWithoutRows > 0 ? `${summary.eventsWithoutRows} events have no scored sample and count as missed` : '',
    ],
    ['At the boundary 1.0, interval 95 % over workloads', boundaryTable(evaluation), hourlyLine(evaluation)],
    ['Order of the samples, and recall with one threshold chosen afterwards (optimistic, for comparison only)', rankTable(evaluation)],
    ['The shipped alert rule, replayed over the score', ruleTable(evaluation)],
    [
      'Sample by sample at the boundary, as classifiers are judged: it rewards alarms that last as long as the event',
      sampleTable(evaluation),
    ],
    evaluation.kinds ? ['Kinds, frame by frame, edges of events left out', formatKinds(evaluation.kinds)] : [],
    [namingLine(evaluation), causeLine(evaluation)],
    [evaluation.audit ? formatVerdict(evaluation.audit) : ''],
    [inputLine(evaluation), ...evaluation.warnings.map((warning) => `warning: ${warning}`)],
  ];
  return `${sections
    .map((lines) => lines.filter((line) => line !== '').join('\n'))
    .filter((section) => section !== '')
    .join('\n\n')}\n`;
};

const withInterval = (summary: Summary, name: keyof Figures): string => {
  const interval = summary.intervals?.[name];
  return `${formatNumber(summary[name])}${interval ? ` [${formatNumber(interval[0], 2)} ${formatNumber(interval[1], 2)}]` : ''}`;
};

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

const detectors = ({ score, baselines }: Evaluation): readonly DetectorFigures[] => [score, ...baselines];

const boundaryTable = (evaluation: Evaluation): string =>
  formatTable([
    ['', 'event recall', 'events', 'false alarms/day', 'false', 'precision', 'delay p50', 'delay p90', 'in alarm', 'clean false/day'],
    ...detectors(evaluation).map(({ name, summary }) => [
      name,
      withInterval(summary, 'eventRecall'),
      `${summary.detected}/${summary.events}`,
      withInterval(summary, 'falseAlarmsPerEntityDay'),
      String(summary.falseAlarms),
      formatNumber(summary.alarmPrecision),
      formatDuration(summary.delayMedianSeconds),
      formatDuration(summary.delayP90Seconds),
      formatNumber(summary.alarmTimeShare, 4),
      withInterval(summary, 'cleanFalseAlarmsPerEntityDay'),
    ]),
  ]);

/** A recording of hours says little about a day. */
const hourlyLine = ({ score: { summary } }: Evaluation): string =>
  `False alarms per hour: ${formatNumber(summary.falseAlarms / (24 * summary.entityDays), 4)} (${summary.falseAlarms} in ${formatNumber(24 * summary.entityDays, 1)} workload-hours)`;

const rankTable = (evaluation: Evaluation): string => {
  const { margin } = evaluation;
  return formatTable([
    ['', 'VUS-PR', 'average precision', 'recall at .5/day', 'recall at 1/day'],
    ...detectors(evaluation).map(({ name, summary }) => [
      name,
      withInterval(summary, 'vusPr'),
      withInterval(summary, 'averagePrecision'),
      formatNumber(summary.oracleHalf.recall),
      formatNumber(summary.oracleOne.recall),
    ]),
    [
      `${evaluation.score.name} margin`,
      formatNumber(margin.vusPr),
      '',
      formatNumber(margin.oracleHalf.recall),
      formatNumber(margin.oracleOne.recall),
    ],
  ]);
};

const ruleTable = ({ rule, strictRule }: Evaluation): string => {
  const row = (name: string, figures: RuleFigures): string[] => [
    name,
    formatNumber(figures.eventRecall),
    `${figures.detected}/${figures.events}`,
    formatNumber(figures.announcedRecall),
    formatNumber(figures.falseAlertsPerEntityDay),
    `${figures.falseAlerts}/${figures.alerts}`,
    formatNumber(figures.alertPrecision),
    formatDuration(figures.delayMedianSeconds),
    formatDuration(figures.delayP90Seconds),
  ];
  return formatTable([
    ['', 'event recall', 'events', 'with a new alert', 'false alerts/day', 'false', 'precision', 'delay p50', 'delay p90'],
    row('max over 5 m', rule),
    row('half of 5 m', strictRule),
  ]);
};

const sampleTable = (evaluation: Evaluation): string =>
  formatTable([
    ['', 'accuracy', 'precision', 'recall', 'F1', 'normal F1', 'macro F1', 'ROC-AUC', 'found', 'missed', 'false', 'quiet'],
    ...detectors(evaluation).map(({ name, samples }) => {
      const [normal, event] = samples.classes;
      const [[quiet, wrong], [missed, found]] = samples.confusion as [[number, number], [number, number]];
      return [
        name,
        formatNumber(samples.accuracy),
        formatNumber(event!.precision),
        formatNumber(event!.recall),
        formatNumber(event!.f1),
        formatNumber(normal!.f1),
        formatNumber(samples.macro.f1),
        formatNumber(samples.rocAuc),
        ...[found, missed, wrong, quiet].map(String),
      ];
    }),
  ]);

const formatGain = (gain: Gain | undefined): string =>
  gain ? `${formatNumber(gain.mean)} [${formatNumber(gain.interval[0], 2)} ${formatNumber(gain.interval[1], 2)}]` : '-';

const namingLine = ({ naming }: Evaluation): string => {
  if (naming.labelled === 0) return '';
  const { own, random, largestZ } = naming.precisionAtTrue;
  const interval = naming.hitAt1Interval ? ` [${naming.hitAt1Interval.map((x) => formatNumber(x, 2)).join(' ')}]` : '';
  return [
    `Contributors name a true metric: first ${formatNumber(naming.precisionAt1)}, first three ${formatNumber(naming.precisionAt3)},` +
      ` random order ${formatNumber(naming.randomPrecision)} (${naming.explained} of ${naming.labelled} events have contributors)`,
    `True metrics among as many contributors as are true, ${naming.alarmed} alarmed events: ${formatNumber(own)}, random order ${formatNumber(random)}` +
      ` (gain ${formatGain(naming.overRandom)}), order of |z| ${formatNumber(largestZ)} (gain ${formatGain(naming.overLargestZ)});` +
      ` events without an alarm as misses ${formatNumber(naming.precisionWithMisses)}`,
    naming.fewTrue > 0
      ? `First contributor is true, ${naming.fewTrue} events with at most 5 true metrics, no alarm is a miss: ${formatNumber(naming.hitAt1)}${interval}`
      : '',
  ]
    .filter(Boolean)
    .join('\n');
};

const causeLine = ({ causes }: Evaluation): string =>
  causes === undefined
    ? ''
    : `Workload of the cause has the highest score: first ${formatNumber(causes.top1)}, among three ${formatNumber(causes.top3)},` +
      ` mean 1/rank ${formatNumber(causes.meanReciprocalRank)}, random first ${formatNumber(causes.randomTop1)} (${causes.events} events)\n` +
      `The same by the largest |z|: first ${formatNumber(causes.largestZ.top1)}, among three ${formatNumber(causes.largestZ.top3)},` +
      ` mean 1/rank ${formatNumber(causes.largestZ.meanReciprocalRank)}; gain of the score in 1/rank ${formatGain(causes.overLargestZ)}`;

const inputLine = ({ inputs }: Evaluation): string => {
  const total = (of: (input: Evaluation['inputs'][number]) => number): number => inputs.reduce((sum, input) => sum + of(input), 0);
  const dropped = total(({ droppedSeries }) => Object.values(droppedSeries).reduce((a, b) => a + b, 0));
  const counts: [string, number][] = [
    ['late samples', total(({ lateSamples }) => lateSamples)],
    ['doubled samples', total(({ duplicateSamples }) => duplicateSamples)],
    ['samples without a usable value', total(({ badSamples }) => badSamples)],
    ['counter resets', total(({ counterResets }) => counterResets)],
    ['series without a workload', dropped],
  ];
  const seen = counts.filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`);
  return seen.length === 0 ? '' : `Input: ${seen.join(', ')}`;
};
