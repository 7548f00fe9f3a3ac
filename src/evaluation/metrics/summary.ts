import type { Random } from '../../platform/index.ts';
import type { EntityEvaluation } from './entity-evaluation.ts';
import { findOracle, type Oracle } from './oracle.ts';
import { quantile } from './quantile.ts';

/** Figures that have an interval. Undefined = nothing to divide by. */
export interface Figures {
  readonly vusPr: number | undefined;
  readonly averagePrecision: number | undefined;
  readonly eventRecall: number | undefined;
  readonly alarmPrecision: number | undefined;
  readonly falseAlarmsPerEntityDay: number | undefined;
  readonly cleanFalseAlarmsPerEntityDay: number | undefined;
}

export type Interval = readonly [low: number, high: number];

export interface Summary extends Figures {
  readonly delayMedianSeconds: number | undefined;
  readonly delayP90Seconds: number | undefined;
  readonly alarmTimeShare: number | undefined;
  readonly entities: number;
  readonly events: number;
  readonly eventsWithoutRows: number;
  readonly detected: number;
  readonly falseAlarms: number;
  readonly episodes: number;
  readonly entityDays: number;
  readonly cleanEntityDays: number;
  readonly cleanFalseAlarms: number;
  readonly windows: readonly number[];
  readonly oracleHalf: Oracle;
  readonly oracleOne: Oracle;
  /** 95 % percentile bootstrap over entities; undefined for one entity. */
  readonly intervals: Readonly<Partial<Record<keyof Figures, Interval>>> | undefined;
}

export interface SummaryOptions {
  readonly threshold: number;
  /** Bootstrap draws; 0 = no intervals. */
  readonly draws: number;
  readonly random: Random;
}

/** The figures of a set of entities at one threshold. Rates are sums over entities divided once; VUS-PR and AP are means over entities with events. */
export const summarise = (entities: readonly EntityEvaluation[], options: SummaryOptions): Summary => {
  const tallies = entities.map((entity) => tally(entity, options.threshold));
  const total = (of: (t: Tally) => number): number => tallies.reduce((sum, t) => sum + of(t), 0);
  const delays = tallies.flatMap((t) => t.delays);
  return {
    ...figuresOf(tallies),
    delayMedianSeconds: quantile(delays, 0.5),
    delayP90Seconds: quantile(delays, 0.9),
    alarmTimeShare: ratio(
      total((t) => t.alarmRows),
      total((t) => t.rows),
    ),
    entities: entities.length,
    events: total((t) => t.events),
    eventsWithoutRows: entities.reduce((sum, { peaks }) => sum + peaks.filter((peak) => peak < 0).length, 0),
    detected: total((t) => t.detected),
    falseAlarms: total((t) => t.falseAlarms),
    episodes: total((t) => t.episodes),
    entityDays: total((t) => t.days),
    cleanEntityDays: total((t) => t.cleanDays),
    cleanFalseAlarms: total((t) => t.cleanFalseAlarms),
    windows: [...new Set(entities.map(({ window }) => window))].sort((a, b) => a - b),
    oracleHalf: findOracle(entities, 0.5),
    oracleOne: findOracle(entities, 1),
    intervals: tallies.length > 1 && options.draws > 0 ? bootstrap(tallies, options) : undefined,
  };
};

const tally = (entity: EntityEvaluation, threshold: number) => ({
  ...entity.at(threshold),
  events: entity.events.length,
  rows: entity.rows,
  days: entity.days,
  cleanDays: entity.cleanDays,
  cleanFalseAlarms: entity.cleanFalseAlarmsAt(threshold),
  vusPr: entity.vusPr,
  averagePrecision: entity.averagePrecision,
});

type Tally = ReturnType<typeof tally>;

const ratio = (part: number, whole: number): number | undefined => (whole > 0 ? part / whole : undefined);

const figuresOf = (tallies: readonly Tally[]): Figures => {
  const sum = {
    vus: 0,
    ap: 0,
    ranked: 0,
    detected: 0,
    events: 0,
    trueEpisodes: 0,
    episodes: 0,
    falseAlarms: 0,
    days: 0,
    cleanFalse: 0,
    cleanDays: 0,
  };
  for (const t of tallies) {
    if (t.vusPr !== undefined && t.averagePrecision !== undefined) {
      sum.ranked++;
      sum.vus += t.vusPr;
      sum.ap += t.averagePrecision;
    }
    sum.detected += t.detected;
    sum.events += t.events;
    sum.trueEpisodes += t.trueEpisodes;
    sum.episodes += t.episodes;
    sum.falseAlarms += t.falseAlarms;
    sum.days += t.days;
    sum.cleanFalse += t.cleanFalseAlarms;
    sum.cleanDays += t.cleanDays;
  }
  return {
    vusPr: ratio(sum.vus, sum.ranked),
    averagePrecision: ratio(sum.ap, sum.ranked),
    eventRecall: ratio(sum.detected, sum.events),
    alarmPrecision: ratio(sum.trueEpisodes, sum.episodes),
    falseAlarmsPerEntityDay: ratio(sum.falseAlarms, sum.days),
    cleanFalseAlarmsPerEntityDay: ratio(sum.cleanFalse, sum.cleanDays),
  };
};

/** Draws entities with replacement: events of one entity are not independent. */
const bootstrap = (tallies: readonly Tally[], { draws, random }: SummaryOptions): Partial<Record<keyof Figures, Interval>> => {
  const seen = new Map<keyof Figures, number[]>();
  for (let draw = 0; draw < draws; draw++) {
    const figures = figuresOf(tallies.map(() => tallies[Math.floor(random() * tallies.length)]!));
    for (const [name, value] of Object.entries(figures) as [keyof Figures, number | undefined][]) {
      if (value === undefined) continue;
      const list = seen.get(name);
      if (list) list.push(value);
      else seen.set(name, [value]);
    }
  }
  return Object.fromEntries([...seen].map(([name, values]) => [name, [quantile(values, 0.025)!, quantile(values, 0.975)!] as const]));
};
