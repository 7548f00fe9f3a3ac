import { parseTime } from '../platform/index.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text within its bound; empty where there is none, or something else. */
export const textOf = (value: unknown, most: number): string => (typeof value === 'string' ? clip(value, most) : '');

/** Cuts a text, never between the halves of a character outside of the basic plane. */
export const clip = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const last = text.charCodeAt(most - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? most - 1 : most);
};

/** A whole number from 0 to 2^32 - 1, also as text, as protobuf writes larger ones; null for anything else. */
export const numberOf = (value: unknown): number | null => {
  const number = typeof value === 'number' ? value : typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : Number.NaN;
  return Number.isInteger(number) && number >= 0 && number <= 4_294_967_295 ? number : null;
};

/** The year 2200: a clock that is further off tells nothing. */
const LATEST_MS = 7_258_118_400_000;
const MAX_TIME_TEXT = 64;

/** Unix milliseconds of an RFC 3339 time; undefined where it is none or beyond any that is meant. */
export const timeOf = (value: unknown): number | undefined => {
  if (typeof value !== 'string' || value.length > MAX_TIME_TEXT || !value.includes('T')) return undefined;
  const ms = parseTime(value);
  return ms === undefined || ms < 0 || ms > LATEST_MS ? undefined : ms;
};
