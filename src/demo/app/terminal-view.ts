import type { Contributor, Score, WorkloadKey } from '../../conventions/index.ts';
import type { SimulatedEvent } from '../simulator/scenarios.ts';

/** What a moment of the demo looks like. */
export interface DemoMoment {
  readonly nowMs: number;
  /** How far the demo's clock is behind the wall clock; 0 once it has caught up. */
  readonly behindMs: number;
  readonly speed: number;
  /** Undefined while the past is still being learnt: what is shown then. */
  readonly waiting: string | undefined;
  readonly scores: readonly { readonly key: WorkloadKey; readonly score: Score }[];
  readonly truth: readonly SimulatedEvent[];
}

const BAR_WIDTH = 14;
/** The bar is full at twice the alert boundary. */
const BAR_FULL = 2;
const ROWS = 9;
const NAME_WIDTH = 26;
const DAY_SECONDS = 86_400;

/** Time of day in UTC. */
export const clockTime = (timeMs: number): string => {
  const seconds = Math.floor(timeMs / 1000) % DAY_SECONDS;
  return [seconds / 3600, (seconds / 60) % 60, seconds % 60].map((part) => String(Math.floor(part)).padStart(2, '0')).join(':');
};

/** A bar whose middle is the alert boundary. */
export const scoreBar = (value: number): string => {
  const filled = Math.round(Math.min(1, Math.max(0, value) / BAR_FULL) * BAR_WIDTH);
  const cells = [...'█'.repeat(filled).padEnd(BAR_WIDTH, '·')];
  if (filled < BAR_WIDTH / 2) cells[BAR_WIDTH / 2] = '|';
  return cells.join('');
};

const PREFIXES = ['', 'k', 'M', 'G', 'T'];

/** Three digits, with a prefix from a thousand on. */
export const shortNumber = (value: number): string => {
  if (!Number.isFinite(value)) return '?';
  let scaled = Math.abs(value);
  let prefix = 0;
  while (scaled >= 999.5 && prefix < PREFIXES.length - 1) {
    scaled /= 1000;
    prefix++;
  }
  const digits = scaled === 0 ? '0' : scaled >= 0.01 ? String(Number(scaled.toPrecision(3))) : scaled.toExponential(1);
  return `${value < 0 ? '-' : ''}${digits}${PREFIXES[prefix]}`;
};

/** A contributor as a sentence part: what was seen, and what was expected. */
export const explain = ({ metric, observed, expected, unit, pod }: Contributor): string =>
  `${metric} ${shortNumber(observed)}, expected ${shortNumber(expected)} ${unit}${pod ? ` in ${pod}` : ''}`.trimEnd();

const nameOf = ({ namespace, workload }: WorkloadKey): string => (namespace ? `${namespace}/${workload}` : workload);

const toWidth = (text: string, width: number): string => (text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width));

const row = ({ key, score }: DemoMoment['scores'][number]): string => {
  const mark = score.value >= 1 ? '!' : ' ';
  const value = Number.isFinite(score.value) ? score.value.toFixed(2) : ' -  ';
  const top = score.contributors[0];
  const why = score.ready ? (top ? explain(top) : '') : (score.reason ?? 'not ready').replaceAll('_', ' ');
  return `${mark} ${toWidth(nameOf(key), NAME_WIDTH)} ${value} ${scoreBar(score.value)} ${why}`;
};

/** One event of the truth: what the simulator did, for comparison. */
export const describeEvent = (event: SimulatedEvent): string => {
  const where = event.pods.length === 1 ? ` (pod ${event.pods[0]})` : '';
  return `${clockTime(event.startMs)} ${event.kind}${event.benign ? ', harmless,' : ''} begins in ${nameOf(event)}${where}`;
};

/** The lines of one moment, highest score first, none wider than `width`. */
export const renderMoment = (moment: DemoMoment, width: number): string[] => {
  const pace =
    moment.behindMs > 0
      ? `${Math.ceil(moment.behindMs / 60_000)} min behind the wall clock, running ${moment.speed} times as fast`
      : 'real time';
  const anomalous = moment.scores.filter(({ score }) => score.value >= 1).length;
  const ranked = [...moment.scores].sort((a, b) => (b.score.value || 0) - (a.score.value || 0)).slice(0, ROWS);
  const events = moment.truth.slice(-3).map((event) => `  simulator: ${describeEvent(event)}`);
  const lines = [
    `${clockTime(moment.nowMs)} UTC, ${pace}`,
    moment.waiting ?? `${moment.scores.length} workloads and nodes, ${anomalous} anomalous (score 1 and above)`,
    `  ${toWidth('WORKLOAD', NAME_WIDTH)} SCORE ${'|'.padStart(BAR_WIDTH / 2)}        LED BY`,
    ...ranked.map(row),
    ...events,
  ];
  return lines.map((line) => (line.length > width ? `${line.slice(0, Math.max(1, width - 1))}…` : line));
};
