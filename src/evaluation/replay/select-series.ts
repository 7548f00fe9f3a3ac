import type { LabelMatcher, Labels, Selector } from '../../conventions/index.ts';
import type { RecordedSeries } from '../recording.ts';

/** For each selector, the series of a recording that it selects: as a Prometheus would answer, an absent label being an empty one. */
export const selectSeries = (series: readonly RecordedSeries[], selectors: readonly Selector[]): (readonly RecordedSeries[])[] => {
  const byName = new Map<string, RecordedSeries[]>();
  for (const one of series) {
    const name = one.labels.__name__ ?? '';
    const list = byName.get(name);
    if (list) list.push(one);
    else byName.set(name, [one]);
  }
  return selectors.map((selector) => {
    const name = selector.find((matcher) => matcher.name === '__name__' && matcher.type === '=');
    const tests = selector.map(compile);
    return (name ? (byName.get(name.value) ?? []) : series).filter(({ labels }) => tests.every((test) => test(labels)));
  });
};

const compile = ({ name, type, value }: LabelMatcher): ((labels: Labels) => boolean) => {
  if (type === '=') return (labels) => (labels[name] ?? '') === value;
  if (type === '!=') return (labels) => (labels[name] ?? '') !== value;
  // Fully anchored, the dot also matching line ends, as RE2 is used by Prometheus.
  const pattern = new RegExp(`^(?:${value})$`, 's');
  return (labels) => pattern.test(labels[name] ?? '') === (type === '=~');
};
