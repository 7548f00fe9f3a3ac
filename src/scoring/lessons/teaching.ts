import type { Adjustment } from '../../feedback/index.ts';
import type { Part } from '../detector.ts';
import type { FrameAnalysis } from '../streaming-baseline.ts';
import type { WorkloadState } from '../workload-state.ts';
import { admitTimed } from './bank-guard.ts';
import type { Lesson } from './lesson.ts';
import { createLessonBook, dropLesson, type LessonBook, takeLesson } from './lesson-book.ts';
import { recallBook, rememberBook } from './lesson-memory.ts';
import { createLessonReader, type Reading, type VerdictFilter } from './lesson-reader.ts';

/** Name of the lessons among the memories of a snapshot. */
const MEMORY = 'lessons';

/** What all workloads were taught. Workloads go by their ids. */
export interface Teaching {
  /** Journals the sample and lets lessons change it; see `LessonReader`. */
  read(id: string, state: WorkloadState, analysis: FrameAnalysis, parts: readonly Part[], seconds: number, raw: number): Reading;
  /** Offers the sample to the window bank. */
  admit(id: string, state: WorkloadState, margin: number, seconds: number): void;
  teach(id: string, state: WorkloadState, adjustment: Adjustment): 'learned' | 'no_window';
  unteach(id: string, state: WorkloadState, verdict: string): boolean;
  lessonsOf(id: string): Iterable<Lesson>;
  forget(id: string): void;
  /** For the memories of a snapshot. */
  remember(id: string): Readonly<Record<string, unknown>>;
  /** From the memories of a snapshot, which may come from a file. */
  recall(id: string, state: WorkloadState, memories: unknown): void;
}

export const createTeaching = (detectors: readonly string[], alternatives?: readonly VerdictFilter[]): Teaching => {
  const reader = createLessonReader(detectors, alternatives);
  const books = new Map<string, LessonBook>();
  const bookOf = (id: string, state: WorkloadState): LessonBook => {
    let book = books.get(id);
    if (!book) {
      book = createLessonBook(reader.shapeOf(state));
      books.set(id, book);
    }
    return book;
  };
  return {
    read: (id, state, analysis, parts, seconds, raw) => reader.read(bookOf(id, state), state, analysis, parts, seconds, raw),
    admit: (id, state, margin, seconds) => admitTimed(state, bookOf(id, state).rowTimes, margin, seconds),
    teach: (id, state, adjustment) => {
      const book = bookOf(id, state);
      const lesson = takeLesson(book, state, adjustment);
      reader.changed(book);
      return lesson.windows.length > 0 ? 'learned' : 'no_window';
    },
    unteach: (id, state, verdict) => {
      const book = books.get(id);
      if (!book || !dropLesson(book, state, verdict)) return false;
      reader.changed(book);
      return true;
    },
    lessonsOf: (id) => books.get(id)?.lessons.values() ?? [],
    forget: (id) => {
      books.delete(id);
    },
    remember: (id) => {
      const book = books.get(id);
      const memory = book && rememberBook(book);
      return memory ? { [MEMORY]: memory } : {};
    },
    recall: (id, state, memories) => {
      if (typeof memories !== 'object' || memories === null || !(MEMORY in memories)) return;
      const book = recallBook(memories[MEMORY], reader.shapeOf(state));
      if (book) books.set(id, book);
    },
  };
};
