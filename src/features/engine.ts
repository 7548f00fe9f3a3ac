import type { SelectorResult, Series, WorkloadFrame } from '../conventions/index.ts';
import type { FeatureCatalog } from './catalog.ts';
import { createConsumer } from './consume.ts';
import type { Unit, Workload } from './entity.ts';
import { createFrameBuilder } from './frame-builder.ts';
import { createIdentity, type Identity } from './identity.ts';
import { acceptSamples, createTotals, type Totals } from './intake.ts';
import { createLayouts } from './layouts.ts';
import { createLifecycle } from './lifecycle.ts';
import { createPlacement, type Placement } from './placement.ts';
import { createPlan, type Plan } from './plan.ts';
import { THROTTLED_FEATURE } from './pod-features.ts';
import { createReplicaChanges } from './replica-changes.ts';
import { createSeriesDirectory, type SeriesDirectory } from './series-directory.ts';
import { SeriesTable } from './series-table.ts';
import { createUnitValues } from './unit-values.ts';

/** A value stands in for a missing one for this many steps. */
export const CARRY_STEPS = 1.5;

/** A pod this young may have restarted before its first sample was read. */
const NEWCOMER_STEPS = 2;

/** What both paces are built on. */
export interface Engine {
  readonly plan: Plan;
  readonly table: SeriesTable;
  readonly totals: Totals;
  readonly placement: Placement;
  readonly directory: SeriesDirectory;
  readonly identity: Identity;
  readonly stepMs: number;
  /** Number of the instant being worked on. */
  readonly tick: number;
  /** Newest instant worked on. */
  readonly atMs: number;
  /** Gives samples in; calls back for every slot that has samples pending and had none. */
  push(results: readonly SelectorResult[], onPending: (slot: number) => void): void;
  /** Begins an instant. Every slot is consumed, then `identity.resolve*` is called, then frames are built. */
  begin(atMs: number): void;
  /** Consumes a slot's samples up to a time; true where there were some. */
  consume(slot: number, toMs: number): boolean;
  build(workload: Workload): WorkloadFrame | undefined;
}

export const createEngine = (catalog: FeatureCatalog, stepMs: number): Engine => {
  const carryMs = CARRY_STEPS * stepMs;
  const plan = createPlan(catalog, carryMs);
  const table = new SeriesTable();
  const totals = createTotals();
  let tick = -1;
  let atMs = Number.NEGATIVE_INFINITY;
  let startMs = Number.NaN;
  let pushes = 0;

  const changes = createReplicaChanges(table, stepMs, carryMs);

  const markFeatures = (workload: Workload, slot: number): void => {
    for (const index of featuresOf(plan, directory, table, slot)) {
      if (workload.has[index] === 1) continue;
      workload.has[index] = 1;
      workload.layout = undefined;
    }
  };

  const onJoin = (workload: Workload, unit: Unit, joinedMs: number): void => {
    for (const slot of unit.slots) markFeatures(workload, slot);
    changes.joined(workload, unit, joinedMs);
  };

  const identity = createIdentity(plan, table, stepMs, onJoin);
  const placement = createPlacement((unit) => {
    if (unit.givenKey) identity.resolve(unit, Number.NaN);
    else identity.unresolved.add(unit);
  });
  const directory = createSeriesDirectory(plan, table, totals, placement, (slot) => {
    const unit = table.unit[slot];
    if (!unit?.workload) return;
    table.workload[slot] = unit.workload.index;
    markFeatures(unit.workload, slot);
    // A limit that comes after its usage completes the usage's feature.
    for (const other of unit.slots) if (table.partner[other] === slot) markFeatures(unit.workload, other);
  });
  const lifecycle = createLifecycle(table, catalog.inputs, directory.reasons, carryMs);
  const unitValues = createUnitValues(plan, table, directory.termSets);
  const frames = createFrameBuilder(createLayouts(plan, THROTTLED_FEATURE), unitValues, lifecycle, changes);

  const isNewcomer = (slot: number): boolean => {
    const first = table.unit[slot]?.firstMs ?? Number.NaN;
    return atMs - startMs > NEWCOMER_STEPS * stepMs && !(atMs - first > NEWCOMER_STEPS * stepMs);
  };
  const consumer = createConsumer(table, totals, catalog.inputs, stepMs, isNewcomer);

  const pushSeries = (input: number, series: Series, onPending: (slot: number) => void): void => {
    const slot = directory.slotOf(input, series.labels, pushes);
    if (slot < 0) return;
    table.touched[slot] = pushes;
    if (table.unit[slot] === undefined && table.owner[slot] === undefined) {
      // Dropped: remembered as long as it is seen.
      table.lastMs[slot] = series.timesMs[series.timesMs.length - 1] ?? table.lastMs[slot]!;
      return;
    }
    if (acceptSamples(table, totals, slot, series)) onPending(slot);
  };

  const firstSample = (slot: number): void => {
    table.seen[slot] = 1;
    const unit = table.unit[slot];
    if (unit && Number.isNaN(unit.firstMs)) unit.firstMs = atMs;
    const owner = table.owner[slot];
    if (owner) identity.learn(owner, unit);
  };

  const consume = (slot: number, toMs: number): boolean => {
    if (!consumer.consume(slot, toMs, tick)) return false;
    if (table.seen[slot] === 0) firstSample(slot);
    return true;
  };

  return {
    plan,
    table,
    totals,
    placement,
    directory,
    identity,
    stepMs,
    get tick() {
      return tick;
    },
    get atMs() {
      return atMs;
    },
    push: (results, onPending) => {
      pushes++;
      for (const { selector, series } of results)
        if (selector >= 0 && selector < catalog.inputs.length) for (const each of series) pushSeries(selector, each, onPending);
    },
    begin: (ms) => {
      tick++;
      atMs = ms;
      if (Number.isNaN(startMs)) startMs = ms;
    },
    consume,
    build: (workload) => frames.build(workload, atMs, tick),
  };
};

/** Features that a series gives a workload: those it stands at the head of. */
const featuresOf = (plan: Plan, directory: SeriesDirectory, table: SeriesTable, slot: number): readonly number[] => {
  const input = table.input[slot]!;
  const terms = directory.termSets[table.termSet[slot]!]!;
  const hasLimit = table.partner[slot]! >= 0;
  const found: number[] = [];
  plan.features.forEach(({ formula, otherwise }, index) => {
    const isHead = [formula, otherwise].some((each) => {
      if (each === undefined) return false;
      if (each.kind === 'value') return terms.includes(each.of);
      if (each.kind === 'ratio') return terms.includes(each.over);
      if (each.kind === 'share') return hasLimit && plan.usageOf[input] === each.share;
      return plan.bucketOf[input] === each.bucket;
    });
    if (isHead) found.push(index);
  });
  return found;
};
