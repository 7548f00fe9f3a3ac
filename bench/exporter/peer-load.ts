import { PEER_HISTORY } from './peer-rules.ts';
import { encodeLabelSet, type LoadSeries, METRICS, metricSeries, podLabels } from './recorded-load.ts';

/** From this noise on, most hours vary so much that the rules count their deviation. */
const NOISY = 0.5;
/** The mean of an hour from this many of its minutes: near enough for a past that is only there to be read. */
const POINTS = 6;
const HOUR_MS = 3_600_000;

const hourBefore = (valueAt: LoadSeries['valueAt']): ((timeMs: number) => readonly number[]) => {
  return (timeMs) => Array.from({ length: POINTS }, (_, i) => valueAt(timeMs - (i * HOUR_MS) / POINTS));
};
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** What the rules would have recorded of `workloads` workloads: the level, and what is made of an hour of it. */
export const peerLoad = (workloads: number, seed: number): { readonly level: LoadSeries[]; readonly derived: LoadSeries[] } => {
  const level: LoadSeries[] = [];
  const derived: LoadSeries[] = [];
  for (let index = 0; index < workloads; index++) {
    const { pod } = podLabels(index, seed);
    METRICS.forEach((shape, m) => {
      const labels = { ...pod, metric: shape.record };
      const { valueAt } = metricSeries(index, m, seed);
      const hour = hourBefore(valueAt);
      const recorded = (name: string, value: LoadSeries['valueAt']): LoadSeries => ({
        labelBytes: encodeLabelSet({ __name__: name, ...labels }),
        valueAt: value,
      });
      level.push(recorded(PEER_HISTORY.level, valueAt));
      derived.push(recorded(PEER_HISTORY.mean, (timeMs) => meanOf(hour(timeMs))));
      if (shape.noise < NOISY) return;
      derived.push(
        recorded(PEER_HISTORY.deviation, (timeMs) => {
          const values = hour(timeMs);
          const mean = meanOf(values);
          return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
        }),
      );
    });
  }
  return { level, derived };
};
