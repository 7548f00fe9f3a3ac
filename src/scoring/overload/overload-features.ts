import type { WorkloadFrame } from '../../conventions/index.ts';
import { SLOT } from '../metric-slots.ts';
import type { FrameAnalysis } from '../streaming-baseline.ts';
import { metricSlot, type WorkloadState } from '../workload-state.ts';

/** What tells kinds of overload apart: each a logarithm of a factor, held inside -3..3 and 0 where it is not known. */
export const OVERLOAD_FEATURES = [
  { name: 'traffic', reason: 'all traffic against its usual level' },
  { name: 'onset', reason: 'how suddenly traffic changed, within three samples' },
  { name: 'cpu', reason: 'CPU against its usual level' },
  { name: 'cpu_beyond_traffic', reason: 'CPU that traffic does not explain' },
  { name: 'received_over_sent', reason: 'what is received against what is sent' },
  { name: 'packets_over_bytes', reason: 'sent packets against sent bytes' },
  { name: 'suffering', reason: 'waiting and errors against their usual level' },
  { name: 'one_pod', reason: 'the busiest pod against the middle one' },
] as const;

/** Per kind: a bias, then one weight for each feature. */
export type OverloadWeights = readonly (readonly number[])[];

const MOST = 3;
const bounded = (x: number): number => (Number.isFinite(x) ? Math.max(-MOST, Math.min(MOST, x)) : 0);
const median = (values: readonly number[]): number => {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  return sorted.length === 0 ? 0 : sorted[sorted.length >> 1]!;
};

/** Parts of a level that count as next to nothing, so that an idle workload has no infinite factors. */
const SMALL_SHARE = 0.05;

export const overloadFeatures = (state: WorkloadState, analysis: FrameAnalysis, frame: WorkloadFrame): Float64Array => {
  const factor = (metric: number, before: number): number => {
    const x = analysis.values[metric]!;
    const small = state.metrics[metric]!.floor.absolute + SMALL_SHARE * Math.abs(before) + 1e-9;
    return Math.log((Math.max(0, x) + small) / (Math.max(0, before) + small));
  };
  const toLevel = (metric: number): number => {
    const r = analysis.residuals[metric]!;
    return r.ready ? factor(metric, r.expected[0]!) : Number.NaN;
  };
  const toEarlier = (metric: number): number => factor(metric, state.doubles[metricSlot(state, metric) + SLOT.lag3]!);
  const where = (wanted: (metric: WorkloadState['metrics'][number]) => boolean): number[] =>
    [...state.metrics.keys()].filter((m) => wanted(state.metrics[m]!) && Number.isFinite(analysis.values[m]!));
  const named = (pattern: RegExp): number => median(where(({ name, load }) => load === 'measures' && pattern.test(name)).map(toLevel));
  const traffic = where(({ load }) => load === 'measures');
  const load = median(traffic.map(toLevel));
  const cpu = median(where(({ name, unit }) => unit === 'cores' || /cpu.*usage/.test(name)).map(toLevel));
  const suffering = where(({ load: role }) => role === 'suffers').map(toLevel);
  return Float64Array.of(
    load,
    median(traffic.map(toEarlier)),
    cpu,
    cpu - load,
    named(/receive/) - named(/transmit/),
    named(/transmit.*packets/) - named(/transmit.*bytes/),
    Math.max(0, ...suffering.filter(Number.isFinite)),
    onePod(state, frame),
  ).map(bounded);
};

const onePod = ({ metrics, columns }: WorkloadState, { pods }: WorkloadFrame): number => {
  const metric = metrics.findIndex(({ name, unit }) => unit === 'cores' || /cpu.*usage/.test(name));
  if (metric < 0 || !pods || pods.length < 2) return 0;
  const values = pods.map((pod) => pod.values[columns[metric]!]!).filter(Number.isFinite);
  const small = metrics[metric]!.floor.absolute + 1e-9;
  return values.length < 2 ? 0 : Math.log((Math.max(...values) + small) / (median(values) + small));
};
