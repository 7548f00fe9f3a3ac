import { parser } from '@prometheus-io/lezer-promql';
import * as conventions from '../../src/conventions/index.ts';
import { EXTERNAL_METRICS } from '../../src/synth/dashboards/external-metrics.ts';
import { ALL_DECLARATIONS } from './example-declarations.ts';

const seriesOf = ({ name, type }: conventions.MetricDefinition): readonly string[] =>
  type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name];

/** Every series that somebody is known to expose or record. */
export const KNOWN_SERIES: ReadonlySet<string> = new Set([
  ...[
    conventions.SCORE_METRICS,
    conventions.SOURCE_METRICS,
    conventions.PROCESS_METRICS,
    conventions.RECEIVER_METRICS,
    conventions.EXPORTER_METRICS,
    conventions.BACKGROUND_SCAN_METRICS,
  ]
    .flatMap((group) => Object.values(group))
    .flatMap(seriesOf),
  ...ALL_DECLARATIONS.flatMap(({ metrics }) => metrics).flatMap(seriesOf),
  ...conventions.RECORDING_GROUPS.flatMap(({ rules }) => rules.map(({ record }) => record)),
  ...Object.values(EXTERNAL_METRICS).flat(),
]);

/** Names of the series that an expression reads; throws where it does not parse. */
export const seriesIn = (expr: string): readonly string[] => {
  const names: string[] = [];
  parser.parse(expr).iterate({
    enter: ({ type, from, to, node }) => {
      if (type.isError) throw new Error(`not PromQL at ${from}: ${expr}`);
      if (type.name === 'Identifier' && node.parent?.type.name === 'VectorSelector') names.push(expr.slice(from, to));
    },
  });
  return names;
};
