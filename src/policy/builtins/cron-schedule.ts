// Schedules as the CronJob controller reads them: five fields, names of months and days, @daily and the like, @every DURATION.

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'] as const;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const FIELDS: readonly Field[] = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: MONTHS },
  { name: 'day of week', min: 0, max: 6, names: DAYS },
];
const DESCRIPTORS: ReadonlySet<string> = new Set(['@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly']);
const EVERY = /^@every (\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+$/;
// Nothing that people write is longer.
const MAX_LENGTH = 200;
const LONGEST_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** What is wrong with a schedule; undefined where nothing is. */
export const scheduleProblem = (schedule: string): string | undefined => {
  const text = schedule.trim();
  if (text.length > MAX_LENGTH) return 'it is too long';
  if (/^(CRON_)?TZ=/.test(text)) return 'it names a time zone; write it into timeZone';
  if (text.startsWith('@')) return DESCRIPTORS.has(text) || EVERY.test(text) ? undefined : `${text} is not known`;
  const parts = text === '' ? [] : text.split(/\s+/);
  if (parts.length !== FIELDS.length) return `it has ${parts.length} fields instead of 5`;
  const sets: (ReadonlySet<number> | string)[] = FIELDS.map((field, i) => parseField(parts[i]!, field));
  const wrong = sets.find((set) => typeof set === 'string');
  if (typeof wrong === 'string') return wrong;
  const [, , days, months] = sets as ReadonlySet<number>[];
  // With a day of the week either of the two is enough.
  const isByDayOfMonth = /^[*?]/.test(parts[4]!);
  const happens = [...months!].some((month) => [...days!].some((day) => day <= LONGEST_MONTH[month - 1]!));
  return happens || !isByDayOfMonth ? undefined : 'no month has such a day';
};

const parseField = (text: string, field: Field): Set<number> | string => {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const problem = addPart(part, field, found);
    if (problem) return problem;
  }
  return found;
};

const addPart = (part: string, field: Field, into: Set<number>): string | undefined => {
  const [range = '', stepText, ...more] = part.split('/');
  const step = stepText === undefined ? 1 : numberIn(stepText);
  if (more.length > 0 || step === undefined || step === 0) return `the ${field.name} ${part} is not understood`;
  const bounds = rangeOf(range, stepText !== undefined, field);
  if (!bounds) return `the ${field.name} ${part} is not understood`;
  const [from, to] = bounds;
  if (from < field.min || to > field.max) return `the ${field.name} ${part} is not within ${field.min}-${field.max}`;
  if (from > to) return `the ${field.name} ${part} goes backwards`;
  for (let value = from; value <= to; value += step) into.add(value);
  return undefined;
};

const rangeOf = (text: string, hasStep: boolean, { min, max, names }: Field): readonly [number, number] | undefined => {
  if (text === '*' || text === '?') return [min, max];
  const [fromText = '', toText, ...more] = text.split('-');
  const from = fieldValue(fromText, names, min);
  const to = toText === undefined ? (hasStep ? max : from) : fieldValue(toText, names, min);
  return more.length > 0 || from === undefined || to === undefined ? undefined : [from, to];
};

const fieldValue = (text: string, names: readonly string[] | undefined, min: number): number | undefined => {
  const at = names?.indexOf(text.toLowerCase()) ?? -1;
  return at >= 0 ? at + min : numberIn(text);
};

const numberIn = (text: string): number | undefined => (/^\d{1,4}$/.test(text) ? Number(text) : undefined);

const zones = new Map<string, boolean>();
// Zones come from outside: they must not fill the memory.
const MAX_ZONES = 500;

/** Whether a time zone exists, by its name in the IANA database. */
export const isTimeZone = (name: string): boolean => {
  let known = zones.get(name);
  if (known === undefined) {
    known = existsZone(name);
    if (zones.size < MAX_ZONES) zones.set(name, known);
  }
  return known;
};

const existsZone = (name: string): boolean => {
  if (!/^[A-Za-z][\w+\-/]{1,60}$/.test(name) || name === 'Local') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
};
