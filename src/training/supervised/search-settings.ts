import { type BuiltModel, buildClassifier, type ModelSession } from '../../learning/index.ts';
import { LOOK_BACK_ROWS, PART } from './block-split.ts';
import { classifierTraining, factsOf, fitClassifier } from './fit-classifier.ts';
import { judgeClassifier } from './judge-classifier.ts';
import type { LabelledRows } from './labelled-rows.ts';
import { type SupervisedSettings, searchGrid } from './settings.ts';

/** What each fold learns from and where its judging ends, in shares of the learned rows of a class in a workload; later ones see more of the past. */
const FOLDS = [
  { learned: 0.5, judged: 0.75 },
  { learned: 0.75, judged: 1 },
] as const;
/** Fewer rows judge nothing. */
const LEAST_JUDGED = 20;
/** A fold is trained for this part of the steps. */
const STEP_SHARE = 4;

export interface TriedSettings extends SupervisedSettings {
  /** Of the folds, mean. */
  readonly macroF1: number;
}

/** The learned rows split again, by time only, each class of each workload by itself; the rows that judge in the end take no part in it. */
export const timeFolds = (rows: LabelledRows): LabelledRows[] =>
  FOLDS.map(({ learned, judged }) => {
    const part = new Uint8Array(rows.part.length);
    const groups = new Map<string, number[]>();
    for (const row of part.keys()) {
      if (rows.part[row] !== PART.learned) continue;
      const group = `${rows.ids[row]}/${rows.labels[row]}`;
      const list = groups.get(group);
      if (list) list.push(row);
      else groups.set(group, [row]);
    }
    for (const list of groups.values()) {
      const border = Math.floor(learned * list.length);
      const end = Math.floor(judged * list.length);
      for (const [i, row] of list.slice(0, end).entries())
        part[row] = i < border ? PART.learned : i >= border + LOOK_BACK_ROWS ? PART.judged : PART.none;
    }
    return { ...rows, part };
  });

/** Tries settings on folds by time inside the learned rows; best first. None where the folds are too small to judge. */
export const searchSettings = async (
  rows: LabelledRows,
  options: {
    readonly steps: number;
    readonly seed: number;
    readonly withSession: <T>(model: Uint8Array, work: (session: Pick<ModelSession, 'run'>) => Promise<T>) => Promise<T>;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<TriedSettings[]> => {
  const folds = timeFolds(rows);
  if (folds.some(({ part }) => part.filter((each) => each === PART.judged).length < LEAST_JUDGED)) return [];
  const steps = Math.max(1, Math.floor(options.steps / STEP_SHARE));
  const tried: TriedSettings[] = [];
  for (const settings of searchGrid(rows.columns.length)) {
    const f1s: number[] = [];
    for (const fold of folds) {
      const facts = factsOf(fold, settings);
      const graph = classifierTraining(facts);
      const { weights } = await options.withSession(graph.model, (session) =>
        fitClassifier(session, graph, fold, facts, { steps, seed: options.seed, sampling: settings.sampling, signal: options.signal }),
      );
      const training = { dataSha256: '0'.repeat(64), licence: 'fold', windows: 0, seed: options.seed, steps, metrics: {} };
      const built: BuiltModel = buildClassifier(weights, 'fold', facts, training);
      const { macro } = await options.withSession(built.model, (session) => judgeClassifier(session, built, fold, options.seed));
      f1s.push(macro.f1 ?? 0);
    }
    tried.push({ ...settings, macroF1: f1s.reduce((sum, x) => sum + x, 0) / f1s.length });
  }
  // A stable sort: among equals the first, which is the simpler one.
  return tried.sort((a, b) => b.macroF1 - a.macroF1);
};
