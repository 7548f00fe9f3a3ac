import { type JSONSchema, type Validation, validate } from '../../platform/index.ts';
import type { Moment } from './journal.ts';
import type { Lesson } from './lesson.ts';
import { createLessonBook, type LessonBook, type Trace } from './lesson-book.ts';
import type { SignatureShape } from './signature.ts';

/** How a book lies in a snapshot: JSON, and numbers of moments as flat lists. */
interface Memory {
  readonly alarms: readonly (readonly number[])[];
  readonly quiet: readonly (readonly number[])[];
  readonly lessons: readonly (Omit<Lesson, 'untilSeconds'> & { readonly untilSeconds: number | null })[];
  readonly traces: readonly (readonly [string, Trace])[];
}

const NUMBERS = { type: 'array', items: { type: 'number' } } as const;
const NAMED = { type: 'object', additionalProperties: { type: 'number' } } as const;
const MEMORY = {
  type: 'object',
  required: ['alarms', 'quiet', 'lessons', 'traces'],
  properties: {
    alarms: { type: 'array', maxItems: 1000, items: { ...NUMBERS, minItems: 2 } },
    quiet: { type: 'array', maxItems: 1000, items: { ...NUMBERS, minItems: 2 } },
    lessons: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'kind', 'fromSeconds', 'toSeconds', 'givenSeconds', 'untilSeconds', 'weight', 'metrics', 'windows'],
        properties: {
          id: { type: 'string' },
          kind: { type: 'string', enum: ['widen', 'mute', 'protect', 'lower', 'recentre'] },
          fromSeconds: { type: 'number' },
          toSeconds: { type: 'number' },
          givenSeconds: { type: 'number' },
          untilSeconds: { type: ['number', 'null'] },
          weight: { type: 'number', minimum: 0, maximum: 1 },
          metrics: { type: 'array', items: { type: 'string' } },
          windows: { type: 'array', items: NAMED },
        },
      },
    },
    traces: {
      type: 'array',
      items: {
        type: 'array',
        minItems: 2,
        maxItems: 2,
        items: [
          { type: 'string' },
          {
            type: 'object',
            required: ['rows', 'levels'],
            properties: {
              rows: {
                type: 'array',
                items: { type: 'object', required: ['seconds', 'values'], properties: { seconds: { type: 'number' }, values: NUMBERS } },
              },
              levels: NAMED,
            },
          },
        ],
        additionalItems: false,
      },
    },
  },
} as const;

const round = (x: number): number => Math.round(x * 100) / 100;
const flatten = ({ seconds, value, signature }: Moment): number[] => [seconds, round(value), ...Array.from(signature, round)];

/** What a snapshot keeps of a book; undefined for an empty one. */
export const rememberBook = ({ journal, lessons, traces }: LessonBook): Memory | undefined => {
  if (journal.alarms.length + journal.quiet.length + lessons.size === 0) return undefined;
  return {
    alarms: journal.alarms.map(flatten),
    quiet: journal.quiet.map(flatten),
    lessons: [...lessons.values()].map((lesson) => ({
      ...lesson,
      untilSeconds: Number.isFinite(lesson.untilSeconds) ? lesson.untilSeconds : null,
    })),
    traces: [...traces],
  };
};

/** A book out of a snapshot, whose columns are those of `shape`; undefined where it is none. */
export const recallBook = (memory: unknown, shape: SignatureShape): LessonBook | undefined => {
  const result: Validation<unknown> = validate<JSONSchema & object>(MEMORY, memory);
  if (!result.ok) return undefined;
  const { alarms, quiet, lessons, traces } = result.value as Memory;
  const momentOf = ([seconds, value, ...pairs]: readonly number[]): Moment => ({
    seconds: seconds!,
    value: value!,
    // A dimension that this shape does not have cannot be named.
    signature: Float32Array.from(pairs.length % 2 === 0 && pairs.every((x, i) => i % 2 === 1 || x in shape.names) ? pairs : []),
  });
  const book = createLessonBook(shape);
  book.journal.alarms.push(...alarms.map(momentOf));
  book.journal.quiet.push(...quiet.map(momentOf));
  for (const lesson of lessons) book.lessons.set(lesson.id, { ...lesson, untilSeconds: lesson.untilSeconds ?? Number.POSITIVE_INFINITY });
  for (const [id, trace] of traces) book.traces.set(id, trace);
  return book;
};
