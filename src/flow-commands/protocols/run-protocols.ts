import type { Embedding, FlowTable, TrainDeps } from '../../flows/index.ts';
import { type DetectorFigures, evaluateBenignOnly } from './benign-only.ts';
import { evaluateFeedback, type FeedbackFigures } from './feedback.ts';
import { evaluateFewShot, type FewShotFigures } from './few-shot.ts';
import { findCaptures, largestFamily, makeFolds } from './folds.ts';
import { evaluatePlacebo, evaluateSupervised, type SupervisedFigures } from './supervised.ts';

/** A family with fewer flows has none left to be judged once examples are drawn. */
const LEAST_SCORED = 10;
const SHOTS = [1, 5];
/** Few flows and many recordings make few draws: a family needs twice this to spare five. */
const DRAWS = 8;

export interface ProtocolOptions {
  /** Place of the capture among the texts of the table. */
  readonly captureText: number;
  readonly quantile: number;
  readonly draws?: number;
  /** Families that are given examples, and those of them that count; by default all that have enough flows. */
  readonly fewShot?: { readonly shotsOf: readonly string[]; readonly scored: readonly string[] };
  readonly supervised?: readonly string[];
  /** Networks that place flows, for comparison. */
  readonly embeddings?: readonly Embedding[];
}

export interface ProtocolFigures {
  readonly benignCapture: string;
  readonly largest: string;
  readonly benignOnly: readonly DetectorFigures[];
  readonly fewShot: readonly FewShotFigures[];
  readonly supervised: Readonly<Record<string, readonly SupervisedFigures[]>>;
  readonly feedback: readonly FeedbackFigures[];
  /** ROC of each stretch of benign time that was called an attack, per detector. */
  readonly placebo: Readonly<Record<string, readonly number[]>>;
}

const familiesWithEnough = (table: FlowTable): string[] => {
  const counts = new Map<string, number>();
  for (const family of table.families) if (family !== '') counts.set(family, (counts.get(family) ?? 0) + 1);
  return [...counts].filter(([, count]) => count >= LEAST_SCORED).map(([family]) => family);
};

/** All protocols on one recording. Nothing that is judged was used in fitting, thresholds included. */
export const runProtocols = async (
  deps: TrainDeps,
  table: FlowTable,
  options: ProtocolOptions,
  tell: (line: string) => void,
): Promise<ProtocolFigures> => {
  const captures = findCaptures(table, options.captureText);
  const folds = makeFolds(table, captures);
  const largest = largestFamily(table);
  tell(`benign time: capture ${captures.benign}; judged apart: ${largest}`);
  const benignOnly = await evaluateBenignOnly(deps, folds, largest, options.quantile);
  tell('detectors of benign flows: done');
  const enough = familiesWithEnough(table);
  const families = options.fewShot ?? { shotsOf: enough, scored: enough };
  const fewShot = await evaluateFewShot(
    folds,
    { ...families, shots: SHOTS, draws: options.draws ?? DRAWS, embeddings: options.embeddings ?? [] },
    deps,
  );
  tell('few-shot recipes: done');
  const supervised: Record<string, SupervisedFigures[]> = {};
  for (const detector of options.supervised ?? ['supervised']) {
    supervised[detector] = await evaluateSupervised(deps, table, captures, detector, largest);
    tell(`${detector}: done`);
  }
  const placebo: Record<string, number[]> = {};
  for (const detector of ['benign', 'supervised']) placebo[detector] = await evaluatePlacebo(deps, folds[0]!, detector);
  const feedback = await evaluateFeedback(folds, deps.random);
  return { feedback, benignCapture: captures.benign, largest, benignOnly, fewShot, supervised, placebo };
};
