import { METRICS } from './recorded-load.ts';

/**
 * Anomaly bands as recording rules, in the manner of grafana/promql-anomaly-detection: that project's method as its documentation
 * describes it, the rules themselves written for this comparison.
 *
 * Adaptive: mean and standard deviation of the last hour; only hours that vary much (deviation over half of the mean) count for the
 * spread, which is smoothed over 26 h; a margin of half of the smoothed level; and the same hour of yesterday and of last week.
 * The band is the widest of the three. Robust: median and median absolute deviation of a day.
 */
const LEVEL = 'bench:level';

/** Series of the past that the rules look back on, and which the load therefore has to bring. */
export const PEER_HISTORY = { level: LEVEL, mean: 'bench:level:avg_1h', deviation: 'bench:level:stddev_1h' } as const;

const MULTIPLIER = 2;
const MARGIN = 0.5;
/** Above this ratio of deviation to mean an hour counts for the spread. */
const VARIES_MUCH = 0.5;

interface Group {
  readonly name: string;
  readonly seconds: number;
  readonly rules: readonly (readonly [record: string, expr: string])[];
}

/** The largest or smallest of several vectors, series by series. */
const extreme = (operator: 'max' | 'min', vectors: readonly string[]): string =>
  `${operator} without (part) (${vectors.map((vector, i) => `label_replace(${vector}, "part", "${i}", "", "")`).join(' or ')})`;

// An hour that lies around the same time of an earlier day: it ends half an hour later.
const yesterday = `avg_over_time(${LEVEL}[1h] offset 23h30m)`;
const lastWeek = `avg_over_time(${LEVEL}[1h] offset 167h30m)`;

const GROUPS: readonly Group[] = [
  {
    name: 'bench-level',
    seconds: 60,
    rules: [
      [LEVEL, `label_replace({__name__=~"${METRICS.map(({ record }) => record).join('|')}"}, "metric", "$1", "__name__", "(.+)") > 0`],
    ],
  },
  {
    name: 'bench-adaptive',
    seconds: 60,
    rules: [
      [PEER_HISTORY.mean, `avg_over_time(${LEVEL}[1h])`],
      [PEER_HISTORY.deviation, `stddev_over_time(${LEVEL}[1h]) > ${VARIES_MUCH} * ${PEER_HISTORY.mean}`],
      ['bench:level:avg_26h', `avg_over_time(${PEER_HISTORY.mean}[26h])`],
      ['bench:level:spread_26h', `avg_over_time(${PEER_HISTORY.deviation}[26h])`],
      [
        'bench:adaptive:upper_band',
        extreme('max', [
          `${PEER_HISTORY.mean} + ${MULTIPLIER} * bench:level:spread_26h`,
          `${1 + MARGIN} * bench:level:avg_26h`,
          'last_over_time(bench:seasonal:upper_band[6m])',
        ]),
      ],
      [
        'bench:adaptive:lower_band',
        `clamp_min(${extreme('min', [
          `${PEER_HISTORY.mean} - ${MULTIPLIER} * bench:level:spread_26h`,
          `${1 - MARGIN} * bench:level:avg_26h`,
          'last_over_time(bench:seasonal:lower_band[6m])',
        ])}, 0)`,
      ],
    ],
  },
  {
    name: 'bench-seasonal',
    seconds: 300,
    rules: [
      ['bench:seasonal:upper_band', `${extreme('max', [yesterday, lastWeek])} * ${1 + MARGIN}`],
      ['bench:seasonal:lower_band', `${extreme('min', [yesterday, lastWeek])} * ${1 - MARGIN}`],
    ],
  },
  {
    name: 'bench-robust',
    seconds: 60,
    rules: [
      ['bench:level:median_24h', `quantile_over_time(0.5, ${LEVEL}[24h])`],
      ['bench:level:mad_24h', `mad_over_time(${LEVEL}[24h])`],
      ['bench:robust:upper_band', `bench:level:median_24h + ${MULTIPLIER} * bench:level:mad_24h`],
      ['bench:robust:lower_band', `clamp_min(bench:level:median_24h - ${MULTIPLIER} * bench:level:mad_24h, 0)`],
    ],
  },
];

export const ADAPTIVE_GROUPS: readonly Group[] = GROUPS.filter(({ name }) => name !== 'bench-robust');
export const ALL_GROUPS: readonly Group[] = GROUPS;

/** A rule file. JSON is YAML. */
export const ruleFile = (groups: readonly Group[]): string =>
  JSON.stringify({
    groups: groups.map(({ name, seconds, rules }) => ({
      name,
      interval: `${seconds}s`,
      rules: rules.map(([record, expr]) => ({ record, expr })),
    })),
  });
