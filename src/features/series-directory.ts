import type { Labels } from '../conventions/index.ts';
import type { CatalogInput } from './catalog.ts';
import { removeUnordered, type Unit } from './entity.ts';
import type { Totals } from './intake.ts';
import { bucketBound, type Placement } from './placement.ts';
import { matcherHolds, type Plan } from './plan.ts';
import type { SeriesTable } from './series-table.ts';

/** A flood of label values must not take the memory of the process: series beyond are dropped and counted. */
export const MAX_SERIES = 2_000_000;

/** Containers, devices and status codes of one pod stay below this, buckets of a histogram do not. */
const MANY_SERIES = 64;

export interface SeriesDirectory {
  /** Sets of terms, by the index that slots carry. */
  readonly termSets: readonly (readonly number[])[];
  /** Names of waiting reasons, by the index that slots carry. */
  readonly reasons: readonly string[];
  /** The slot of a series, made where it is new; -1 where the series belongs to nothing. */
  slotOf(input: number, labels: Labels, push: number): number;
  /** Forgets a series, and its unit with the last one; returns that unit. */
  forget(slot: number): Unit | undefined;
}

/** Finds the state of a series: one Map lookup for a known one. */
export const createSeriesDirectory = (
  plan: Plan,
  table: SeriesTable,
  totals: Totals,
  placement: Placement,
  onSeries: (slot: number) => void,
): SeriesDirectory => {
  const { inputs } = plan.catalog;
  const known: readonly Map<Labels, number>[] = inputs.map(() => new Map());
  const termSets: (readonly number[])[] = [];
  const termSetIndex = new Map<string, number>();
  const reasons: string[] = [];

  const termSetOf = (input: number, labels: Labels): number => {
    const chosen = plan.inputTerms[input]!.filter((term) => {
      const { anyOf } = plan.terms[term]!;
      return anyOf === undefined || anyOf.some((matcher) => matcherHolds(matcher, labels));
    });
    const key = chosen.join();
    const index = termSetIndex.get(key);
    if (index !== undefined) return index;
    termSetIndex.set(key, termSets.length);
    return termSets.push(chosen) - 1;
  };

  const reasonIndex = (reason: string): number => {
    const index = reasons.indexOf(reason);
    return index >= 0 ? index : reasons.push(reason) - 1;
  };

  /** Usage and limit of the same container find each other once. */
  const pair = (slot: number, unit: Unit): void => {
    const input = table.input[slot]!;
    const asUsage = plan.usageOf[input]!;
    const asLimit = plan.limitOf[input]!;
    if (asUsage < 0 && asLimit < 0) return;
    const label = plan.shareLabels[Math.max(asUsage, asLimit)]!;
    const value = table.labels[slot]![label];
    for (const other of unit.slots) {
      if (table.labels[other]![label] !== value) continue;
      if (asUsage >= 0 && plan.limitOf[table.input[other]!] === asUsage) table.partner[slot] = other;
      if (asLimit >= 0 && plan.usageOf[table.input[other]!] === asLimit) table.partner[other] = slot;
    }
  };

  const listOf = (unit: Unit, kind: CatalogInput['kind']): number[] => {
    if (kind === 'restarts' || kind === 'oom_killed' || kind === 'waiting') return unit.lifeSlots;
    return kind === 'pod_owner' || kind === 'pod_workload' ? unit.ownerSlots : unit.slots;
  };

  /** The same series under another Labels object: the client was replaced, or does not keep them. */
  const twin = (input: number, labels: Labels, list: readonly number[], push: number): number => {
    // Of many series (histograms) only those that this push has not shown yet can be it, or the first push would compare each with all.
    const isMany = list.length > MANY_SERIES;
    const isTwin = (slot: number): boolean =>
      table.input[slot] === input && !(isMany && table.touched[slot] === push) && sameLabels(table.labels[slot]!, labels);
    return list.find(isTwin) ?? -1;
  };

  const rebind = (input: number, slot: number, labels: Labels): number => {
    known[input]!.delete(table.labels[slot]!);
    known[input]!.set(labels, slot);
    table.labels[slot] = labels;
    return slot;
  };

  const createSlot = (input: number, labels: Labels, push: number): number => {
    const definition = inputs[input]!;
    const found = placement.place(definition, labels);
    if ('dropped' in found) return drop(input, labels, found.dropped);
    const list = found.unit ? listOf(found.unit, definition.kind) : undefined;
    const same = list ? twin(input, labels, list, push) : -1;
    if (same >= 0) return rebind(input, same, labels);
    if (table.count >= MAX_SERIES) {
      totals.droppedSeries.too_many_series = (totals.droppedSeries.too_many_series ?? 0) + 1;
      return -1;
    }
    const slot = table.allocate(input, labels);
    known[input]!.set(labels, slot);
    if ('owner' in found) table.owner[slot] = found.owner;
    if (!found.unit || !list) return slot;
    table.unit[slot] = found.unit;
    if (definition.kind === 'bucket') table.aux[slot] = bucketBound(labels);
    if (definition.kind === 'waiting') table.aux[slot] = reasonIndex(labels.reason ?? '');
    table.termSet[slot] = termSetOf(input, labels);
    if (list === found.unit.slots) pair(slot, found.unit);
    list.push(slot);
    onSeries(slot);
    return slot;
  };

  /** A dropped series keeps a slot too: it is judged and counted once, and forgotten with the rest. */
  const drop = (input: number, labels: Labels, reason: string): number => {
    totals.droppedSeries[reason] = (totals.droppedSeries[reason] ?? 0) + 1;
    if (table.count < MAX_SERIES) known[input]!.set(labels, table.allocate(input, labels));
    return -1;
  };

  const forget = (slot: number): Unit | undefined => {
    const unit = table.unit[slot];
    const input = table.input[slot]!;
    known[input]!.delete(table.labels[slot]!);
    table.free(slot);
    if (!unit) return undefined;
    removeUnordered(listOf(unit, inputs[input]!.kind), slot);
    for (const other of unit.slots) if (table.partner[other] === slot) table.partner[other] = -1;
    if (unit.slots.length + unit.lifeSlots.length + unit.ownerSlots.length > 0) return undefined;
    placement.remove(unit);
    return unit;
  };

  return {
    termSets,
    reasons,
    slotOf: (input, labels, push) => known[input]!.get(labels) ?? createSlot(input, labels, push),
    forget,
  };
};

const sameLabels = (a: Labels, b: Labels): boolean => {
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name]);
};
