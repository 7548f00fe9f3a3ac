/** Verdicts per workload after which is judged. */
export const VERDICT_COUNTS = [1, 5, 10] as const;
export const MOST_VERDICTS = 10;
/** Part of the verdicts that are wrong in the sets that try it. */
export const WRONG_SHARE = 0.2;

type Truth = 'false' | 'true' | 'missed';
type Word = 'false_alarm' | 'confirmed' | 'missed';

/** One verdict that may be given; its id says everything, so that sets of verdicts are filters of ids. */
export interface PlannedVerdict {
  /** How many false alarms (or missed faults) of the workload had a verdict by then, this one included. */
  readonly count: number;
  readonly truth: Truth;
  /** Whether somebody who errs in a fifth of the cases errs here. */
  readonly erring: boolean;
  readonly word: Word;
}

export const idOf = ({ count, truth, erring, word }: PlannedVerdict, place: number): string =>
  [place, count, truth, erring ? 'erring' : 'sound', word].join('/');

const parse = (id: string): PlannedVerdict => {
  const [, count, truth, erring, word] = id.split('/');
  return { count: Number(count), truth: truth as Truth, erring: erring === 'erring', word: word as Word };
};

const RIGHT: Readonly<Record<Truth, Word>> = { false: 'false_alarm', true: 'confirmed', missed: 'missed' };

/** A set of verdicts: the first `count` of a workload, told rightly, or with a fifth of them wrong. */
export interface VerdictSet {
  readonly name: string;
  readonly count: number;
  readonly errs: boolean;
}

export const VERDICT_SETS: readonly VerdictSet[] = [
  ...VERDICT_COUNTS.map((count) => ({ name: `N=${count}`, count, errs: false })),
  ...VERDICT_COUNTS.map((count) => ({ name: `N=${count}, 20 % wrong`, count, errs: true })),
];

export const filterOf =
  ({ count, errs }: VerdictSet) =>
  (id: string): boolean => {
    const verdict = parse(id);
    if (verdict.count > count) return false;
    return (verdict.word === RIGHT[verdict.truth]) !== (errs && verdict.erring);
  };

/** The words that some set gives this verdict. */
export const wordsFor = (truth: Truth): readonly Word[] => (truth === 'missed' ? ['missed'] : ['false_alarm', 'confirmed']);
