import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { MetricDefinition, PROCESS_METRICS } from '../conventions/index.ts';

type InstrumentOf<D extends MetricDefinition> = D['type'] extends 'counter'
  ? Counter<D['labels'][number]>
  : D['type'] extends 'histogram'
    ? Histogram<D['labels'][number]>
    : Gauge<D['labels'][number]>;

/** One instrument per definition, under the definition's key: code never looks a metric up by its name. */
export type Instruments<D extends Readonly<Record<string, MetricDefinition>>> = { readonly [K in keyof D]: InstrumentOf<D[K]> };

/** What every process measures of itself. */
export type ProcessInstruments = Instruments<typeof PROCESS_METRICS>;

const create = ({ name, help, type, labels, buckets }: MetricDefinition, registers: Registry[]) => {
  const common = { name, help, labelNames: labels, registers };
  if (type === 'counter') return new Counter(common);
  if (type === 'histogram') return new Histogram({ ...common, ...(buckets ? { buckets: [...buckets] } : {}) });
  return new Gauge(common);
};

/** Registers every definition; a counter or gauge without labels then shows 0 from the start, so that `increase` sees its first step. */
export const createInstruments = <const D extends Readonly<Record<string, MetricDefinition>>>(
  definitions: D,
  registry: Registry,
): Instruments<D> =>
  // The type of each value follows from its definition, which Object.fromEntries cannot express.
  Object.fromEntries(
    Object.entries(definitions).map(([key, definition]) => [key, create(definition, [registry])]),
  ) as unknown as Instruments<D>;

/** Sets a counter to a running total that another part keeps. prom-client counters only add. */
export const setTotal = <L extends string>(
  counter: Counter<L>,
  totals: ReadonlyMap<Readonly<Partial<Record<L, string>>>, number>,
): void => {
  counter.reset();
  for (const [labels, total] of totals) counter.inc(labels as Partial<Record<L, string | number>>, total);
};
