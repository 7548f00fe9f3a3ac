import { type AuditVerdict, audit, giveKinds, judgeKinds, type KindFigures } from '../../evaluation/index.ts';
import { type BuiltModel, createKindClassifier, type ModelSession } from '../../learning/index.ts';
import { seededRandom } from '../../platform/index.ts';
import { PART } from './block-split.ts';
import { rowsOfPart } from './fit-classifier.ts';
import type { LabelledRows } from './labelled-rows.ts';

const valuesOf = ({ values, columns }: LabelledRows, wanted: readonly number[]): Float64Array => {
  const width = columns.length;
  const out = new Float64Array(wanted.length * width);
  for (const [i, row] of wanted.entries()) out.set(values.subarray(row * width, (row + 1) * width), i * width);
  return out;
};

/** Judges a classifier on the rows that judge; its columns and classes must be those of the rows. */
export const judgeClassifier = async (
  session: Pick<ModelSession, 'run'>,
  { manifest }: BuiltModel,
  rows: LabelledRows,
  seed: number,
): Promise<KindFigures> => {
  const judged = rowsOfPart(rows, PART.judged);
  const given = await giveKinds(createKindClassifier(manifest, session), valuesOf(rows, judged));
  return judgeKinds(
    rows.classes,
    Uint8Array.from(judged, (row) => rows.labels[row]!),
    given,
    rows.stepSeconds,
    seededRandom(seed),
  );
};

/** Audits the rows with the split that was used. */
export const auditRows = (rows: LabelledRows): AuditVerdict => {
  const used = [...rows.part.keys()].filter((row) => rows.part[row] !== PART.none);
  return audit({
    columns: rows.columns,
    values: valuesOf(rows, used),
    times: Float64Array.from(used, (row) => rows.times[row]!),
    ids: Int32Array.from(used, (row) => rows.ids[row]!),
    labels: Int32Array.from(used, (row) => rows.labels[row]!),
    isTest: Uint8Array.from(used, (row) => (rows.part[row] === PART.judged ? 1 : 0)),
  });
};
