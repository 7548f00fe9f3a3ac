import type { LabelMatcher, Selector, WorkloadKey } from '../../conventions/index.ts';
import { type FeatureCatalog, type InputLevel, levelOf } from '../../features/index.ts';

/** A selector to read, and its place among the extractor's. */
export interface NarrowedInput {
  readonly index: number;
  readonly selector: Selector;
}

const equalTo = (labels: Readonly<Record<string, string>>): readonly LabelMatcher[] =>
  Object.entries(labels).map(([name, value]) => ({ name, type: '=', value }));

/**
 * What has to be read to score one workload anew: its kind of inputs alone, narrowed to its namespace or its entity's labels.
 * Nodes are read all together: what names a node differs from series to series.
 */
export const narrowInputs = ({ inputs }: FeatureCatalog, { namespace, workloadKind, entity }: WorkloadKey): readonly NarrowedInput[] => {
  const level: InputLevel = entity ? 'labels' : workloadKind === 'Node' ? 'node' : 'pod';
  const matchers = entity ? equalTo(entity) : level === 'node' || namespace === '' ? [] : equalTo({ namespace });
  const names = entity ? Object.keys(entity).sort().join() : '';
  return inputs.flatMap((input, index) => {
    if (levelOf(input) !== level) return [];
    if ('entity' in input && input.entity.by === 'labels' && [...input.entity.labels].sort().join() !== names) return [];
    return [{ index, selector: [...input.selector, ...matchers] }];
  });
};
