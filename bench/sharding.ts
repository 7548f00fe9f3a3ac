// Cost of one exporter among several, by the number of workloads: features and scores of made-up samples; [--workloads LIST] [--shards LIST] [--ticks N]
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Labels, Selector, SelectorResult, Series } from '../src/conventions/index.ts';
import { createFeatureExtractor, POD_FEATURES, recordedCatalog } from '../src/features/index.ts';
import { seededRandom } from '../src/platform/index.ts';
import type { ReadRequest, SeriesSource } from '../src/prometheus/index.ts';
import { createScorer } from '../src/scoring/index.ts';
import { createShard, createShardedSource } from '../src/sharding/index.ts';
import { measure, median, printHead } from './report.ts';

const SEED = 1;
const STEP_MS = 30_000;
const METRICS = 8;
const WORKLOADS_PER_NAMESPACE = 20;
/** Ticks before the clock, in which the namespaces of others are learned and states are made. */
const WARM_UP = 12;
/** What one exporter may need here; a larger part is left to more shards. */
const MOST_WORKLOADS_OF_ONE = 20_000;

interface Cost {
  readonly own: number;
  readonly series: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

const only = Object.values(POD_FEATURES)
  .slice(0, METRICS)
  .map(({ name }) => name);
const catalog = recordedCatalog({ only });

/** Samples of every workload, each with one pod; what a matcher leaves out is not made. */
const madeUpSource = (workloads: number): SeriesSource => {
  const random = seededRandom(SEED);
  const made: { readonly namespace: string; readonly labels: Labels }[][] = catalog.inputs.map(() => []);
  for (let i = 0; i < workloads; i++) {
    const namespace = `team-${Math.floor(i / WORKLOADS_PER_NAMESPACE)}`;
    const pod = { namespace, pod: `web-${i}-0` };
    for (const [at, { kind, id }] of catalog.inputs.entries()) {
      const owner = kind === 'pod_workload' ? { workload: `web-${i}`, workload_kind: 'StatefulSet', owner_name: `web-${i}` } : {};
      if (kind === 'gauge' || kind === 'pod_workload')
        made[at]!.push({ namespace, labels: Object.freeze({ __name__: id, ...pod, ...owner }) });
    }
  }
  const seriesOf = (all: (typeof made)[number], selector: Selector, endMs: number): readonly Series[] => {
    const others = new Set(selector.find(({ type }) => type === '!~')?.value.split('|'));
    const timesMs = Float64Array.of(endMs);
    return all.flatMap(({ namespace, labels }) =>
      others.has(namespace) ? [] : [{ labels, timesMs, values: Float64Array.of(10 + random()) }],
    );
  };
  return {
    read: async ({ selectors, endMs }: ReadRequest): Promise<readonly SelectorResult[]> =>
      selectors.map((selector, index) => ({ selector: index, series: seriesOf(made[index]!, selector, endMs) })),
    readSlices: () => {
      throw new Error('not read in slices here');
    },
    rung: undefined,
    close: async () => undefined,
  };
};

const costOf = async (workloads: number, shards: number, ticks: number): Promise<Cost> => {
  const base = madeUpSource(workloads);
  const shard = createShard({ index: 0, shards });
  const source = shards === 1 ? base : createShardedSource(base, shard, new Set(catalog.inputs.map(({ selector }) => selector)));
  globalThis.gc?.();
  const before = process.memoryUsage();
  const extractor = createFeatureExtractor(catalog, { pace: 'grid', stepMs: STEP_MS });
  const scorer = createScorer({ stepSeconds: STEP_MS / 1000, bank: true, seed: SEED });
  const times: number[] = [];
  let [own, series] = [0, 0];
  for (let tick = 1; tick <= WARM_UP + ticks; tick++) {
    const endMs = tick * STEP_MS;
    const results = await source.read({ selectors: extractor.selectors, startMs: endMs, endMs });
    const { cpuMs } = await measure(() => {
      extractor.push(results);
      for (const frames of extractor.advance(endMs)) {
        const mine = frames.filter(({ key }) => shard.owns(key));
        scorer.score(mine);
        own = mine.length;
      }
    });
    series = results.reduce((sum, result) => sum + result.series.length, 0);
    if (tick > WARM_UP) times.push(cpuMs);
  }
  globalThis.gc?.();
  const after = process.memoryUsage();
  const bytes = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  return { own, series, cpuMs: median(times), bytes };
};

const { values: flags } = parseArgs({
  options: {
    workloads: { type: 'string', default: '1000,10000,100000' },
    shards: { type: 'string', default: '1,3,10' },
    ticks: { type: 'string', default: '5' },
    // Set for the process of one measurement: memory of a process that measured before is no measure.
    one: { type: 'boolean', default: false },
  },
});
const numbers = (text: string): readonly number[] => text.split(',').map(Number);

if (flags.one) console.log(JSON.stringify(await costOf(Number(flags.workloads), Number(flags.shards), Number(flags.ticks))));
else {
  const text = `seed ${SEED}, ${METRICS} metrics of a pod, ${WORKLOADS_PER_NAMESPACE} workloads in a namespace, step ${STEP_MS / 1000} s`;
  await printHead({ bench: 'sharding', seed: SEED, inputs: [{ name: 'made-up samples', source: { text } }] });
  console.log('workloads  shards  scored here  series read  CPU of a tick, ms  memory, MiB');
  for (const workloads of numbers(flags.workloads))
    for (const shards of numbers(flags.shards)) {
      if (workloads / shards > MOST_WORKLOADS_OF_ONE) continue;
      const args = ['--one', '--workloads', String(workloads), '--shards', String(shards), '--ticks', flags.ticks];
      const child = spawnSync(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), ...args], { encoding: 'utf8' });
      if (child.status !== 0) throw new Error(child.stderr);
      const { own, series, cpuMs, bytes } = JSON.parse(child.stdout) as Cost;
      const columns = [workloads, shards, own, series, Math.round(cpuMs), Math.round(bytes / 2 ** 20)];
      console.log(columns.map((value, i) => value.toLocaleString('en').padStart([9, 6, 11, 11, 17, 11][i]!)).join('  '));
    }
}
