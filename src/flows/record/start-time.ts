const DAY_MS = 86_400_000;

/** Days from 1970-01-01 of a day of the Gregorian calendar (Hinnant, days_from_civil). */
const daysOf = (year: number, month: number, day: number): number => {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468;
};

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isDay = (year: number, month: number, day: number): boolean => {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  return day >= 1 && day <= (month === 2 && isLeap ? 29 : (MONTH_DAYS[month - 1] ?? 0));
};

const CLOCK = String.raw`(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?`;
// `2023-03-09 01:38:31.052690`, also with T and Z.
const YEAR_FIRST = new RegExp(String.raw`^(\d{4})-(\d{2})-(\d{2})[ T]${CLOCK}()Z?$`);
// `03/07/2017 08:55:58 AM`: CICFlowMeter's own form (dd/MM/yyyy hh:mm:ss a), with the day first.
const DAY_FIRST = new RegExp(String.raw`^(\d{1,2})/(\d{1,2})/(\d{4}) ${CLOCK}(?: ([AP]M))?$`, 'i');
// Seconds or milliseconds since 1970; 11 digits of seconds are beyond any capture.
const UNIX = /^(\d{9,11})(\.\d+)?$|^(\d{12,13})$/;

const hourOf = (text: string, half: string): number => {
  const hour = Number(text);
  if (half === '') return hour <= 23 ? hour : Number.NaN;
  if (hour < 1 || hour > 12) return Number.NaN;
  return (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
};

/** Unix milliseconds, with a fraction, of a flow's start in any form that the versions of CICFlowMeter write; read as UTC. NaN for anything else. */
export const parseStartTime = (text: string): number => {
  const unix = UNIX.exec(text);
  if (unix) return unix[3] === undefined ? Number(text) * 1000 : Number(unix[3]);
  const yearFirst = YEAR_FIRST.exec(text);
  const dayFirst = yearFirst ? null : DAY_FIRST.exec(text);
  const parts = yearFirst ?? dayFirst;
  if (!parts) return Number.NaN;
  const [year, month, day] = [yearFirst ? parts[1] : parts[3], parts[2], yearFirst ? parts[3] : parts[1]].map(Number) as [
    number,
    number,
    number,
  ];
  if (month < 1 || month > 12 || !isDay(year, month, day)) return Number.NaN;
  const [minute, second] = [Number(parts[5]), Number(parts[6] ?? 0)];
  if (minute > 59 || second >= 61) return Number.NaN;
  return daysOf(year, month, day) * DAY_MS + hourOf(parts[4]!, parts[7] ?? '') * 3_600_000 + minute * 60_000 + second * 1000;
};
