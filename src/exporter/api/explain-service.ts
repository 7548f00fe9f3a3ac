import { type WorkloadKey, workloadId } from '../../conventions/index.ts';
import type { Clock } from '../../platform/index.ts';
import type { ScoreBoard } from '../board/score-board.ts';
import { CONTEXT_AFTER_MS, type Evidence, type Explanation, explain } from './explanation.ts';
import type { Replayer } from './replay.ts';

export interface ExplainDeps {
  readonly board: ScoreBoard;
  readonly replayer: Replayer;
  readonly modelVersion: string;
  readonly stepMs: number;
  readonly clock: Pick<Clock, 'nowMs'>;
}

/** The rule looks back by its window and the time an alert is kept; the page shows an hour. */
const LOOK_BACK_MS = 2 * 3_600_000;

/** Explains any workload at any time: from memory where it reaches, by a replay where it does not. */
export interface Explainer {
  /** Rejects as `Replayer.replay` does. */
  explain(key: WorkloadKey, timeMs: number, options: { readonly replay: boolean }, signal: AbortSignal): Promise<Explanation>;
}

export const createExplainer = ({ board, replayer, modelVersion, stepMs, clock }: ExplainDeps): Explainer => {
  const remembered = (key: WorkloadKey, timeMs: number): Evidence | undefined => {
    const id = workloadId(key);
    const entry = board.get(id);
    const points = board.points(id, timeMs - LOOK_BACK_MS, timeMs + CONTEXT_AFTER_MS);
    const [first] = points;
    // Memory that begins after the instant says nothing about it.
    if (!entry || !first || first.timeMs > timeMs) return undefined;
    return {
      key: entry.key,
      source: 'memory',
      points,
      scores: [...board.explained(id), ...(entry.score.ready ? [entry.score] : [])],
      values: (fromMs, toMs) => board.values(id, fromMs, toMs),
      modelVersion,
      stepMs,
      nowMs: clock.nowMs(),
    };
  };
  return {
    explain: async (key, timeMs, { replay }, signal) => {
      const evidence = (replay ? undefined : remembered(key, timeMs)) ?? (await replayer.replay(key, timeMs, signal));
      return explain(evidence, timeMs);
    },
  };
};
