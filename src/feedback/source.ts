import type { VerdictWord } from './word.ts';

interface SourceRule {
  /** What a word from there weighs, 0 to 1. */
  readonly weight: number;
  readonly about: string;
}

/** Where verdicts come from and what they weigh: a word that was meant counts in full, a guess from what somebody did counts less. */
export const VERDICT_SOURCES = {
  form: { weight: 1, about: 'the form of the receiver' },
  api: { weight: 1, about: 'a call of the API or the command' },
  link: { weight: 1, about: 'a signed link' },
  chat: { weight: 1, about: 'a button in a chat message' },
  file: { weight: 1, about: 'a verdict file given to the exporter' },
  silence: { weight: 1, about: 'a silence with a word in its comment or annotation' },
  acknowledgement: { weight: 0.5, about: 'a silence that begins with `ACK!` or `ACK:`: somebody is on it, so it probably is true' },
  untagged_silence: { weight: 0.3, about: 'a silence without a word: somebody does not want to hear it' },
  propagation: { weight: 0.3, about: 'a window that looks like one with a verdict' },
} as const satisfies Record<string, SourceRule>;

export type VerdictSource = keyof typeof VERDICT_SOURCES;
export const VERDICT_SOURCE_NAMES = Object.keys(VERDICT_SOURCES) as VerdictSource[];

/** What the comment of a silence says: a verdict, or that its time is to be masked, without a label. */
export type SilenceWord =
  | { readonly kind: 'verdict'; readonly word: VerdictWord; readonly source: VerdictSource; readonly reason: string }
  | { readonly kind: 'mask'; readonly reason: string };

/** Prefixes of comments. `ACK!` is what karma writes. */
const PREFIXES: Readonly<
  Record<string, SilenceWord | { readonly kind: 'verdict'; readonly word: VerdictWord; readonly source: VerdictSource }>
> = {
  FP: { kind: 'verdict', word: 'false_alarm', source: 'silence' },
  FALSE_ALARM: { kind: 'verdict', word: 'false_alarm', source: 'silence' },
  EXPECTED: { kind: 'verdict', word: 'expected', source: 'silence' },
  TREND: { kind: 'verdict', word: 'new_trend', source: 'silence' },
  NEW_TREND: { kind: 'verdict', word: 'new_trend', source: 'silence' },
  TP: { kind: 'verdict', word: 'confirmed', source: 'silence' },
  CONFIRMED: { kind: 'verdict', word: 'confirmed', source: 'silence' },
  ACK: { kind: 'verdict', word: 'confirmed', source: 'acknowledgement' },
  MAINT: { kind: 'mask', reason: '' },
};

// A word of capitals at the very start, then a colon (or the exclamation mark of `ACK!`), then the reason.
const PREFIXED = /^\s*([A-Z_]{2,12})\s*[:!]\s*([\s\S]*)$/;

/** Words of an annotation `verdict`: the words themselves, and `maintenance`. */
const ANNOTATED: Readonly<Record<string, string>> = {
  confirmed: 'CONFIRMED',
  expected: 'EXPECTED',
  false_alarm: 'FP',
  new_trend: 'TREND',
  maintenance: 'MAINT',
};

/**
 * What a silence says. The annotation `verdict` (Alertmanager 0.32 and later) wins over the comment's prefix; without either it is a weak `false_alarm`.
 * Whether it names an alert or a workload at all, the caller has to see: one that does not says nothing.
 */
export const wordOfSilence = (comment: string, annotation?: string): SilenceWord => {
  const [, prefix = '', rest = ''] = PREFIXED.exec(comment) ?? [];
  const known = PREFIXES[ANNOTATED[annotation?.trim().toLowerCase() ?? ''] ?? prefix];
  const reason = PREFIXES[prefix] ? rest.trim() : comment.trim();
  return known ? { ...known, reason } : { kind: 'verdict', word: 'false_alarm', source: 'untagged_silence', reason };
};
