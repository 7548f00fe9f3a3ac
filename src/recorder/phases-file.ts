import { CORE_SCHEMA, load } from 'js-yaml';
import { BellwetherError, type FromSchema, validate } from '../platform/index.ts';
import { parseTime } from './utc-time.ts';

const TIME = { type: ['string', 'number'] } as const;
const SPAN = { type: 'object', additionalProperties: false, properties: { start: TIME, end: TIME }, required: ['start', 'end'] } as const;

const PHASE = {
  type: 'object',
  additionalProperties: false,
  properties: {
    start: TIME,
    end: TIME,
    namespace: { type: 'string' },
    workload: { type: 'string', minLength: 1 },
    kind: { type: 'string', minLength: 1 },
    id: { type: 'string', minLength: 1 },
    metrics: { type: 'array', items: { type: 'string', minLength: 1 } },
  },
  required: ['start', 'end', 'namespace', 'workload', 'kind'],
} as const;

const PHASES_SCHEMA = {
  type: 'object',
  additionalProperties: false,
  properties: {
    phases: { type: 'array', items: PHASE },
    clean_until: TIME,
    fault_free_spans: { type: 'array', items: SPAN },
    notes: { type: 'array', items: { type: 'string' } },
  },
  required: ['phases'],
} as const;

/** Half open, unix seconds. */
interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** A stretch in which something was done to a workload. */
export interface Phase extends Stretch {
  readonly id: string;
  readonly namespace: string;
  readonly workload: string;
  readonly kind: string;
  readonly metrics: readonly string[] | undefined;
}

export interface Phases {
  readonly phases: readonly Phase[];
  readonly cleanUntil: number | undefined;
  readonly faultFreeSpans: readonly Stretch[];
  readonly notes: readonly string[];
}

export const NO_PHASES: Phases = { phases: [], cleanUntil: undefined, faultFreeSpans: [], notes: [] };

/** Reads a phases file, YAML or JSON: a list of phases, or an object with `phases`. Throws invalid_input with every problem at once. */
export const parsePhases = (text: string, file: string): Phases => {
  const value = parseYaml(text, file);
  const checked = validate(PHASES_SCHEMA, Array.isArray(value) ? { phases: value } : value);
  const problems = checked.ok ? [] : checked.problems.map(({ message }) => message);
  const phases = checked.ok ? toPhases(checked.value, problems) : NO_PHASES;
  if (problems.length > 0) throw new BellwetherError('invalid_input', problems.map((problem) => `${file}: ${problem}`).join('\n'));
  return phases;
};

type RawPhases = FromSchema<typeof PHASES_SCHEMA>;

const parseYaml = (text: string, file: string): unknown => {
  try {
    // The core schema leaves dates as the text they are.
    return load(text, { schema: CORE_SCHEMA, filename: file });
  } catch (error) {
    throw new BellwetherError(
      'invalid_input',
      `${file}: not YAML or JSON: ${error instanceof Error ? error.message : String(error)}`,
      error,
    );
  }
};

/** Collects what a schema cannot say: times that are none, and stretches that end before they start. */
const toPhases = (raw: RawPhases, problems: string[]): Phases => {
  const seconds = (time: string | number, key: string): number => {
    // A phase is written down once and read often: times that depend on when it is read are not taken.
    const ms = typeof time === 'number' ? time * 1000 : /^\d/.test(time) ? parseTime(time, Number.NaN) : undefined;
    if (ms === undefined)
      problems.push(`${key} is ${JSON.stringify(time)}, but must be a time with zone (2026-08-21T09:00:00Z) or unix seconds`);
    return (ms ?? Number.NaN) / 1000;
  };
  const stretch = ({ start, end }: { readonly start: string | number; readonly end: string | number }, key: string): Stretch => {
    const span = { start: seconds(start, `${key}.start`), end: seconds(end, `${key}.end`) };
    if (span.end <= span.start) problems.push(`${key}.end is ${end}, but must be later than ${key}.start = ${start}`);
    return span;
  };
  return {
    phases: raw.phases.map((phase, i) => ({
      ...stretch(phase, `phases[${i}]`),
      id: phase.id ?? `phase-${i + 1}`,
      namespace: phase.namespace,
      workload: phase.workload,
      kind: phase.kind,
      metrics: phase.metrics,
    })),
    cleanUntil: raw.clean_until === undefined ? undefined : seconds(raw.clean_until, 'clean_until'),
    faultFreeSpans: (raw.fault_free_spans ?? []).map((span, i) => stretch(span, `fault_free_spans[${i}]`)),
    notes: raw.notes ?? [],
  };
};
