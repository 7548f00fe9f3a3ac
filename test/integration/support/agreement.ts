import { sleep } from '../remote-read-fixture.ts';
import type { ExporterProcess } from './exporter-process.ts';

export interface Agreement {
  /** Instants at which both gave scores. */
  readonly instants: number;
  /** Scores compared. */
  readonly scores: number;
  /** Largest difference of a score at one instant. */
  readonly worst: number;
  /** How far apart the compared scores lie: where they are all alike, agreement says little. */
  readonly spread: number;
  /** Workloads that only one of the two had at a common instant. */
  readonly missing: number;
}

type Instants = Map<number, Map<string, number>>;

const collect = async (exporter: ExporterProcess, instants: Instants): Promise<void> => {
  for (const { key, timeMs, score } of await exporter.newest()) {
    const scores = instants.get(timeMs) ?? new Map<string, number>();
    instants.set(timeMs, scores.set(key, score));
  }
};

const compare = (one: Instants, other: Instants, of: (key: string) => boolean): Agreement => {
  let [instants, scores, worst, missing] = [0, 0, 0, 0];
  let [least, most] = [Number.POSITIVE_INFINITY, 0];
  for (const [timeMs, ours] of one) {
    const theirs = other.get(timeMs);
    if (!theirs) continue;
    instants++;
    for (const workload of new Set([...ours.keys(), ...theirs.keys()])) {
      if (!of(workload)) continue;
      const [a, b] = [ours.get(workload), theirs.get(workload)];
      if (a === undefined || b === undefined) {
        missing++;
        continue;
      }
      scores++;
      worst = Math.max(worst, Math.abs(a - b));
      least = Math.min(least, a);
      most = Math.max(most, a);
    }
  }
  return { instants, scores, worst, missing, spread: Math.max(0, most - least) };
};

const POLL_MS = 100;

export interface AgreementOptions {
  /** Common instants to wait for. */
  readonly instants: number;
  readonly timeoutMs: number;
  /** Whose scores are compared, by label text; all where absent. */
  readonly of?: (key: string) => boolean;
}

/** Watches two exporters of the same samples until they have given scores at so many common instants, or for as long as is allowed. */
export const agreementOf = async (
  one: ExporterProcess,
  other: ExporterProcess,
  { instants, timeoutMs, of = () => true }: AgreementOptions,
): Promise<Agreement> => {
  const [ours, theirs]: [Instants, Instants] = [new Map(), new Map()];
  for (const end = performance.now() + timeoutMs; ; await sleep(POLL_MS)) {
    await Promise.all([collect(one, ours), collect(other, theirs)]);
    const found = compare(ours, theirs, of);
    // Seen in the middle of a cycle, an instant fills up with the next look.
    if ((found.instants >= instants && found.missing === 0) || performance.now() > end) return found;
  }
};
