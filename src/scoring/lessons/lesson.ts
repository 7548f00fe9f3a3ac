import { type Adjustment, nearness, octaves, similarity, strengthAt, unlike } from '../../feedback/index.ts';
import { fromNames, type NamedSignature, type Signature, type SignatureShape } from './signature.ts';

/** A verdict with the windows it was about. Plain data, as it goes into snapshots. */
export interface Lesson extends Omit<Adjustment, 'key'> {
  /** Signatures of the windows; empty where nothing is known of them. */
  readonly windows: readonly NamedSignature[];
}

/** Windows less alike than `from` are something else; from `full` on they are the same thing. */
const ALIKE = { from: 0.45, full: 0.7 } as const;
/** What one full word about a window that is the same adds to its bar, or takes away. */
const STEP = { widen: 1, mute: 2, recentre: 1, lower: 0.55 } as const;
/** The bar is never raised above 2 times itself (the hard bar), and never lowered below 0.55 of itself. */
export const MOST_WIDENED = 1;
const MOST_LOWERED = 0.8;

/** How one sample is judged in the light of its workload's lessons. */
export interface Light {
  /** Factor on the bar, 1 = none: above 1 it is raised, below it is lowered. */
  readonly bar: number;
  /** Whether the metric's deviation is one that was called harmless. */
  readonly explains: (metric: number) => boolean;
  /** Whether the detector's finding is part of what was called harmless. */
  readonly excuses: (detector: string) => boolean;
  /** The window is like one that must never be eased or taken for normal. */
  readonly isProtected: boolean;
  /** Ids of the verdicts that count here. */
  readonly verdicts: readonly string[];
}

const ramp = (alike: number): number => Math.min(1, Math.max(0, (alike - ALIKE.from) / (ALIKE.full - ALIKE.from)));

/** Part of a metric's deviation, in octaves, that may stay unexplained: noise on top of what is known. */
const LEFT_OVER = octaves(3);

interface Compiled {
  readonly lesson: Lesson;
  readonly windows: readonly Signature[];
  readonly only: ((dimension: number) => boolean) | undefined;
}

/** The lessons of one workload, ready to be compared with samples of one layout. */
export interface CompiledLessons {
  /** Undefined where no lesson says anything. */
  judge(signature: Signature, seconds: number): Light | undefined;
}

interface Match {
  readonly alike: number;
  /** With nothing granted, of the nearest window. */
  readonly near: number;
  readonly window: Signature | undefined;
}

const bestMatch = ({ windows, only }: Compiled, signature: Signature): Match => {
  let [alike, near] = [0, 0];
  let window: Signature | undefined;
  for (const candidate of windows) {
    const value = similarity(signature, candidate, only);
    if (value === 0) continue;
    near = Math.max(near, nearness(signature, candidate, only));
    if (value <= alike) continue;
    alike = value;
    window = candidate;
  }
  return { alike, near, window };
};

/** A window this near is the very one that was spoken of, but for rounding. */
const SAME = 0.97;
/** As many of the nearest verdicts decide where they disagree. */
const JURY = 3;

interface Voice {
  readonly near: number;
  readonly weight: number;
  readonly guards: boolean;
}

/**
 * Whether the words that guard a window outweigh those that call it harmless. One wrong word among many must not decide for good, so the nearest few vote;
 * but the very window that was confirmed is guarded whatever else was said.
 */
const guardsWin = (voices: readonly Voice[]): boolean => {
  if (voices.some(({ guards, near }) => guards && near >= SAME)) return true;
  const jury = voices.toSorted((a, b) => b.near - a.near).slice(0, JURY);
  const sum = (side: boolean): number => jury.reduce((total, { weight, guards }) => total + (guards === side ? weight : 0), 0);
  return sum(true) > 0 && sum(true) >= sum(false);
};

export const compileLessons = (lessons: readonly Lesson[], shape: SignatureShape, metricNames: readonly string[]): CompiledLessons => {
  const compiled = lessons.map((lesson): Compiled => {
    const named = new Set(lesson.metrics.map((name) => metricNames.indexOf(name)));
    return {
      lesson,
      windows: lesson.windows.map((window) => fromNames(shape, window)),
      only: lesson.metrics.length === 0 ? undefined : (dimension) => named.has(shape.metricOf(dimension) ?? -1),
    };
  });
  return {
    judge: (signature, seconds) => {
      let [widened, lowered] = [0, 0];
      const voices: Voice[] = [];
      const verdicts: string[] = [];
      const known: { readonly window: Signature; readonly only: Compiled['only'] }[] = [];
      for (const one of compiled) {
        const { kind, id } = one.lesson;
        const strength = strengthAt(one.lesson, seconds);
        if (strength === 0) continue;
        const { alike, near, window } = bestMatch(one, signature);
        const share = strength * ramp(alike);
        if (!window || share === 0) continue;
        verdicts.push(id);
        voices.push({ near, weight: one.lesson.weight, guards: kind === 'protect' || kind === 'lower' });
        if (kind === 'protect') continue;
        if (kind === 'lower') {
          lowered += STEP.lower * share;
          continue;
        }
        widened += STEP[kind] * share;
        known.push({ window, only: one.only });
      }
      if (verdicts.length === 0) return undefined;
      const isProtected = guardsWin(voices);
      const raise = isProtected ? 1 : 1 + Math.min(MOST_WIDENED, widened);
      const lower = lowered > 0 && isProtected ? 1 + Math.min(MOST_LOWERED, lowered) : 1;
      const covers = (dimension: number): boolean =>
        known.some(({ window, only }) => (!only || only(dimension)) && unlike(signature[dimension]!, window[dimension]!) <= LEFT_OVER);
      return {
        bar: raise / lower,
        isProtected,
        verdicts,
        explains: (metric) => {
          for (let i = 0; i < signature.length; i++) if (shape.metricOf(i) === metric && signature[i] !== 0 && !covers(i)) return false;
          return true;
        },
        excuses: (detector) => {
          const dimension = shape.dimensionOf(detector);
          return known.some(({ window }) => dimension >= 0 && window[dimension]! > 0);
        },
      };
    },
  };
};
