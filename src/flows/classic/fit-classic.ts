import type { Random } from '../../platform/index.ts';
import { quantileOf } from '../detect/quantile.ts';
import { scoreByBlocks } from '../detect/time-blocks.ts';
import { type FlowTable, selectRows } from '../features/flow-table.ts';
import { fitScaler, scaleInto } from '../features/scaler.ts';
import { fitBoosting } from './boosting.ts';
import { type Examples, fitLinearSvm, fitLogistic, fitNearest, type RowScore } from './linear.ts';

const FITTERS: Readonly<Record<string, (examples: Examples, random: Random) => RowScore>> = {
  'nearest neighbours': fitNearest,
  'logistic regression': fitLogistic,
  'linear SVM': fitLinearSvm,
  'gradient boosting': fitBoosting,
};

/** Classifiers that trees are compared with; they are judged, not served. */
export const CLASSIC_NAMES: readonly string[] = Object.keys(FITTERS);

/** Beyond this many deviations a number says no more; linear scores would else follow single fields. */
const CAP = 5;
/** Scores that differ by less are the same. */
const EQUAL = 1e-9;
/** Share of benign flows of other time below the threshold, as for the trees. */
const QUANTILE = 0.998;

/** Fits one on strict inputs, scaled by benign flows. Gives what it says of other flows; above 0 = above the threshold of benign time that it was not fitted on. */
export const fitClassic = async (name: string, table: FlowTable, random: Random): Promise<(judged: FlowTable) => Float64Array> => {
  const fitter = FITTERS[name]!;
  const { width } = table.matrix;
  const benign = selectRows(table, (row) => table.families[row] === '');
  const attacks = selectRows(table, (row) => table.families[row] !== '');
  const scaler = fitScaler(table.matrix, benign);
  const scale = ({ matrix }: FlowTable, rows: ArrayLike<number>): Float64Array => {
    const out = new Float64Array(rows.length * width);
    for (let i = 0; i < rows.length; i++) scaleInto(scaler, matrix.data, rows[i]! * width, out, i * width);
    return out.map((x) => Math.max(-CAP, Math.min(CAP, x)));
  };
  const learn = (rows: Int32Array): RowScore => {
    const all = Int32Array.from([...rows, ...attacks]);
    return fitter({ width, data: scale(table, all), isAttack: Array.from(all, (row) => table.families[row] !== '') }, random);
  };
  const say = (score: RowScore, data: Float64Array): Float64Array =>
    Float64Array.from({ length: data.length / width }, (_, i) => score(data, i * width));
  const others = await scoreByBlocks(benign, (fitted) => {
    const score = learn(fitted);
    return (judged) => say(score, scale(table, judged));
  });
  const threshold = quantileOf(others, QUANTILE);
  const score = learn(benign);
  return (judged) => {
    const rows = Array.from({ length: judged.matrix.count }, (_, i) => i);
    // Just below where it is equal: of neighbours most benign flows have none that is an attack, and so has the threshold.
    return say(score, scale(judged, rows)).map((value) => value - threshold - EQUAL);
  };
};
