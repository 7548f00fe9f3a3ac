import type { ScoredRecording } from '../../evaluation/index.ts';
import type { Verdict } from '../../feedback/index.ts';
import { currentVersion, promoteModel, type Registry, readRegistry } from '../../learning/index.ts';
import type { Clock } from '../../platform/index.ts';
import { judgeWindows, type WindowFigures } from './judge-windows.ts';
import { judgeChallenger, judgeShadow } from './retrain-gate.ts';
import { isFull, planRetrain } from './retrain-plan.ts';
import { readRetrainState, writeRetrainState } from './retrain-state.ts';
import { type VerdictWindow, type VerdictWindows, verdictWindows } from './verdict-windows.ts';

export interface RetrainDeps {
  readonly clock: Pick<Clock, 'nowMs'>;
  readonly tell: (line: string) => void;
  /** What people said, undone words left out, and stretches that are masked. */
  readonly words: () => Promise<{ readonly verdicts: readonly Verdict[]; readonly masks: readonly VerdictWindow[] }>;
  /** Records the past and gives the path of the recording. */
  readonly record: () => Promise<string>;
  /** Trains on a recording without promoting; gives the version that was kept. */
  readonly train: (recording: string, windows: VerdictWindows) => Promise<string>;
  /** Scores of a recording by a model, each from what came before it; without a version, without a model. */
  readonly replay: (recording: string, version: string | undefined) => Promise<ScoredRecording['log']>;
}

/** What one call did. */
export interface RetrainOutcome {
  readonly did: 'nothing' | 'shadow' | 'refused' | 'promoted';
  readonly version: string | undefined;
  readonly reason: string;
}

/** A model that was rolled back does not come again by itself. */
const wasRolledBack = ({ history }: Registry, version: string): boolean => {
  const last = history.findLastIndex((entry) => entry.version === version);
  return last >= 0 && history.slice(last + 1).some(({ action }) => action === 'rollback');
};

/**
 * One step of the way from verdicts to another model: see whether it is time, train, try on the past, let it run in shadow for a day, promote. Every step
 * is written down before the next begins, so it may be called as often as one likes, and be killed at any point.
 */
export const runRetrain = async (
  deps: RetrainDeps,
  { dir, force = false }: { readonly dir: string; readonly force?: boolean },
): Promise<RetrainOutcome> => {
  const { clock, tell } = deps;
  const nowSeconds = clock.nowMs() / 1000;
  const { verdicts, masks } = await deps.words();
  const full = verdicts.filter(isFull);
  const state = await readRetrainState(dir);
  const plan = planRetrain(verdicts, state, nowSeconds);
  tell(plan.reason);
  const isDue = plan.do === 'train' || (force && plan.do === 'nothing' && !state.shadow);
  if (!isDue && plan.do !== 'judge_shadow') return { did: 'nothing', version: state.shadow?.version, reason: plan.reason };

  const windows = verdictWindows([...full, ...verdicts.filter(({ word }) => word === 'expected')], masks);
  const registry = await readRegistry(dir);
  const champion = currentVersion(registry);
  const figuresOf = async (recording: string, version: string | undefined, since: number): Promise<WindowFigures> =>
    judgeWindows(await deps.replay(recording, version), windows, since);

  if (state.shadow) {
    const { version, sinceSeconds } = state.shadow;
    const recording = await deps.record();
    const verdict = judgeShadow(await figuresOf(recording, version, sinceSeconds), await figuresOf(recording, champion, sinceSeconds));
    if (verdict.isBetter)
      await promoteModel(dir, version, {
        action: 'promote',
        reason: `${state.shadow.reason}; in shadow: ${verdict.reason}`.slice(0, 1000),
        nowMs: clock.nowMs(),
      });
    await writeRetrainState(dir, { ...state, shadow: undefined });
    return { did: verdict.isBetter ? 'promoted' : 'refused', version, reason: verdict.reason };
  }

  // Before the work: a training that fails is tried again tomorrow, not at once.
  await writeRetrainState(dir, { lastSeconds: nowSeconds, known: full.map(({ id }) => id), shadow: undefined });
  const recording = await deps.record();
  const version = await deps.train(recording, windows);
  if (version === champion) return { did: 'refused', version, reason: 'training gave the model that is at work' };
  if (wasRolledBack(registry, version)) return { did: 'refused', version, reason: 'it was at work before, and was rolled back' };
  const verdict = judgeChallenger(await figuresOf(recording, version, 0), await figuresOf(recording, champion, 0));
  if (!verdict.isBetter) return { did: 'refused', version, reason: verdict.reason };
  const shadow = { version, sinceSeconds: nowSeconds, reason: verdict.reason };
  await writeRetrainState(dir, { lastSeconds: nowSeconds, known: full.map(({ id }) => id), shadow });
  return { did: 'shadow', version, reason: verdict.reason };
};
