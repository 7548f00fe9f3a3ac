import { createHash } from 'node:crypto';
import { namesSomething, type Silence } from '../../alertmanager/index.ts';
import { type SilenceWord, wordOfSilence } from '../../feedback/index.ts';

/** Annotation of a silence that carries a word, as our own silences have it. */
export const VERDICT_ANNOTATION = 'verdict';
/** Annotation of a silence that we made for a verdict: that word has been heard already. */
export const VERDICT_ID_ANNOTATION = 'bellwether_verdict';
/** The same in a comment, for Alertmanagers that keep no annotations. */
const VERDICT_ID_COMMENT = /\(verdict ([0-9a-f-]{8,100})\)\s*$/;

/** What a silence says; nothing where it is so wide that it speaks of no alert or workload. */
export const wordOf = ({
  matchers,
  comment,
  annotations,
}: Pick<Silence, 'matchers' | 'comment' | 'annotations'>): SilenceWord | undefined =>
  namesSomething(matchers) ? wordOfSilence(comment, annotations[VERDICT_ANNOTATION]) : undefined;

/** One text for what a silence says, to see that it changed; of `expected` its end is a part. */
export const wordText = (word: SilenceWord | undefined, endsMs: number): string | undefined => {
  if (word === undefined) return undefined;
  if (word.kind === 'mask') return 'mask';
  return word.word === 'expected' ? `${word.word}/${word.source}/${endsMs}` : `${word.word}/${word.source}`;
};

/** The verdict that a silence of ours was made for. */
export const ownVerdictOf = ({ annotations, comment }: Pick<Silence, 'annotations' | 'comment'>): string | undefined =>
  annotations[VERDICT_ID_ANNOTATION] ?? VERDICT_ID_COMMENT.exec(comment)?.[1];

/** A comment and annotations that say a word in both ways. */
export const silenceTexts = (
  prefix: string,
  word: string,
  reason: string,
  verdictId: string,
): { readonly comment: string; readonly annotations: Readonly<Record<string, string>> } => ({
  comment: `${prefix}: ${reason} (verdict ${verdictId})`,
  annotations: { [VERDICT_ANNOTATION]: word, [VERDICT_ID_ANNOTATION]: verdictId },
});

/** The same silence, alert and word give the same verdict, however often they are seen. */
export const silenceVerdictId = (silenceId: string, fingerprint: string, word: string): string =>
  `s-${createHash('sha256')
    .update(JSON.stringify([silenceId, fingerprint, word]))
    .digest('hex')
    .slice(0, 32)}`;
