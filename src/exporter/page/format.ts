import { formatTime } from '../../platform/index.ts';

const plain = (value: number): string => {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100) return value.toFixed(0);
  return size >= 0.01 ? String(Number(value.toPrecision(3))) : value.toExponential(1);
};

/** With a prefix of its power of 1000 or 1024. */
const scaled = (value: number, base: number, prefixes: readonly string[]): string => {
  let [rest, step] = [value, 0];
  while (Math.abs(rest) >= base && step < prefixes.length) {
    rest /= base;
    step++;
  }
  const prefix = step === 0 ? '' : prefixes[step - 1];
  return `${plain(rest)} ${prefix}`;
};

const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
const DECIMAL = ['k', 'M', 'G', 'T'];

/** A value with its unit, as people read it. */
export const formatValue = (value: number | undefined, unit: string): string => {
  if (value === undefined || !Number.isFinite(value)) return '–';
  if (unit === 'bytes') return `${scaled(value, 1024, BINARY)}B`;
  if (unit === 'bytes/s') return `${scaled(value, 1000, DECIMAL)}B/s`;
  if (unit === 'ratio') return `${plain(value * 100)} %`;
  if (unit === 's') return Math.abs(value) < 1 ? `${plain(value * 1000)} ms` : `${plain(value)} s`;
  if (unit === 'cores') return Math.abs(value) < 1 ? `${plain(value * 1000)} millicores` : `${plain(value)} cores`;
  return `${Math.abs(value) >= 100_000 ? scaled(value, 1000, DECIMAL).trim() : plain(value)} ${unit}`.trim();
};

/** Two values with their unit once: `1.2 to 3.4 cores`. */
export const formatRange = (low: number, high: number, unit: string): string => {
  const [first, last] = [formatValue(low, unit), formatValue(high, unit)];
  const suffix = / \S+$/.exec(last)?.[0] ?? '';
  return `${suffix !== '' && first.endsWith(suffix) ? first.slice(0, -suffix.length) : first} to ${last}`;
};

/** `14:05`, UTC. */
export const clockTime = (ms: number): string => formatTime(ms).slice(11, 16);

/** `2026-01-31 14:05:30`, UTC. */
export const dateTime = (ms: number): string => formatTime(ms).slice(0, 19).replace('T', ' ');

/** `just now`, `45 s`, `3 min`, `2 h`. */
export const formatAge = (ms: number): string => {
  const seconds = Math.round(ms / 1000);
  if (seconds < 1) return 'just now';
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
};
