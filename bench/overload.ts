// Kinds of overload: learns them on simulated clusters of some seeds, judges on other seeds and on another step. [--seeds N] [--test-seeds N] [--write]
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { isOverload, OVERLOAD_KINDS, type OverloadWeights, overloadProbabilities } from '../src/scoring/index.ts';
import { collectOverloads, type LabelledOverload } from './overload/collect.ts';
import { learnWeights } from './overload/learn.ts';
import { printBar, printHead } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    seeds: { type: 'string', default: '6' },
    'test-seeds': { type: 'string', default: '4' },
    write: { type: 'boolean', default: false },
  },
});
const STEP_MS = 30_000;
/** Another shape of the same kinds: twice the step, larger workloads apart. */
const OTHER_STEP_MS = 60_000;
const TEST_SEEDS = 7_001;
const LEAST_ACCURACY = 0.8;
const PLACE = new URL('../src/scoring/overload/overload-weights.generated.ts', import.meta.url);

const seedsFrom = (first: number, count: number): number[] => Array.from({ length: count }, (_, i) => first + i);
const learnSeeds = seedsFrom(101, Number(flags.seeds));
const testSeeds = seedsFrom(TEST_SEEDS, Number(flags['test-seeds']));
await printHead({
  bench: 'overload',
  inputs: [{ name: 'simulation', source: { text: JSON.stringify({ learnSeeds, testSeeds, STEP_MS, OTHER_STEP_MS }) } }],
});

const gather = async (seeds: readonly number[], stepMs: number): Promise<LabelledOverload[]> => {
  const found: LabelledOverload[] = [];
  for (const seed of seeds) {
    found.push(...(await collectOverloads(seed, stepMs)));
    console.error(`seed ${seed}: ${found.length} overloads so far`);
  }
  return found.filter(({ features }) => isOverload(features));
};

const judge = (name: string, rows: readonly LabelledOverload[], weights: OverloadWeights): boolean => {
  const confusion = OVERLOAD_KINDS.map(() => OVERLOAD_KINDS.map(() => 0));
  let loss = 0;
  for (const { features, kind } of rows) {
    const probabilities = overloadProbabilities(features, weights);
    const truth = OVERLOAD_KINDS.indexOf(kind);
    confusion[truth]![probabilities.indexOf(Math.max(...probabilities))]! += 1;
    loss -= Math.log(Math.max(1e-9, probabilities[truth]!)) / rows.length;
  }
  console.log(`\n${name}: ${rows.length} overloads; rows are the truth, columns what was said: ${OVERLOAD_KINDS.join(', ')}`);
  for (const [i, row] of confusion.entries())
    console.log(`  ${OVERLOAD_KINDS[i]!.padEnd(8)} ${row.map((n) => String(n).padStart(5)).join('')}`);
  const recalls = confusion.map(
    (row, i) =>
      row[i]! /
      Math.max(
        1,
        row.reduce((a, b) => a + b),
      ),
  );
  printBar({ name: `${name}: log loss (even odds 1.1)`, value: loss, unit: '' });
  return printBar({
    name: `${name}: balanced accuracy`,
    value: recalls.reduce((a, b) => a + b) / recalls.length,
    unit: '',
    atLeast: LEAST_ACCURACY,
  });
};

const learned = await gather(learnSeeds, STEP_MS);
const weights = learnWeights(learned);
judge('learned', learned, weights);
const met = [
  judge('other seeds', await gather(testSeeds, STEP_MS), weights),
  judge(
    'other seeds, steps of a minute',
    await gather(
      testSeeds.map((seed) => seed + 100),
      OTHER_STEP_MS,
    ),
    weights,
  ),
];
if (flags.write) {
  const text = weights.map((row) => `  [${row.map((x) => x.toFixed(3)).join(', ')}],`).join('\n');
  writeFileSync(
    PLACE,
    `// generated from bench/overload.ts; do not edit\nimport type { OverloadWeights } from './overload-features.ts';\n\nexport const OVERLOAD_WEIGHTS: OverloadWeights = [\n${text}\n];\n`,
  );
}
if (!met.every(Boolean)) process.exitCode = 1;
