import { createBenignDetector, sizePoint } from '../detect/benign.ts';
import { BENIGN, type FlowDetector, type Judgement } from '../detect/judgement.ts';
import { openFlowDetector } from '../detect/open-detector.ts';
import { nearestRow } from '../detect/prototypes.ts';
import type { FlowTable } from '../features/flow-table.ts';
import { SIZE_COLUMNS } from '../features/size-columns.ts';
import type { BenignModel, FlowModel } from '../model/flow-model.ts';

const WIDTH = SIZE_COLUMNS.length;
/** A flow that was called benign takes nothing from an example of an attack that disagrees with it in less than this many fields. */
const SPARED = 1;
/** Flows of one lesson: those of a whole flood would be a training set. */
export const MAX_LESSON_FLOWS = 10;

/** What people said of findings: examples of an attack, or flows that were none. */
export interface FlowLesson {
  /** That of the verdict. */
  readonly id: string;
  /** Empty for a false alarm. */
  readonly family: string;
  /** Size features of the flows, `SIZE_COLUMNS` back to back, as logarithms. */
  readonly points: Float64Array;
}

export interface TaughtDetector extends FlowDetector {
  /** Takes a lesson, in the place of one with the same id. */
  teach(lesson: FlowLesson): void;
  /** As if it had never been; false for one that is not known. */
  unteach(id: string): boolean;
  readonly lessons: readonly FlowLesson[];
}

/** The benign flows of models that judge by distance to them; undefined for the others, which cannot be taught flow by flow. */
const baseOf = (model: FlowModel): BenignModel | undefined =>
  model.kind === 'benign' ? model : model.kind === 'few-shot' ? model.base : undefined;

/** Size features of some rows of a table, as a lesson keeps them. */
export const lessonPoints = (table: FlowTable, rows: readonly number[]): Float64Array => {
  const { width, data } = table.matrix;
  const kept = rows.slice(0, MAX_LESSON_FLOWS);
  return Float64Array.from(
    { length: kept.length * WIDTH },
    (_, i) => data[kept[Math.floor(i / WIDTH)]! * width + SIZE_COLUMNS[i % WIDTH]!]!,
  );
};

/** Lessons in deviations of the model, those of attacks apart. */
const scaled = ({ prototypes: { scaler } }: BenignModel, lessons: readonly FlowLesson[]) => {
  const rowsOf = (isAttack: boolean) =>
    lessons
      .filter(({ family }) => (family !== '') === isAttack)
      .flatMap(({ family, points }) =>
        Array.from({ length: points.length / WIDTH }, (_, i) => ({
          family,
          point: Float64Array.from({ length: WIDTH }, (__, k) => (points[i * WIDTH + k]! - scaler.means[k]!) / scaler.deviations[k]!),
        })),
      );
  const join = (rows: readonly { readonly point: Float64Array }[]): Float64Array => {
    const out = new Float64Array(rows.length * WIDTH);
    for (const [i, { point }] of rows.entries()) out.set(point, i * WIDTH);
    return out;
  };
  const shots = rowsOf(true);
  const shotRows = join(shots);
  const benign = rowsOf(false).filter(({ point }) => nearestRow(shotRows, shots.length, point).distance >= SPARED);
  return { families: shots.map(({ family }) => family), shotRows, benignRows: join(benign), benignCount: benign.length };
};

/**
 * A detector that people can teach: a flow nearer to a confirmed one than to any benign flow is of its family from then on; one nearer to a false alarm than to
 * any benign flow of training scores by that distance. Undoing is exact, because the model itself never changes. Undefined for models without benign flows.
 */
export const createTaughtDetector = (model: FlowModel): TaughtDetector | undefined => {
  const base = baseOf(model);
  if (!base) return undefined;
  const inner = model.kind === 'benign' ? createBenignDetector(model) : openFlowDetector(model);
  const lessons = new Map<string, FlowLesson>();
  let taught = scaled(base, []);
  const learn = (): void => {
    taught = scaled(base, [...lessons.values()]);
  };
  const point = new Float64Array(WIDTH);
  const adjust = (table: FlowTable, row: number, own: Judgement): Judgement => {
    const { families, shotRows, benignRows, benignCount } = taught;
    sizePoint(base.prototypes, table, row, point);
    const usual = nearestRow(base.prototypes.rows, base.prototypes.count, point).distance;
    const shot = nearestRow(shotRows, families.length, point);
    const known = nearestRow(benignRows, benignCount, point).distance;
    if (shot.distance < Math.min(usual, known) && usual > base.gates.q90)
      return { ...own, score: Math.max(own.score, 1), family: families[shot.index]! };
    if (known >= usual) return own;
    const score = (own.score * known) / usual;
    return { ...own, score, family: score >= 1 ? own.family : BENIGN };
  };
  return {
    judge: (table) => {
      const own = inner.judge(table);
      return lessons.size === 0 ? own : own.map((judgement, row) => adjust(table, row, judgement));
    },
    teach: (lesson) => {
      lessons.set(lesson.id, lesson);
      learn();
    },
    unteach: (id) => {
      const isKnown = lessons.delete(id);
      if (isKnown) learn();
      return isKnown;
    },
    get lessons() {
      return [...lessons.values()];
    },
  };
};
