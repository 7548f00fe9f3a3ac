// Public recordings, replayed: figures beside those of the scoring recipe. --data DIR [--only NAME] [--baselines] [--model DIR|none] [--judge score_metrics.py] [--python PROGRAM]
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Evaluation, formatReport, formatScores, type PairPaths, runEvaluation } from '../src/evaluation/index.ts';
import { systemClock } from '../src/platform/index.ts';
import { openEncoder } from './models/open-encoder.ts';
import { type Bar, printBar, printHead } from './report.ts';

interface Reached {
  readonly vusPr: number;
  readonly recall: number;
  readonly falseAlarmsPerDay: number;
}

interface RecordingSet {
  readonly name: string;
  readonly stems: readonly string[];
  readonly kinds?: readonly string[];
  /** What the recipe reached with a prototype, at the fixed boundary 1.0 (its section 7). */
  readonly recipe: Reached;
  /** What is aimed at: recall and order at no more false alarms than a person bears. */
  readonly aim: Reached;
}

const reached = (vusPr: number, recall: number, falseAlarmsPerDay: number): Reached => ({ vusPr, recall, falseAlarmsPerDay });

const SETS: readonly RecordingSet[] = [
  { name: 'asd', stems: [1, 2, 3, 4, 5, 6].map((i) => `asd-omi-${i}`), recipe: reached(0.47, 0.66, 0.08), aim: reached(0.52, 0.75, 0.3) },
  { name: 'nezha', stems: ['nezha-ob-2022-08-22'], kinds: ['cpu'], recipe: reached(0.65, 0.64, 0.73), aim: reached(0.7, 0.9, 0.73) },
  { name: 'microsoft-hourly', stems: ['microsoft-hourly'], recipe: reached(0.53, 0.64, 0.12), aim: reached(0.58, 0.8, 0.3) },
  { name: 'microsoft-minute', stems: ['microsoft-minute'], recipe: reached(0.45, 0.45, 0.42), aim: reached(0.48, 0.55, 0.5) },
  { name: 'nab-ops', stems: ['nab-ops'], recipe: reached(0.42, 0.56, 0.19), aim: reached(0.46, 0.68, 0.5) },
];

// How far below the recipe a figure may lie: the larger of a share and one event or alarm.
const VUS_PR_SLACK = 0.03;
const RATE_SLACK = 0.05;

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    only: { type: 'string' },
    baselines: { type: 'boolean', default: false },
    judge: { type: 'string' },
    model: { type: 'string' },
    python: { type: 'string', default: 'python3' },
  },
});

const encoder = await openEncoder(flags.model);

/** At the recipe, less what one event or alarm more can be; and at what is aimed at. */
const barsOf = ({ name, recipe, aim }: RecordingSet, { score: { summary } }: Evaluation): Bar[] => {
  const [vusPr, recall, falseAlarms] = [summary.vusPr ?? 0, summary.eventRecall ?? 0, summary.falseAlarmsPerEntityDay ?? 0];
  const lessRecall = Math.max(RATE_SLACK, 1 / summary.events);
  const moreAlarms = Math.max(RATE_SLACK, 1 / summary.entityDays);
  const day = 'per workload-day';
  return [
    { name: `${name}: VUS-PR, recipe ${recipe.vusPr}`, value: vusPr, unit: '', atLeast: recipe.vusPr - VUS_PR_SLACK },
    { name: `${name}: event recall, recipe ${recipe.recall}`, value: recall, unit: '', atLeast: recipe.recall - lessRecall },
    {
      name: `${name}: false alarms, recipe ${recipe.falseAlarmsPerDay}`,
      value: falseAlarms,
      unit: day,
      atMost: recipe.falseAlarmsPerDay + moreAlarms,
    },
    { name: `${name}: VUS-PR, aim`, value: vusPr, unit: '', atLeast: aim.vusPr },
    { name: `${name}: event recall, aim`, value: recall, unit: '', atLeast: aim.recall },
    { name: `${name}: false alarms, aim`, value: falseAlarms, unit: day, atMost: aim.falseAlarmsPerDay },
  ];
};

const runSet = async (dir: string, set: RecordingSet): Promise<boolean> => {
  const pairs = set.stems.map((stem): PairPaths => ({ data: join(dir, `${stem}.om.gz`), events: join(dir, `${stem}.events.json`) }));
  const missing = pairs.flatMap(({ data, events }) => [data, events]).filter((path) => !existsSync(path));
  if (missing.length > 0) {
    console.log(`${set.name}: skipped, no ${missing.join(', ')}`);
    return true;
  }
  await printHead({
    bench: `recordings, ${set.name}`,
    seed: 1,
    inputs: pairs.map(({ data }, i) => ({ name: set.stems[i]!, source: { file: data } })),
  });
  const chunks: Uint8Array[] = [];
  const startMs = performance.now();
  const evaluation = await runEvaluation(
    { clock: systemClock, encoder, onScored: async (_, { log }) => void chunks.push(...formatScores(log.entities())) },
    { pairs, kinds: set.kinds, baselines: flags.baselines, bank: true, seed: 1 },
  );
  console.log(formatReport(evaluation));
  console.log(`${set.name}: ${((performance.now() - startMs) / 1000).toFixed(1)} s`);
  const met = barsOf(set, evaluation).map(printBar).every(Boolean);
  const agreed = flags.judge === undefined || agreesWithJudge(flags.judge, set, pairs, chunks, evaluation);
  console.log('');
  return met && agreed;
};

/** The independent judge's names of our figures. */
const figuresOf = ({ score: { summary } }: Evaluation): Readonly<Record<string, number | undefined>> => ({
  vus_pr: summary.vusPr,
  ap: summary.averagePrecision,
  event_recall: summary.eventRecall,
  alarm_precision: summary.alarmPrecision,
  fa_per_entity_day: summary.falseAlarmsPerEntityDay,
  clean_fa_per_entity_day: summary.cleanFalseAlarmsPerEntityDay,
  delay_median_s: summary.delayMedianSeconds,
  delay_p90_s: summary.delayP90Seconds,
  alarm_time_share: summary.alarmTimeShare,
  n_events: summary.events,
  n_detected: summary.detected,
  n_false_alarms: summary.falseAlarms,
  n_episodes: summary.episodes,
  n_entities: summary.entities,
  entity_days: summary.entityDays,
  clean_entity_days: summary.cleanEntityDays,
  clean_false_alarms: summary.cleanFalseAlarms,
  events_without_rows: summary.eventsWithoutRows,
  'oracle_recall_at_0.5': summary.oracleHalf.recall,
  oracle_recall_at_1: summary.oracleOne.recall,
  'oracle_threshold_at_0.5': summary.oracleHalf.threshold,
  oracle_threshold_at_1: summary.oracleOne.threshold,
});

const AGREEMENT = 1e-6;

const askJudge = (judge: string, args: readonly string[]): Record<string, number | null> => {
  const lines = execFileSync(flags.python, [judge, '--boot', '0', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .trim()
    .split('\n');
  return JSON.parse(lines.at(-1)!) as Record<string, number | null>;
};

/** Gives our scores to the judge and compares every figure. */
const agreesWithJudge = (
  judge: string,
  set: RecordingSet,
  pairs: readonly PairPaths[],
  chunks: readonly Uint8Array[],
  ours: Evaluation,
): boolean => {
  const dir = mkdtempSync(join(tmpdir(), 'recordings-'));
  try {
    const scores = join(dir, 'scores.csv');
    // Every pair brings its own header line; one is enough.
    const text = Buffer.concat(chunks).toString().split('\n');
    writeFileSync(scores, text.filter((line, i) => i === 0 || line !== text[0]).join('\n'));
    const args = [
      ...pairs.flatMap(({ events }) => ['--scores', scores, '--events', events]),
      ...(set.kinds ? ['--kinds', set.kinds.join(',')] : []),
    ];
    const theirs = askJudge(judge, args);
    const onMargin = askJudge(judge, [...args, '--oracle-column', 'margin']);
    const compared: [string, number | undefined, number | null | undefined][] = [
      ...Object.entries(figuresOf(ours)).map(([name, value]): [string, number | undefined, number | null | undefined] => [
        name,
        value,
        theirs[name],
      ]),
      ['margin oracle .5', ours.margin.oracleHalf.recall, onMargin['oracle_recall_at_0.5']],
      ['margin oracle 1', ours.margin.oracleOne.recall, onMargin.oracle_recall_at_1],
    ];
    const differing = compared.filter(([, a, b]) => (a === undefined) !== (b === null) || Math.abs((a ?? 0) - (b ?? 0)) > AGREEMENT);
    for (const [name, a, b] of differing) console.log(`${set.name}: ${name} is ${a}, the judge says ${b}`);
    console.log(`${set.name}: ${compared.length - differing.length} of ${compared.length} figures equal the judge's`);
    return differing.length === 0;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
};

if (flags.data === undefined) {
  console.error('recordings: --data DIR is missing: a folder with recordings (NAME.om.gz and NAME.events.json)');
  process.exitCode = 2;
} else {
  const results: boolean[] = [];
  for (const set of SETS) if (flags.only === undefined || flags.only === set.name) results.push(await runSet(flags.data, set));
  await encoder?.close();
  console.log(results.every(Boolean) ? 'all bars reached' : 'NOT all bars reached');
  if (!results.every(Boolean)) process.exitCode = 1;
}
