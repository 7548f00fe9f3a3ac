import type { Adjustment } from '../../feedback/index.ts';
import type { WorkloadState } from '../workload-state.ts';
import { createRowTimes, type RemovedRow, type RowTimes, removeRows, restoreRows } from './bank-guard.ts';
import { createJournal, type Journal, momentsOf } from './journal.ts';
import type { Lesson } from './lesson.ts';
import { type FormerLevels, recentre, restoreLevels } from './recentre.ts';
import { fromNames, nameSignature, pack, type SignatureShape } from './signature.ts';

/** What a lesson changed in the workload's state, for an undo. */
export interface Trace {
  readonly rows: readonly RemovedRow[];
  readonly levels: FormerLevels;
}

/** What one workload was taught, and the journal in which verdicts find their windows. */
export interface LessonBook {
  /** Of the journal: the columns that its signatures count. */
  shape: SignatureShape;
  readonly journal: Journal;
  readonly lessons: Map<string, Lesson>;
  readonly traces: Map<string, Trace>;
  readonly rowTimes: RowTimes;
}

export const createLessonBook = (shape: SignatureShape): LessonBook => ({
  shape,
  journal: createJournal(),
  lessons: new Map(),
  traces: new Map(),
  rowTimes: createRowTimes(),
});

/** Takes what an adjustment means for this workload. A lesson without windows changes no score: its stretch is not known (any more). */
export const takeLesson = (book: LessonBook, state: WorkloadState, { key: _, ...adjustment }: Adjustment): Lesson => {
  const { id, kind, fromSeconds, toSeconds } = adjustment;
  const moments = momentsOf(book.journal, fromSeconds, toSeconds);
  const lesson: Lesson = { ...adjustment, windows: moments.map(({ signature }) => nameSignature(book.shape, signature)) };
  book.lessons.set(id, lesson);
  const rows = kind === 'protect' || kind === 'lower' ? removeRows(state, book.rowTimes, fromSeconds, toSeconds) : [];
  const levels = kind === 'recentre' ? recentre(state, book.shape, lesson) : {};
  if (rows.length > 0 || Object.keys(levels).length > 0) book.traces.set(id, { rows, levels });
  return lesson;
};

/** Takes a lesson back, with what it changed; false where there is none. */
export const dropLesson = (book: LessonBook, state: WorkloadState, id: string): boolean => {
  const trace = book.traces.get(id);
  if (trace) {
    restoreRows(state, book.rowTimes, trace.rows);
    restoreLevels(state, trace.levels);
    book.traces.delete(id);
  }
  return book.lessons.delete(id);
};

/** Brings the journal to other columns, by their names. */
export const adoptShape = (book: LessonBook, shape: SignatureShape): void => {
  if (book.shape === shape) return;
  const { journal } = book;
  for (const moments of [journal.alarms, journal.quiet]) {
    for (const [i, moment] of moments.entries())
      moments[i] = { ...moment, signature: pack(fromNames(shape, nameSignature(book.shape, moment.signature))) };
  }
  book.shape = shape;
  // The bank began again with the new columns.
  book.rowTimes.fill(Number.NaN);
};
