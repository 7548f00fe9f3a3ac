import type { Part } from '../detector.ts';
import type { FrameAnalysis } from '../streaming-baseline.ts';
import type { WorkloadState } from '../workload-state.ts';
import { bookAlarm, bookQuiet, wantsQuiet } from './journal.ts';
import { type CompiledLessons, compileLessons, type Lesson, type Light, MOST_WIDENED } from './lesson.ts';
import { adoptShape, type LessonBook } from './lesson-book.ts';
import { createSignatureShape, pack, type SignatureShape, signatureOf } from './signature.ts';
import { unexplainedMargin } from './unexplained.ts';

/** Quiet samples below this margin look like any other; nobody will ask for them. */
const NOTABLE = 0.4;
/** Scores below this are not changed by what was called harmless: they alarm nobody. */
const EASED_FROM = 0.7;
/** Facts of the kubelet, not a judgement of ours: never eased. */
const UNMUTABLE: ReadonlySet<string> = new Set(['lifecycle']);

/** What lessons made of a sample. */
export interface Reading {
  readonly parts: readonly Part[];
  /** Factor on the bar; 1 = untouched. */
  readonly bar: number;
  /** Verdicts that had a say. */
  readonly verdicts: readonly string[];
  /** The sample is like one that must not be taken for normal. */
  readonly isProtected: boolean;
  /** What the margin and the parts would be if only some verdicts had been given, in the order of the reader's alternatives. */
  readonly alternatives: readonly Eased[];
}

/** Picks verdicts by their ids. */
export type VerdictFilter = (id: string) => boolean;

/** A sample with its bar changed. */
export interface Eased {
  readonly margin: number;
  readonly rank: number;
  readonly parts: readonly Part[];
}

/** Reads samples in the light of books; keeps what is the same for all workloads of a layout. */
export interface LessonReader {
  /** What signatures of a workload with these columns count. */
  shapeOf(state: Pick<WorkloadState, 'metrics'>): SignatureShape;
  /**
   * Writes the sample into the journal, and lets the workload's lessons change margin, rank and parts. `raw` is the score without them.
   * Changes `analysis`, which everything that learns has read by then: a verdict never changes what the baseline knows, so that an undo leaves no trace.
   */
  read(book: LessonBook, state: WorkloadState, analysis: FrameAnalysis, parts: readonly Part[], seconds: number, raw: number): Reading;
  /** Forgets what was compiled for a book whose lessons changed. */
  changed(book: LessonBook): void;
}

const NOTHING_SAID: readonly string[] = [];

interface Compiled {
  readonly shape: SignatureShape;
  readonly lessons: CompiledLessons;
  readonly alternatives: readonly CompiledLessons[];
}

/** @param alternatives sets of verdicts for which a reading says what would be; they are for evaluation */
export const createLessonReader = (detectors: readonly string[], alternatives: readonly VerdictFilter[] = []): LessonReader => {
  const shapes = new Map<string, SignatureShape>();
  const shapesOfMetrics = new WeakMap<WorkloadState['metrics'], SignatureShape>();
  const compiled = new WeakMap<LessonBook, Compiled>();

  const shapeOf = ({ metrics }: Pick<WorkloadState, 'metrics'>): SignatureShape => {
    let shape = shapesOfMetrics.get(metrics);
    if (!shape) {
      // Every state has its own list of columns, but there are only a few different ones.
      const names = metrics.map(({ name }) => name).join(' ');
      shape = shapes.get(names) ?? createSignatureShape(metrics, detectors);
      shapes.set(names, shape);
      shapesOfMetrics.set(metrics, shape);
    }
    return shape;
  };

  const lessonsOf = (book: LessonBook, state: WorkloadState): Compiled => {
    const known = compiled.get(book);
    if (known?.shape === book.shape) return known;
    const names = state.metrics.map(({ name }) => name);
    const all = [...book.lessons.values()];
    const compile = (lessons: readonly Lesson[]): CompiledLessons => compileLessons(lessons, book.shape, names);
    const fresh = {
      shape: book.shape,
      lessons: compile(all),
      alternatives: alternatives.map((filter) => compile(all.filter(({ id }) => filter(id)))),
    };
    compiled.set(book, fresh);
    return fresh;
  };

  return {
    shapeOf,
    read: (book, state, analysis, parts, seconds, raw) => {
      const { margin, rank } = analysis;
      const untouched = { margin, rank, parts };
      const nothing: Reading = {
        parts,
        bar: 1,
        verdicts: NOTHING_SAID,
        isProtected: false,
        alternatives: alternatives.map(() => untouched),
      };
      if (raw < 1 && margin < NOTABLE) return nothing;
      const isNews = raw >= 1 || wantsQuiet(book.journal, seconds, margin);
      if (!isNews && book.lessons.size === 0) return nothing;
      adoptShape(book, shapeOf(state));
      const signature = signatureOf(book.shape, analysis, parts);
      if (isNews) {
        const moment = { seconds, value: raw >= 1 ? raw : margin, signature: pack(signature) };
        if (raw >= 1) bookAlarm(book.journal, moment);
        else bookQuiet(book.journal, moment);
      }
      if (book.lessons.size === 0) return nothing;
      const { lessons, alternatives: others } = lessonsOf(book, state);
      const isLow = Math.max(raw, margin) < EASED_FROM;
      const ease = (light: Light | undefined): Eased =>
        !light || (isLow && light.bar >= 1) ? untouched : changeBar(state, analysis, parts, light);
      const light = lessons.judge(signature, seconds);
      const eased = ease(light);
      const reading: Reading = {
        parts: eased.parts,
        bar: eased === untouched ? 1 : (light?.bar ?? 1),
        verdicts: light?.verdicts ?? NOTHING_SAID,
        isProtected: light?.isProtected ?? false,
        alternatives: others.map((other) => (isLow && (light?.bar ?? 1) >= 1 ? untouched : ease(other.judge(signature, seconds)))),
      };
      analysis.margin = eased.margin;
      analysis.rank = eased.rank;
      return reading;
    },
    changed: (book) => {
      compiled.delete(book);
    },
  };
};

/** Divides by the changed bar; what was called harmless explains only the metrics and detectors it showed. */
const changeBar = (state: WorkloadState, analysis: FrameAnalysis, parts: readonly Part[], light: Light): Eased => {
  const { margin } = analysis;
  const rank = analysis.rank / light.bar;
  if (light.bar <= 1) return { margin: margin / light.bar, rank, parts };
  const isHard = margin >= 1 + MOST_WIDENED;
  return {
    margin: isHard ? margin : Math.max(margin / light.bar, Math.min(margin, unexplainedMargin(state, analysis, light))),
    rank,
    parts: parts.map((part) =>
      UNMUTABLE.has(part.detector) || part.value >= 1 + MOST_WIDENED || !light.excuses(part.detector)
        ? part
        : { ...part, value: part.value / light.bar },
    ),
  };
};
