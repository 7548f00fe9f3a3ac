import type { Contributor } from '../../src/conventions/index.ts';
import type { BoardEntry } from '../../src/exporter/board/score-board.ts';
import { createScoreExposition } from '../../src/exporter/exposition/score-exposition.ts';
import { measure, median } from '../report.ts';
import { createFigures, type Figure } from './figures.ts';
import type { PhaseContext } from './phase.ts';

const SERIES = 50_000;
const MAX_CONTRIBUTIONS = 3_000;
const ROUNDS = 25;
/** One workload in fifty is loud enough to name its metrics. */
const LOUD_EVERY = 50;

const contributors: readonly Contributor[] = ['pod_cpu_usage_cores', 'pod_memory_usage_bytes', 'pod_fs_writes_bytes_per_second'].map(
  (metric, i) => ({
    metric,
    contribution: 0.5 / (i + 1),
    observed: 2,
    expected: 1,
    lower: 0.5,
    upper: 1.5,
    unit: 'cores',
    detector: 'level',
  }),
);

const entryOf = (index: number, round: number): BoardEntry => {
  const key = { namespace: `team-${index % 50}`, workload: `service-${String(index).padStart(5, '0')}`, workloadKind: 'Deployment' };
  const loud = index % LOUD_EVERY === 0;
  // Full doubles, as scores are, and new ones in each round.
  const value = ((index * 0.618_033_988_75 + round * 0.324_717_957_24) % 0.5) + (loud ? 0.5 : 0);
  return {
    id: `${key.namespace}/${key.workload}`,
    key,
    newestMs: 0,
    replicas: 1,
    gone: false,
    score: {
      key,
      timeMs: 0,
      value,
      ready: true,
      margin: value,
      contributors: loud ? contributors : [],
      detector: 'level',
      damped: false,
      modelVersion: 'bench',
    },
  };
};

/** Time to write 50 k scores in the text format, all of them new since the last time. */
export const measureRender = async ({ scale }: PhaseContext, all: Figure[]): Promise<void> => {
  const figures = createFigures('render', all);
  const count = Math.round(SERIES * scale);
  // Two sets of scores for the same key objects, as on the board: label text is made once per workload, every score is new.
  const even = Array.from({ length: count }, (_, i) => entryOf(i, 0));
  const odd = even.map((entry, i) => ({ ...entry, score: entryOf(i, 1).score }));
  let entries = even;
  const exposition = createScoreExposition({ entries: () => entries }, () => ({ maxContributions: MAX_CONTRIBUTIONS }));
  const cpu: number[] = [];
  const wall: number[] = [];
  let series = 0;
  let bytes = 0;
  for (let round = 0; round < ROUNDS; round++) {
    entries = round % 2 === 0 ? even : odd;
    // Garbage of the round before is not this round's; a scrape comes every 30 s, the collector has time in between.
    globalThis.gc?.();
    const { result, cpuMs, wallMs } = await measure(() => exposition.render({ withdrawn: false, backfilling: false }));
    cpu.push(cpuMs);
    wall.push(wallMs);
    series = result.series.score;
    bytes = Buffer.byteLength(result.text);
  }
  figures.add(`render of ${series} scores, first`, wall[0] ?? Number.NaN, 'ms');
  figures.add(`render of ${series} scores, median of the others, CPU`, median(cpu.slice(1)), 'ms', { atMost: 60 });
  figures.add('wall time of it, median', median(wall.slice(1)), 'ms', { note: 'more than its CPU where other work shares the cores' });
  figures.add('size', bytes / 1e6, 'MB');
};
