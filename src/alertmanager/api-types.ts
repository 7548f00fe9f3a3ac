import { type JSONSchema, type Validation, validate } from '../platform/index.ts';
import type { ReceivedAlert } from './webhook-payload.ts';
import { timeOrNone } from './webhook-payload.ts';

/** One condition of a silence; regular expressions are anchored. */
export interface SilenceMatcher {
  readonly name: string;
  readonly value: string;
  readonly isRegex: boolean;
  /** False for `!=` and `!~`. */
  readonly isEqual: boolean;
}

export type SilenceState = 'pending' | 'active' | 'expired';

export interface Silence {
  readonly id: string;
  readonly state: SilenceState;
  readonly matchers: readonly SilenceMatcher[];
  readonly startsMs: number;
  readonly endsMs: number;
  readonly updatedMs: number;
  readonly createdBy: string;
  readonly comment: string;
  /** Empty before Alertmanager 0.32. */
  readonly annotations: Readonly<Record<string, string>>;
}

/** An alert that Alertmanager holds right now, with what becomes of it. */
export interface HeldAlert extends Omit<ReceivedAlert, 'status' | 'endsMs'> {
  readonly state: 'unprocessed' | 'active' | 'suppressed';
  readonly silencedBy: readonly string[];
  readonly inhibitedBy: readonly string[];
}

const TEXTS = { type: 'array', items: { type: 'string' } } as const;
const LABELS = { type: 'object', additionalProperties: { type: 'string' } } as const;

const ALERTS = {
  type: 'array',
  items: {
    type: 'object',
    required: ['labels', 'startsAt', 'fingerprint', 'status'],
    properties: {
      labels: LABELS,
      annotations: LABELS,
      startsAt: { type: 'string' },
      fingerprint: { type: 'string', minLength: 1 },
      generatorURL: { type: 'string' },
      status: {
        type: 'object',
        required: ['state'],
        properties: {
          state: { type: 'string', enum: ['unprocessed', 'active', 'suppressed'] },
          silencedBy: TEXTS,
          inhibitedBy: TEXTS,
        },
      },
    },
  },
} as const satisfies JSONSchema;

const SILENCES = {
  type: 'array',
  items: {
    type: 'object',
    required: ['id', 'status', 'startsAt', 'endsAt', 'matchers'],
    properties: {
      id: { type: 'string', minLength: 1, maxLength: 100 },
      status: { type: 'object', required: ['state'], properties: { state: { type: 'string', enum: ['pending', 'active', 'expired'] } } },
      startsAt: { type: 'string' },
      endsAt: { type: 'string' },
      updatedAt: { type: 'string' },
      createdBy: { type: 'string' },
      comment: { type: 'string' },
      annotations: { anyOf: [LABELS, { type: 'null' }] },
      matchers: {
        type: 'array',
        items: {
          type: 'object',
          required: ['name', 'value'],
          properties: {
            name: { type: 'string' },
            value: { type: 'string' },
            isRegex: { type: 'boolean' },
            isEqual: { type: 'boolean' },
          },
        },
      },
    },
  },
} as const satisfies JSONSchema;

interface RawHeldAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly fingerprint: string;
  readonly generatorURL?: string;
  readonly status: {
    readonly state: HeldAlert['state'];
    readonly silencedBy?: readonly string[];
    readonly inhibitedBy?: readonly string[];
  };
}
interface RawSilence {
  readonly id: string;
  readonly status: { readonly state: SilenceState };
  readonly startsAt: string;
  readonly endsAt: string;
  readonly updatedAt?: string;
  readonly createdBy?: string;
  readonly comment?: string;
  readonly annotations?: Readonly<Record<string, string>> | null;
  readonly matchers: readonly (Pick<SilenceMatcher, 'name' | 'value'> & Partial<SilenceMatcher>)[];
}

// The types are written out above: what follows from schemas of this size is too deep for the compiler.
const checked = <T>(schema: JSONSchema & object, body: unknown): Validation<readonly T[]> => {
  const result: Validation<unknown> = validate<JSONSchema & object>(schema, body);
  return result as Validation<readonly T[]>;
};

/** Body of `GET /api/v2/alerts`. Alerts whose start is no time are left out. */
export const parseHeldAlerts = (body: unknown): Validation<readonly HeldAlert[]> => {
  const result = checked<RawHeldAlert>(ALERTS, body);
  if (!result.ok) return result;
  return {
    ok: true,
    value: result.value.flatMap(({ labels, annotations = {}, startsAt, fingerprint, generatorURL = '', status }) => {
      const startsMs = timeOrNone(startsAt);
      if (startsMs === undefined) return [];
      const { state, silencedBy = [], inhibitedBy = [] } = status;
      return [{ fingerprint, labels, annotations, startsMs, generatorUrl: generatorURL, state, silencedBy, inhibitedBy }];
    }),
  };
};

/** Body of `GET /api/v2/silences`. `isEqual` is absent before 0.22 and then true. */
export const parseSilences = (body: unknown): Validation<readonly Silence[]> => {
  const result = checked<RawSilence>(SILENCES, body);
  if (!result.ok) return result;
  return {
    ok: true,
    value: result.value.map(({ id, status, startsAt, endsAt, updatedAt, createdBy = '', comment = '', annotations, matchers }) => ({
      id,
      state: status.state,
      matchers: matchers.map(({ name, value, isRegex = false, isEqual = true }) => ({ name, value, isRegex, isEqual })),
      startsMs: timeOrNone(startsAt) ?? 0,
      endsMs: timeOrNone(endsAt) ?? 0,
      updatedMs: timeOrNone(updatedAt) ?? 0,
      createdBy,
      comment,
      annotations: annotations ?? {},
    })),
  };
};
