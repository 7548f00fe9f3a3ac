import { type WorkloadKey, workloadId } from '../conventions/index.ts';
import { type JSONSchema, type Validation, validate } from '../platform/index.ts';
import { VERDICT_SOURCE_NAMES, type VerdictSource } from './source.ts';
import { VERDICT_WORDS, type VerdictWord } from './word.ts';

/** Longest stretch that one verdict can speak of: what lasts longer is more than one event. */
export const LONGEST_WINDOW_SECONDS = 7 * 86_400;

const SECONDS = { type: 'number', minimum: 0, maximum: 1e11, description: 'Unix seconds.' } as const;
// As many characters as a label value has in Kubernetes, with room for those of other systems.
const NAME = { type: 'string', maxLength: 253 } as const;
const METRIC = { type: 'string', minLength: 1, maxLength: 200 } as const;

/** A workload as the APIs name it; `entity` where labels of the user's choice do. */
export const VERDICT_WORKLOAD_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['namespace', 'workload', 'workloadKind'],
  properties: {
    namespace: { ...NAME, description: 'Empty for nodes.' },
    workload: { ...NAME, minLength: 1 },
    workloadKind: { ...NAME, maxLength: 63, description: 'Deployment, StatefulSet, ..., Node, or empty where unknown.' },
    entity: {
      type: 'object',
      minProperties: 1,
      maxProperties: 10,
      additionalProperties: { type: 'string', maxLength: 1000 },
      description: 'The labels of an entity of chosen labels; they then replace the three names.',
    },
  },
} as const;

const WINDOW = {
  word: { type: 'string', enum: VERDICT_WORDS, description: 'What is said.' },
  workload: VERDICT_WORKLOAD_SCHEMA,
  fromSeconds: { ...SECONDS, description: 'Start of the stretch it is about, unix seconds.' },
  toSeconds: { ...SECONDS, description: 'End of the stretch, not before its start; at most 7 days later.' },
  metrics: {
    type: 'array',
    items: METRIC,
    maxItems: 50,
    uniqueItems: true,
    description: 'Only these metrics are meant; all where absent or empty.',
  },
  reason: { type: 'string', maxLength: 1000, description: 'Why, in the words of whoever said it.' },
} as const;

/** A workload as the APIs name it. */
export interface VerdictWorkload {
  readonly namespace: string;
  readonly workload: string;
  readonly workloadKind: string;
  readonly entity?: Readonly<Record<string, string>>;
}

/** What a form, a link or an API call gives; who said it, when, and how much it weighs is added by whoever takes it. */
export interface VerdictRequest {
  readonly word: VerdictWord;
  readonly workload: VerdictWorkload;
  readonly fromSeconds: number;
  readonly toSeconds: number;
  readonly metrics?: readonly string[];
  readonly reason?: string;
  readonly alert?: string;
  readonly expiresSeconds?: number;
}

/** A verdict as it is kept and sent. It never changes: an undo is an entry of its own. */
export interface Verdict extends Omit<VerdictRequest, 'expiresSeconds'> {
  readonly id: string;
  readonly givenSeconds: number;
  readonly expiresSeconds: number | null;
  readonly by: string;
  readonly source: VerdictSource;
  readonly weight: number;
  readonly parent?: string;
}

/** Form of a `VerdictRequest`. */
export const VERDICT_REQUEST_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['word', 'workload', 'fromSeconds', 'toSeconds'],
  properties: {
    ...WINDOW,
    alert: { type: 'string', minLength: 1, maxLength: 64, description: 'Fingerprint of the alert it is about.' },
    expiresSeconds: { ...SECONDS, description: 'When it stops counting, unix seconds; a default of its word where absent.' },
  },
} as const;

/** Form of a `Verdict`. */
export const VERDICT_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  required: ['id', ...VERDICT_REQUEST_SCHEMA.required, 'givenSeconds', 'expiresSeconds', 'by', 'source', 'weight'],
  properties: {
    ...VERDICT_REQUEST_SCHEMA.properties,
    id: { type: 'string', minLength: 1, maxLength: 100, description: 'Names the verdict for ever.' },
    givenSeconds: { ...SECONDS, description: 'When it was said, unix seconds.' },
    expiresSeconds: { type: ['number', 'null'], minimum: 0, maximum: 1e11, description: 'When it stops counting; null = it only fades.' },
    by: { type: 'string', minLength: 1, maxLength: 253, description: 'Who said it.' },
    source: { type: 'string', enum: VERDICT_SOURCE_NAMES, description: 'How it was said.' },
    weight: { type: 'number', minimum: 0, maximum: 1, description: 'How much it counts: that of its source, after the caps.' },
    parent: { type: 'string', minLength: 1, maxLength: 100, description: 'The verdict it was propagated from; undone with it.' },
  },
} as const;

/** The key under which scores know the verdict's workload. */
export const workloadOf = ({ workload: { namespace, workload, workloadKind, entity } }: Pick<Verdict, 'workload'>): WorkloadKey => ({
  namespace,
  workload,
  workloadKind,
  ...(entity ? { entity } : {}),
});

export const verdictWorkloadId = (verdict: Pick<Verdict, 'workload'>): string => workloadId(workloadOf(verdict));

const withSpan = <T extends { readonly fromSeconds: number; readonly toSeconds: number }>(result: Validation<T>): Validation<T> => {
  if (!result.ok) return result;
  const { fromSeconds, toSeconds } = result.value;
  const limit = toSeconds < fromSeconds ? 'not before fromSeconds' : 'at most 7 days after fromSeconds';
  if (toSeconds >= fromSeconds && toSeconds - fromSeconds <= LONGEST_WINDOW_SECONDS) return result;
  return {
    ok: false,
    problems: [{ key: 'toSeconds', value: toSeconds, limit, message: `toSeconds is ${toSeconds}, but must be ${limit}` }],
  };
};

// The types are written out above: what follows from schemas of this size is too deep for the compiler.
const check = <T>(schema: JSONSchema & object, value: unknown): Validation<T> => {
  const result: Validation<unknown> = validate<JSONSchema & object>(schema, value);
  return result as Validation<T>;
};

/** Checks what somebody sent; all problems at once. */
export const parseVerdictRequest = (value: unknown): Validation<VerdictRequest> =>
  withSpan(check<VerdictRequest>(VERDICT_REQUEST_SCHEMA, value));

/** Checks a complete verdict, from a store, a feed or a file. */
export const parseVerdict = (value: unknown): Validation<Verdict> => withSpan(check<Verdict>(VERDICT_SCHEMA, value));
