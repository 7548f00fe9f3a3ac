import { type JSONSchema, type Validation, validate } from '../platform/index.ts';
import { VERDICT_SCHEMA, type Verdict } from './verdict.ts';

/** Version of the feed; a reader refuses any other. */
export const VERDICT_FEED_VERSION = 1;
/** Where a receiver serves it. Query: `log` and `after` as the answer before named them, `limit`. */
export const VERDICT_FEED_PATH = '/api/v1/verdicts/feed';
/** Most entries of one answer. */
export const MOST_FEED_ENTRIES = 1000;

const SEQUENCE = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const;

/** Takes one verdict back, with all that was propagated from it. */
export interface Undo {
  readonly id: string;
  readonly givenSeconds: number;
  readonly by: string;
  readonly reason?: string;
}

/** One entry of the append-only log: a verdict or an undo. */
export type FeedEntry =
  | { readonly sequence: number; readonly verdict: Verdict; readonly undo?: never }
  | { readonly sequence: number; readonly undo: Undo; readonly verdict?: never };

/** One answer of the feed. */
export interface VerdictFeed {
  readonly version: number;
  readonly log: string;
  readonly entries: readonly FeedEntry[];
  readonly next: number;
  readonly more: boolean;
}

/** Form of an `Undo`. */
export const UNDO_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['id', 'givenSeconds', 'by'],
  properties: {
    id: { type: 'string', minLength: 1, maxLength: 100, description: 'The verdict that no longer counts.' },
    givenSeconds: { type: 'number', minimum: 0, maximum: 1e11, description: 'When it was undone, unix seconds.' },
    by: { type: 'string', minLength: 1, maxLength: 253, description: 'Who undid it.' },
    reason: { type: 'string', maxLength: 1000 },
  },
} as const;

/** Form of a `FeedEntry`. */
export const FEED_ENTRY_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['sequence'],
  properties: {
    sequence: { ...SEQUENCE, minimum: 1, description: 'Place in the log; rises, may have gaps.' },
    verdict: VERDICT_SCHEMA,
    undo: UNDO_SCHEMA,
  },
  oneOf: [{ required: ['verdict'] }, { required: ['undo'] }],
} as const;

/** Form of a `VerdictFeed`. */
export const VERDICT_FEED_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['version', 'log', 'entries', 'next', 'more'],
  properties: {
    version: { type: 'integer', const: VERDICT_FEED_VERSION },
    log: {
      type: 'string',
      minLength: 1,
      maxLength: 100,
      description: 'Names this log. Another name than before (a new or restored store): the reader forgets all and begins at 0.',
    },
    entries: { type: 'array', maxItems: MOST_FEED_ENTRIES, items: FEED_ENTRY_SCHEMA, description: 'In rising sequence.' },
    next: { ...SEQUENCE, description: 'Sequence of the last entry given: `after` of the next question.' },
    more: { type: 'boolean', description: 'Whether there are further entries right now.' },
  },
} as const;

// The types are written out above: what follows from a schema of this size is too deep for the compiler.

/** Checks an answer of a receiver. */
export const parseVerdictFeed = (value: unknown): Validation<VerdictFeed> => {
  const result: Validation<unknown> = validate<JSONSchema & object>(VERDICT_FEED_SCHEMA, value);
  return result as Validation<VerdictFeed>;
};
