// All detectors over public recordings, beside the shipped score and the baselines. --data DIR [--only SET] [--detectors a,b] [--model DIR|none]
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { chooseDetectors, type DetectorFigures, type Evaluation, runEvaluation, type SeriesDetector } from '../src/evaluation/index.ts';
import { systemClock } from '../src/platform/index.ts';
import { openEncoder } from './models/open-encoder.ts';
import { RECORDING_SETS, recordingPaths } from './recordings/sets.ts';
import { printHead } from './report.ts';

const SEED = 1;

const { values: flags } = parseArgs({
  options: {
    data: { type: 'string' },
    only: { type: 'string' },
    detectors: { type: 'string' },
    model: { type: 'string' },
  },
});

const { detectors, close } = chooseDetectors(flags.detectors?.split(',') ?? ['all'], systemClock);

const encoder = await openEncoder(flags.model);

const cell = (value: number | undefined, digits = 2): string => (value === undefined ? '-' : value.toFixed(digits));
const printRow = (name: string, cells: readonly string[]): void =>
  console.log(`${name.padEnd(20)}${cells.map((each) => each.padStart(20)).join('')}`);

const row = ({ name, summary }: DetectorFigures): void => {
  const interval = summary.intervals?.vusPr;
  printRow(name, [
    `${cell(summary.vusPr)}${interval ? ` [${cell(interval[0])} ${cell(interval[1])}]` : ''}`,
    `${cell(summary.eventRecall)} @ ${cell(summary.falseAlarmsPerEntityDay)}`,
    `${cell(summary.oracleHalf.recall)} / ${cell(summary.oracleOne.recall)}`,
    cell(summary.cleanFalseAlarmsPerEntityDay),
  ]);
};

const print = ({ score, margin, baselines }: Evaluation): void => {
  printRow('', ['VUS-PR', 'recall @ false/day', 'oracle .5 / 1', 'clean false/day']);
  for (const figures of [score, ...baselines]) row(figures);
  printRow('bellwether margin', [cell(margin.vusPr), '', `${cell(margin.oracleHalf.recall)} / ${cell(margin.oracleOne.recall)}`, '']);
};

if (flags.data === undefined) {
  console.error('detectors: --data DIR is missing: a folder with recordings (NAME.om.gz and NAME.events.json)');
  process.exitCode = 2;
} else {
  for (const set of RECORDING_SETS.filter(({ name }) => flags.only === undefined || flags.only === name)) {
    const pairs = recordingPaths(flags.data, set);
    if (!pairs.every(({ data }) => existsSync(data))) {
      console.log(`${set.name}: skipped, not in ${flags.data}`);
      continue;
    }
    await printHead({
      bench: `detectors, ${set.name}`,
      seed: SEED,
      inputs: pairs.map(({ data }, i) => ({ name: set.stems[i]!, source: { file: data } })),
    });
    const seconds = new Map<string, number>();
    const timed = detectors.map(
      (detector): SeriesDetector => ({
        name: detector.name,
        score: async (series, options) => {
          const start = process.cpuUsage();
          const scores = await detector.score(series, options);
          const { user, system } = process.cpuUsage(start);
          seconds.set(detector.name, (seconds.get(detector.name) ?? 0) + (user + system) / 1e6);
          return scores;
        },
      }),
    );
    const evaluation = await runEvaluation(
      { clock: systemClock, detectors: timed, encoder },
      { pairs, kinds: set.kinds, baselines: true, bank: true, seed: SEED },
    );
    print(evaluation);
    console.log(`CPU: ${[...seconds].map(([name, value]) => `${name} ${value.toFixed(1)} s`).join(', ')}\n`);
  }
}
await close();
await encoder?.close();
