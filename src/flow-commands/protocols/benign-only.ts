import {
  conversationKey,
  type FlowModel,
  type FlowTable,
  fitBenign,
  fitNovelty,
  fitScaler,
  openFlowDetector,
  prAuc,
  rocAuc,
  type Share,
  scaleInto,
  shareOf,
  type TrainDeps,
  takeRows,
  trainFlowModel,
} from '../../flows/index.ts';
import type { Random } from '../../platform/index.ts';
import { type Fold, type FoldTest, testOf } from './folds.ts';

/** How a detector fares, over all folds. */
export interface DetectorFigures {
  readonly name: string;
  /** Mean over the folds, largest family left out. */
  readonly prAucRare: number;
  readonly prAuc: number;
  /** Background of attack captures against benign time: .5 = no difference. */
  readonly backgroundRoc: number;
  /** By its own threshold; absent for baselines, which have none. */
  readonly falseAlarms?: Share;
  readonly backgroundAlarms?: Share;
  readonly recall?: Readonly<Record<string, Share>>;
}

/** Scores of the rows to be judged; 1 is the boundary where there is one. */
type Judge = (fold: Fold, test: FoldTest) => Promise<Float64Array>;

interface Candidate {
  readonly name: string;
  readonly hasThreshold: boolean;
  readonly judge: Judge;
}

const byModel =
  (train: (fold: Fold) => Promise<FlowModel>): Judge =>
  async (fold, test) =>
    Float64Array.from(
      openFlowDetector(await train(fold))
        .judge(test.table)
        .map(({ score }) => score),
    );

/** Distance to the nearest of the reference in all strict columns: what one would try first. */
const nearestEuclidean = (table: FlowTable, reference: Int32Array, rows: Int32Array, neighbours: number): Float64Array => {
  const { width, data } = table.matrix;
  const scaler = fitScaler(table.matrix, reference);
  const scaled = new Float32Array(reference.length * width);
  reference.forEach((row, i) => {
    scaleInto(scaler, data, row * width, scaled, i * width);
  });
  const point = new Float64Array(width);
  return Float64Array.from(rows, (row) => {
    scaleInto(scaler, data, row * width, point);
    const best = new Float64Array(neighbours).fill(Number.POSITIVE_INFINITY);
    for (let i = 0; i < reference.length; i++) {
      let sum = 0;
      for (let k = 0; k < width && sum < best[neighbours - 1]!; k++) sum += (point[k]! - scaled[i * width + k]!) ** 2;
      if (sum >= best[neighbours - 1]!) continue;
      best[neighbours - 1] = sum;
      best.sort();
    }
    return best.reduce((sum, square) => sum + Math.sqrt(square), 0) / neighbours;
  });
};

const candidates = (deps: TrainDeps, random: Random, quantile: number): Candidate[] => [
  { name: 'benign (recipe A)', hasThreshold: true, judge: byModel(({ table, reference }) => fitBenign(table, reference, { quantile })) },
  { name: 'novelty x A', hasThreshold: true, judge: byModel(({ table, reference }) => fitNovelty(table, reference, { quantile })) },
  {
    name: 'autoencoder',
    hasThreshold: true,
    judge: byModel(({ table, reference }) => trainFlowModel(deps, takeRows(table, reference), 'autoencoder', quantile)),
  },
  {
    name: 'baseline: novelty alone',
    hasThreshold: false,
    judge: async ({ table, reference }, { rows }) => {
      const seen = new Set(Array.from(reference, (row) => conversationKey(table.conversations[row]!)));
      return Float64Array.from(rows, (row) => (seen.has(conversationKey(table.conversations[row]!)) ? 0 : 1));
    },
  },
  ...[3, 1].map((neighbours) => ({
    name: `baseline: kNN k = ${neighbours}, L2`,
    hasThreshold: false,
    judge: async ({ table, reference }: Fold, { rows }: FoldTest) => nearestEuclidean(table, reference, rows, neighbours),
  })),
  { name: 'baseline: random', hasThreshold: false, judge: async (_, { rows }) => Float64Array.from(rows, random) },
];

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const evaluateOne = async ({ name, hasThreshold, judge }: Candidate, folds: readonly Fold[], largest: string): Promise<DetectorFigures> => {
  const rare: number[] = [];
  const all: number[] = [];
  const background: number[] = [];
  const alarms = { benign: [0, 0], background: [0, 0] } as Record<'benign' | 'background', [number, number]>;
  const recall = new Map<string, [number, number]>();
  const count = (into: [number, number], isHit: boolean): void => {
    into[0] += isHit ? 1 : 0;
    into[1]++;
  };
  for (const fold of folds) {
    const test = testOf(fold.table, fold.part, fold.attackCaptures);
    const scores = await judge(fold, test);
    const pick = (isWanted: (i: number) => boolean) => {
      const chosen = test.isAttack.flatMap((_, i) => (isWanted(i) ? [i] : []));
      return [Float64Array.from(chosen, (i) => scores[i]!), chosen.map((i) => test.isAttack[i]!), chosen] as const;
    };
    const [rareScores, rareLabels] = pick((i) => test.table.families[i] !== largest);
    rare.push(prAuc(rareScores, rareLabels));
    all.push(prAuc(scores, test.isAttack));
    const [quiet, , places] = pick((i) => !test.isAttack[i]);
    background.push(
      rocAuc(
        quiet,
        places.map((i) => !test.isBenignTime[i]),
      ),
    );
    test.isAttack.forEach((isAttack, i) => {
      const isHit = scores[i]! >= 1;
      if (!isAttack) count(test.isBenignTime[i] ? alarms.benign : alarms.background, isHit);
      else {
        const family = test.table.families[i]!;
        const shares = recall.get(family) ?? [0, 0];
        recall.set(family, shares);
        count(shares, isHit);
      }
    });
  }
  const figures = { name, prAucRare: mean(rare), prAuc: mean(all), backgroundRoc: mean(background) };
  if (!hasThreshold) return figures;
  return {
    ...figures,
    falseAlarms: shareOf(...alarms.benign),
    backgroundAlarms: shareOf(...alarms.background),
    recall: Object.fromEntries([...recall].map(([family, shares]) => [family, shareOf(...shares)])),
  };
};

/** Section 1 of the protocol: detectors of benign flows learn two thirds of benign time and judge the last third and all attack captures, each third in turn. */
export const evaluateBenignOnly = async (
  deps: TrainDeps,
  folds: readonly Fold[],
  largest: string,
  quantile: number,
): Promise<DetectorFigures[]> => {
  const figures: DetectorFigures[] = [];
  for (const candidate of candidates(deps, deps.random, quantile)) figures.push(await evaluateOne(candidate, folds, largest));
  return figures;
};
