import { BellwetherError, type FromSchema, validate } from '../platform/index.ts';
import type { Span } from './metrics/spans.ts';

const SECONDS = { type: 'number', minimum: 0, maximum: 1e11 } as const;
const NAMES = { namespace: { type: 'string' }, workload: { type: 'string', minLength: 1 } } as const;
const SPAN = { type: 'object', properties: { start: SECONDS, end: SECONDS }, required: ['start', 'end'] } as const;

// Only what is used; a recording's other fields (source, licence, notes, ...) are for people.
const EVENTS_SCHEMA = {
  type: 'object',
  properties: {
    set: { type: 'string' },
    split: { type: 'string' },
    step_seconds: { type: 'number', exclusiveMinimum: 0, maximum: 86_400 },
    clean_until: SECONDS,
    fault_free_spans: { type: 'array', items: SPAN },
    entities: {
      type: 'array',
      items: { type: 'object', properties: { ...NAMES, clean_until: SECONDS }, required: ['namespace', 'workload'] },
    },
    events: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          ...NAMES,
          id: { type: 'string' },
          start: SECONDS,
          end: SECONDS,
          kind: { type: 'string' },
          metrics: { type: 'array', items: { type: 'string' } },
          target: { type: 'object', properties: { workload: { type: 'string' } } },
        },
        required: ['namespace', 'workload', 'start', 'end'],
      },
    },
  },
  required: ['step_seconds', 'entities', 'events'],
} as const;

/** A labelled stretch: `from <= t < to`, unix seconds. */
export interface LabelledEvent extends Span {
  readonly id: string;
  readonly namespace: string;
  readonly workload: string;
  readonly kind: string | undefined;
  /** The truly affected metrics, where labelled. */
  readonly metrics: readonly string[] | undefined;
  /** The workload that shows the symptom, where it is another one than the cause. */
  readonly targetWorkload: string | undefined;
}

/** Ground truth of a recording. */
export interface EventsFile {
  /** Name of the split, else of the set, else empty. */
  readonly name: string;
  readonly stepSeconds: number;
  readonly cleanUntil: number | undefined;
  readonly faultFreeSpans: readonly Span[];
  readonly entities: readonly { readonly namespace: string; readonly workload: string; readonly cleanUntil: number | undefined }[];
  readonly events: readonly LabelledEvent[];
}

/** Checks and reads an `.events.json`. Throws invalid_input that names the file and every wrong key. */
export const parseEventsFile = (text: string, file: string): EventsFile => {
  const value = parseJson(text, file);
  const checked = validate(EVENTS_SCHEMA, value);
  const problems = checked.ok ? orderProblems(checked.value) : checked.problems.map(({ message }) => message);
  if (!checked.ok || problems.length > 0)
    throw new BellwetherError('invalid_input', problems.map((message) => `${file}: ${message}`).join('\n'));
  return toEventsFile(checked.value);
};

type RawEvents = FromSchema<typeof EVENTS_SCHEMA>;

const parseJson = (text: string, file: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BellwetherError('invalid_input', `${file}: not JSON: ${error instanceof Error ? error.message : String(error)}`, error);
  }
};

/** What a schema cannot say: an interval ends after it starts. */
const orderProblems = ({ events, fault_free_spans: spans = [] }: RawEvents): string[] => {
  const check = (list: readonly { start: number; end: number }[], key: string): string[] =>
    list.flatMap(({ start, end }, i) =>
      end > start ? [] : [`${key}[${i}].end is ${end}, but must be more than ${key}[${i}].start = ${start}`],
    );
  return [...check(events, 'events'), ...check(spans, 'fault_free_spans')];
};

const toEventsFile = (raw: RawEvents): EventsFile => ({
  name: raw.split ?? raw.set ?? '',
  stepSeconds: raw.step_seconds,
  cleanUntil: raw.clean_until,
  faultFreeSpans: (raw.fault_free_spans ?? []).map(({ start, end }) => ({ from: start, to: end })),
  entities: raw.entities.map(({ namespace, workload, clean_until }) => ({ namespace, workload, cleanUntil: clean_until })),
  events: raw.events.map((event, i) => ({
    id: event.id ?? `event-${i + 1}`,
    namespace: event.namespace,
    workload: event.workload,
    from: event.start,
    to: event.end,
    kind: event.kind,
    metrics: event.metrics,
    targetWorkload: event.target?.workload,
  })),
});
