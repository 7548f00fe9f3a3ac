import { type WorkloadKey, workloadId } from '../../conventions/index.ts';
import { adjustmentOf, createLedger, type Ledger, strengthAt, type Verdict, type VerdictNews } from '../../feedback/index.ts';
import type { Scorer } from '../../scoring/index.ts';

/** What became of a verdict in the scores. `faded`: expired or worn off. */
export type VerdictState = 'learned' | 'no_window' | 'unknown_workload' | 'faded';

export interface KnownVerdict {
  readonly verdict: Verdict;
  readonly state: VerdictState;
  /** How much it counts now, 0 to 1. */
  readonly strength: number;
}

export interface PupilChange {
  readonly taught: number;
  readonly undone: number;
}

/** Brings what a scorer was taught in line with what people said. */
export interface Pupil {
  /** Takes the news of a source, by its place. */
  hear(source: number, news: VerdictNews): void;
  /** Teaches what is new and takes back what no longer counts, also what a snapshot brought that nobody says any more. */
  learn(nowSeconds: number): PupilChange;
  verdicts(nowSeconds: number): readonly KnownVerdict[];
}

/**
 * @param sources number of sources; nothing is taken back before each was heard once
 * @param owns whether a workload is scored here and not by another shard, whose business its verdicts are
 */
export const createPupil = (
  scorer: Pick<Scorer, 'teach' | 'unteach' | 'lessons'>,
  sources: number,
  owns: (key: WorkloadKey) => boolean = () => true,
): Pupil => {
  const ledgers = Array.from({ length: sources }, (): Ledger => createLedger());
  const heard = new Set<number>();
  const states = new Map<string, VerdictState>();
  const said = (): readonly Verdict[] => ledgers.flatMap((ledger) => ledger.verdicts).filter(({ workload }) => owns(workload));

  return {
    hear: (source, { isWhole, entries }) => {
      if (isWhole) ledgers[source]!.clear();
      ledgers[source]!.apply(entries);
      heard.add(source);
    },
    learn: (nowSeconds) => {
      let [taught, undone] = [0, 0];
      const known = new Map([...scorer.lessons()].map(({ lesson }) => [lesson.id, lesson]));
      const wanted = new Set<string>();
      for (const verdict of said()) {
        wanted.add(verdict.id);
        const adjustment = adjustmentOf(verdict);
        const lesson = known.get(verdict.id);
        if (strengthAt(adjustment, nowSeconds) === 0) {
          states.set(verdict.id, 'faded');
          if (lesson && scorer.unteach(verdict.id)) undone++;
          continue;
        }
        if (lesson) {
          states.set(verdict.id, lesson.windows.length > 0 ? 'learned' : 'no_window');
          continue;
        }
        const outcome = scorer.teach(adjustment);
        states.set(verdict.id, outcome);
        if (outcome !== 'unknown_workload') taught++;
      }
      if (heard.size === sources) for (const id of known.keys()) if (!wanted.has(id) && scorer.unteach(id)) undone++;
      for (const id of states.keys()) {
        if (wanted.has(id)) continue;
        // What the scorer has no lesson of may still have taught flows.
        scorer.unteach(id);
        states.delete(id);
      }
      return { taught, undone };
    },
    verdicts: (nowSeconds) =>
      said().map((verdict) => ({
        verdict,
        state: states.get(verdict.id) ?? 'unknown_workload',
        strength: strengthAt(adjustmentOf(verdict), nowSeconds),
      })),
  };
};

/** Sorted for people: by workload, newest first. */
export const byWorkload = (a: KnownVerdict, b: KnownVerdict): number => {
  const nameOf = ({ verdict: { workload } }: KnownVerdict): string => workloadId(workload);
  return nameOf(a).localeCompare(nameOf(b)) || b.verdict.givenSeconds - a.verdict.givenSeconds;
};
