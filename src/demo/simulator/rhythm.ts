/** How demand moves over the day and the week. */
export interface RhythmPlan {
  readonly shape: RhythmShape;
  /** Shift of the whole day in hours: users in another time zone. */
  readonly phaseHours: number;
  /** 0 = flat, 1 = the full swing of the shape. */
  readonly depth: number;
}

export type RhythmShape = keyof typeof SHAPES;

/** Relative demand at each full hour and on each weekday (Sunday first), both with mean about 1. */
const SHAPES = {
  office: {
    hours: [
      0.25, 0.2, 0.2, 0.2, 0.25, 0.35, 0.6, 1.1, 1.7, 2.0, 2.05, 1.9, 1.5, 1.75, 1.95, 1.9, 1.7, 1.35, 0.95, 0.7, 0.55, 0.45, 0.35, 0.3,
    ],
    days: [0.35, 1.2, 1.3, 1.3, 1.25, 1.15, 0.4],
  },
  evening: {
    hours: [
      0.8, 0.5, 0.35, 0.28, 0.25, 0.28, 0.4, 0.6, 0.75, 0.8, 0.85, 0.95, 1.1, 1.0, 0.95, 0.95, 1.05, 1.25, 1.5, 1.8, 2.05, 2.1, 1.8, 1.25,
    ],
    days: [1.2, 0.9, 0.9, 0.9, 0.95, 1.05, 1.2],
  },
  global: {
    hours: [
      0.9, 0.88, 0.87, 0.87, 0.88, 0.9, 0.94, 0.98, 1.02, 1.06, 1.08, 1.08, 1.07, 1.08, 1.1, 1.12, 1.12, 1.1, 1.07, 1.04, 1.01, 0.98, 0.95,
      0.92,
    ],
    days: [0.93, 1.02, 1.03, 1.03, 1.02, 1.0, 0.95],
  },
  two_markets: {
    hours: [
      0.7, 0.6, 0.65, 0.85, 1.2, 1.45, 1.5, 1.35, 1.1, 0.9, 0.75, 0.65, 0.7, 0.85, 1.1, 1.35, 1.5, 1.5, 1.3, 1.1, 0.95, 0.85, 0.8, 0.75,
    ],
    days: [0.7, 1.1, 1.15, 1.15, 1.1, 1.05, 0.75],
  },
  flat: {
    hours: Array.from({ length: 24 }, () => 1),
    days: Array.from({ length: 7 }, () => 1),
  },
} as const satisfies Record<string, { readonly hours: readonly number[]; readonly days: readonly number[] }>;

export const RHYTHM_SHAPES = Object.keys(SHAPES) as readonly RhythmShape[];

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The first of January 1970 was a Thursday. */
const EPOCH_WEEKDAY = 4;

/** Linear between the table's points, so that neither an hour nor midnight is a step. `position` counts in points, the first at the middle of its interval. */
const interpolate = (points: readonly number[], position: number): number => {
  const below = Math.floor(position);
  const share = position - below;
  const at = (index: number): number => points[((index % points.length) + points.length) % points.length] ?? 1;
  return at(below) * (1 - share) + at(below + 1) * share;
};

/** Relative demand at a time, mean about 1 over a week, always above 0. */
export const rhythmAt = (rhythm: RhythmPlan, timeMs: number): number => {
  const localMs = timeMs + rhythm.phaseHours * HOUR_MS;
  const { hours, days } = SHAPES[rhythm.shape];
  const hour = interpolate(hours, (localMs % DAY_MS) / HOUR_MS - 0.5);
  const dayOfWeek = localMs / DAY_MS + EPOCH_WEEKDAY;
  // Days blend into each other over the two hours around midnight instead of over the whole day.
  const day = Math.floor(dayOfWeek);
  const intoDay = dayOfWeek - day;
  const blend = Math.min(1, intoDay * 12);
  const today = days[day % 7] ?? 1;
  const yesterday = days[(day + 6) % 7] ?? 1;
  const factor = hour * (today * blend + yesterday * (1 - blend));
  return 1 + rhythm.depth * (factor - 1);
};

const HOURS_PER_WEEK = 168;

/** The largest relative demand of a week. */
export const rhythmPeak = (rhythm: RhythmPlan): number => {
  let peak = 0;
  for (let hour = 0; hour < HOURS_PER_WEEK; hour++) peak = Math.max(peak, rhythmAt(rhythm, hour * HOUR_MS));
  return peak;
};
