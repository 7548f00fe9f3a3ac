import {
  CLASSIC_NAMES,
  type FlowTable,
  fitClassic,
  openFlowDetector,
  prAuc,
  rocAuc,
  type Share,
  selectRows,
  shareOf,
  splitBlocks,
  type TrainDeps,
  takeRows,
  trainFlowModel,
  without,
} from '../../flows/index.ts';
import { type Captures, type Fold, makeFolds, testOf } from './folds.ts';

export interface SupervisedFigures {
  readonly name: string;
  readonly prAuc: number;
  readonly falseAlarms: Share;
  readonly recall: Share;
  /** Background of attack captures against benign time, where both are judged. */
  readonly backgroundRoc: number;
}

interface Split {
  readonly train: Int32Array;
  /** Benign time that was not used in fitting. */
  readonly part: Int32Array;
  readonly others: Int32Array;
}

const judge = async (deps: TrainDeps, table: FlowTable, { train, part, others }: Split, detector: string) => {
  const inOrder = takeRows(
    table,
    train.slice().sort((a, b) => table.startsMs[a]! - table.startsMs[b]!),
  );
  const test = testOf(table, part, others);
  if (CLASSIC_NAMES.includes(detector)) {
    const say = await fitClassic(detector, inOrder, deps.random);
    // Their thresholds lie at 0, those of models at 1.
    return { test, scores: Array.from(say(test.table), (value) => 1 + value) };
  }
  const model = await trainFlowModel(deps, inOrder, detector);
  const scores = openFlowDetector(model)
    .judge(test.table)
    .map(({ score }) => score);
  return { test, scores };
};

const figuresOf = async (
  deps: TrainDeps,
  table: FlowTable,
  name: string,
  splits: readonly Split[],
  detector: string,
): Promise<SupervisedFigures> => {
  const aucs: number[] = [];
  const rocs: number[] = [];
  const counts = { alarms: 0, benign: 0, found: 0, attacks: 0 };
  for (const split of splits) {
    const { test, scores } = await judge(deps, table, split, detector);
    aucs.push(prAuc(scores, test.isAttack));
    const quiet = test.isAttack.flatMap((isAttack, i) => (isAttack ? [] : [i]));
    rocs.push(
      rocAuc(
        quiet.map((i) => scores[i]!),
        quiet.map((i) => !test.isBenignTime[i]),
      ),
    );
    scores.forEach((score, i) => {
      if (test.isAttack[i]) {
        counts.attacks++;
        if (score >= 1) counts.found++;
      } else if (test.isBenignTime[i]) {
        counts.benign++;
        if (score >= 1) counts.alarms++;
      }
    });
  }
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    name,
    prAuc: mean(aucs),
    falseAlarms: shareOf(counts.alarms, counts.benign),
    recall: shareOf(counts.found, counts.attacks),
    backgroundRoc: mean(rocs),
  };
};

/** Each capture cut at the middle of its flows: one half to learn from, the other to be judged, both ways. */
const halves = (table: FlowTable, { benign, others, captureOf }: Captures): Split[] => {
  const cut = [benign, ...others].map((name) =>
    splitBlocks(
      selectRows(table, (row) => captureOf(row) === name),
      2,
    ),
  );
  return [0, 1].map((side) => {
    const of = (from: readonly Int32Array[][], half: number): Int32Array => Int32Array.from(from.flatMap((blocks) => [...blocks[half]!]));
    return { train: of(cut, side), part: cut[0]![1 - side]!, others: of(cut.slice(1), 1 - side) };
  });
};

/** Everything but one capture with attacks, and two thirds of benign time, to learn from. */
const leftOut = (table: FlowTable, captures: Captures, name: string): Split[] => {
  const others = selectRows(table, (row) => captures.captureOf(row) === name);
  const rest = selectRows(table, (row) => captures.captureOf(row) !== name && captures.captureOf(row) !== captures.benign);
  return makeFolds(table, captures).map(({ reference, part }) => ({ train: Int32Array.from([...reference, ...rest]), part, others }));
};

/** A capture whose attacks all lie in one half has nothing to learn from in the other. */
const hasAttacks = (table: FlowTable, rows: Int32Array): boolean => rows.some((row) => table.families[row] !== '');

/** Section 3 of the protocol: a supervised detector by time halves, and with each capture left out that has a family of its own. */
export const evaluateSupervised = async (
  deps: TrainDeps,
  table: FlowTable,
  captures: Captures,
  detector: string,
  largest: string,
): Promise<SupervisedFigures[]> => {
  const figures: SupervisedFigures[] = [];
  const both = halves(table, captures).filter(({ train, others }) => hasAttacks(table, train) && hasAttacks(table, others));
  if (both.length > 0) figures.push(await figuresOf(deps, table, 'time halves', both, detector));
  for (const name of captures.others) {
    const families = new Set(table.families.filter((family, row) => family !== '' && captures.captureOf(row) === name));
    // Without the largest family there would be next to nothing to learn from.
    if (families.size === 0 || families.has(largest)) continue;
    figures.push(await figuresOf(deps, table, `without ${[...families].join(', ')}`, leftOut(table, captures, name), detector));
  }
  return figures;
};

/** Blocks of benign time for the placebo. */
const PLACEBO_BLOCKS = 6;

/** ROC of a detector that was told that a stretch of benign time is an attack, on the stretch after it: near .5, or it sees the clock. */
export const evaluatePlacebo = async (
  deps: TrainDeps,
  { table, reference, part }: Pick<Fold, 'table' | 'reference' | 'part'>,
  detector: string,
): Promise<number[]> => {
  const hour = Int32Array.from([...reference, ...part]).sort((a, b) => table.startsMs[a]! - table.startsMs[b]!);
  const blocks = splitBlocks(hour, PLACEBO_BLOCKS);
  const rocs: number[] = [];
  for (let k = 0; k + 1 < PLACEBO_BLOCKS; k += 2) {
    const [told, judged] = [blocks[k]!, blocks[k + 1]!];
    const quiet = (k + 3) % PLACEBO_BLOCKS;
    const train = without(
      blocks.filter((_, i) => i !== k + 1 && i !== quiet),
      -1,
    );
    const isTold = new Set(told);
    const placebo: FlowTable = { ...table, families: table.families.map((family, row) => (isTold.has(row) ? 'placebo' : family)) };
    const model = await trainFlowModel(deps, takeRows(placebo, train), detector);
    const rows = [...judged, ...blocks[quiet]!];
    const scores = openFlowDetector(model)
      .judge(takeRows(table, rows))
      .map(({ score }) => score);
    rocs.push(
      rocAuc(
        scores,
        rows.map((_, i) => i < judged.length),
      ),
    );
  }
  return rocs;
};
