import { BAR_BINS } from './state-shape.ts';
import { ENTITY, type WorkloadState } from './workload-state.ts';

const HOUR = 3600;
const DAY = 86_400;
const BIN_WIDTH = 0.05;
/** Hours of the own past allowed above the bar per day; the realised rate of alarms is lower, as events take part of it (.1 to .4 on recordings, .02 on calm clusters). */
const BUDGET_PER_DAY = 0.8;
/** Blocks that the prior weighs: two days of hours. */
const PRIOR_BLOCKS = 48;
/**
 * Blocks that the assumed tail weighs beside those of the other workloads of the class: four workloads for two days, or one for eight. What many have
 * shown then says what is rare: where hours are loud everywhere, bars begin high, also for a workload that has just come.
 */
const ASSUMED_BLOCKS = 200;
/** A month of hours is remembered. */
const BLOCK_DECAY = 1 - 1 / 720;
/** How much a started alarm hour raises the bar, and how long that lasts: bursts cost their first hours, not all of them. */
const DEBT_SHARE = 0.05;

/** What the bar gives way per tenfold step: neighbouring samples of slow steps are alike, those of steps below a minute are noise of their own. */
const SLOPE = { slow: 0.6, fast: 1 } as const;

/** The bar never falls below this surprise; slower steps have fewer samples a day and faster ones more, so the same daily budget allows a lower bar or asks for a higher one. */
export const absoluteBar = (stepSeconds: number): number => {
  const tens = Math.log10(stepSeconds / 60);
  return Math.min(3.4, Math.max(1.6, 2.8 - (tens < 0 ? SLOPE.fast : SLOPE.slow) * tens));
};

const priorBar = (stepSeconds: number): number => absoluteBar(stepSeconds) + 0.1;

/** Smallest surprise that at most the budgeted share of hourly maxima reaches, own past and prior together. */
const solveBar = (state: WorkloadState): number => {
  const block = Math.max(HOUR, state.stepSeconds);
  const share = (BUDGET_PER_DAY * block) / DAY;
  const floor = absoluteBar(state.stepSeconds);
  const mass = state.doubles[ENTITY.barMass]!;
  const past = state.classPast;
  const othersMass = past ? Math.max(0, past.mass - mass) : 0;
  /** Share of hours above `s` to be expected: as assumed, and as the others of the class have shown. */
  const expected = (s: number, othersTail: number): number =>
    (ASSUMED_BLOCKS * Math.min(1, share * 10 ** (-0.5 * (s - floor - 0.1))) + Math.max(0, othersTail)) / (ASSUMED_BLOCKS + othersMass);
  const within = (tail: number, s: number, othersTail: number): boolean =>
    (tail + PRIOR_BLOCKS * expected(s, othersTail)) / (mass + PRIOR_BLOCKS) <= share;
  let tail = 0;
  let classTail = 0;
  let bar = BAR_BINS * BIN_WIDTH;
  // From the top down: the tail only grows, so the first surprise that breaks the budget ends the search.
  for (let bin = BAR_BINS - 1; bin >= 0; bin--) {
    tail += state.floats[state.shape.bar + bin]!;
    classTail += past?.bins[bin] ?? 0;
    if (!within(tail, bin * BIN_WIDTH, classTail - tail)) break;
    bar = bin * BIN_WIDTH;
    if (bar <= floor) return floor;
  }
  return bar;
};

/** A workload that has just come has the bar of its class, where that is higher than the assumed one. */
const firstBar = (state: WorkloadState): number => {
  const assumed = priorBar(state.stepSeconds);
  return state.classPast && state.classPast.mass > 0 ? Math.max(assumed, solveBar(state)) : assumed;
};

/** Books an hour's maximum, and lets the past fade; the class has the same of it. */
const closeBlock = (state: WorkloadState, bar: number, bin: number): void => {
  const { doubles: d, floats, classPast } = state;
  for (let i = 0; i < BAR_BINS; i++) {
    const before = floats[bar + i]!;
    if (before === 0 && i !== bin) continue;
    floats[bar + i] = before * BLOCK_DECAY + (i === bin ? 1 : 0);
    if (classPast) classPast.bins[i]! += floats[bar + i]! - before;
  }
  const mass = d[ENTITY.barMass]!;
  d[ENTITY.barMass] = mass * BLOCK_DECAY + 1;
  if (classPast) classPast.mass += d[ENTITY.barMass]! - mass;
};

/** The bar for a sample at `seconds`, closing the hour that ended before it. */
export const advanceBar = (state: WorkloadState, seconds: number): number => {
  const d = state.doubles;
  const block = Math.floor(seconds / Math.max(HOUR, state.stepSeconds));
  if (Number.isNaN(d[ENTITY.block]!)) {
    d[ENTITY.block] = block;
    d[ENTITY.bar] = firstBar(state);
    d[ENTITY.debtSeconds] = seconds;
  } else if (block !== d[ENTITY.block]) {
    const { bar } = state.shape;
    const bin = Math.min(BAR_BINS - 1, Math.max(0, Math.floor(d[ENTITY.blockMax]! / BIN_WIDTH)));
    closeBlock(state, bar, bin);
    d[ENTITY.block] = block;
    d[ENTITY.blockMax] = 0;
    d[ENTITY.bar] = solveBar(state);
  }
  d[ENTITY.debt]! *= Math.exp(-Math.max(0, seconds - d[ENTITY.debtSeconds]!) / DAY);
  d[ENTITY.debtSeconds] = seconds;
  return d[ENTITY.bar]! * (1 + DEBT_SHARE * d[ENTITY.debt]!);
};

/** Books one sample's surprise and, where it is an alarm, the hour it starts. */
export const bookSurprise = (state: WorkloadState, seconds: number, surprise: number, margin: number): void => {
  const d = state.doubles;
  if (surprise > d[ENTITY.blockMax]!) d[ENTITY.blockMax] = surprise;
  if (margin < 1) return;
  if (seconds - d[ENTITY.lastAlarm]! >= HOUR) d[ENTITY.alarmStart] = seconds;
  if (seconds - d[ENTITY.hourStart]! >= HOUR) {
    d[ENTITY.hourStart] = seconds;
    d[ENTITY.debt]! += 1;
  }
  d[ENTITY.lastAlarm] = seconds;
};

/** The first half hour of an alarm teaches at half weight, so that an incident does not teach the histogram that it is normal. */
export const learningWeight = (state: WorkloadState, seconds: number, margin: number): number =>
  margin >= 0.7 && seconds - state.doubles[ENTITY.alarmStart]! < HOUR / 2 ? 0.5 : 1;
