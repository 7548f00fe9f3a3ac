/** Unix milliseconds as `2026-01-31T12:00:00Z`; with milliseconds only where there are some. */
export const formatTime = (ms: number): string => new Date(ms).toISOString().replace('.000Z', 'Z');

// RFC 3339: the form that Prometheus takes and that Date.parse reads alike everywhere.
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
// Seconds since 1970 with an optional fraction; 12 digits reach beyond any date that is meant.
const UNIX_SECONDS = /^\d{1,12}(\.\d+)?$/;

/** Unix milliseconds of a time as Prometheus's API takes it: unix seconds or RFC 3339; undefined for anything else. */
export const parseTime = (text: string): number | undefined => {
  if (UNIX_SECONDS.test(text)) return Number(text) * 1000;
  const ms = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? undefined : ms;
};

/** For libraries that ask for a Date. */
export const dateOf = (ms: number): Date => new Date(ms);
