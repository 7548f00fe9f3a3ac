/** Days since 1970-01-01 of a date of the Gregorian calendar (H. Hinnant, chrono-Compatible Low-Level Date Algorithms, days_from_civil). */
const daysFromCivil = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
};

/** The inverse: year, month and day (civil_from_days). */
const civilFromDays = (days: number): [year: number, month: number, day: number] => {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthIndex = Math.floor((5 * dayOfYear + 2) / 153);
  const month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - Math.floor((153 * monthIndex + 2) / 5) + 1];
};

// RFC 3339 with seconds left out if wanted; a blank instead of T as people write it.
const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;
const SECONDS = /^\d+(\.\d+)?$/;
const RELATIVE = /^([+-])(\d+(?:\.\d+)?)(s|m|h|d|w)$/;
const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)?$/;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

export const TIME_FORMS = '2026-08-21T09:00:00Z, unix seconds, -2h, +30m or now';

/** Unix milliseconds of a date and time with zone, of unix seconds, of `-2h` (before now), `+30m` or `now`; undefined for anything else. */
export const parseTime = (text: string, nowMs: number): number | undefined => {
  if (text === 'now') return nowMs;
  if (SECONDS.test(text)) return Number(text) * 1000;
  const relative = RELATIVE.exec(text);
  if (relative) return nowMs + (relative[1] === '-' ? -1 : 1) * Number(relative[2]) * UNIT_MS[relative[3]!]!;
  const hit = DATE_TIME.exec(text);
  if (!hit) return undefined;
  const [year, month, day, hour, minute] = hit.slice(1, 6).map(Number) as [number, number, number, number, number];
  const second = Number(hit[6] ?? 0) + Number(hit[7] ?? 0);
  const days = daysFromCivil(year, month, day);
  // A day that the month does not have comes back as another one.
  if (civilFromDays(days).join() !== [year, month, day].join() || hour > 23 || minute > 59 || second >= 60) return undefined;
  const zone = hit[8] ? (hit[8] === '-' ? -1 : 1) * (Number(hit[9]) * 60 + Number(hit[10])) : 0;
  return days * UNIT_MS.d! + hour * UNIT_MS.h! + (minute - zone) * UNIT_MS.m! + Math.round(second * 1000);
};

/** Milliseconds of `30s`, `5m`, `500ms` or plain seconds; undefined for anything else. */
export const parseDuration = (text: string): number | undefined => {
  const hit = DURATION.exec(text);
  return hit ? Number(hit[1]) * UNIT_MS[hit[2] ?? 's']! : undefined;
};

const two = (n: number): string => String(n).padStart(2, '0');

/** `2026-08-21T09:00:00Z`, fractions of a second cut off. */
export const formatTime = (ms: number): string => {
  const [year, month, day] = civilFromDays(Math.floor(ms / UNIT_MS.d!));
  const second = Math.floor(ms / 1000) - Math.floor(ms / UNIT_MS.d!) * 86_400;
  const time = [Math.floor(second / 3600), Math.floor(second / 60) % 60, second % 60].map(two).join(':');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${time}Z`;
};
