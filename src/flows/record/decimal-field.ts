const MINUS = 45;
const PLUS = 43;
const POINT = 46;
const ZERO = 48;
const NINE = 57;
const LOWER_E = 101;
/** Set in ASCII to make a letter a small one. */
const LOWER_CASE = 32;
/** Up to here every whole number is a double, and every power of ten up to 22 too, so that one division rounds right (Clinger, 1990). */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: 23 }, (_, i) => 10 ** i);

// What Number() takes beyond this (hexadecimal, blanks) is no decimal number.
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
// How Java, Python and spreadsheets write a quotient by zero, and a missing number.
const NOT_FINITE = /^([+-]?(inf(inity)?|nan)|null|none)?$/i;

const slow = (bytes: Uint8Array, start: number, end: number): number | undefined => {
  let text = '';
  for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i]!);
  text = text.trim();
  if (DECIMAL.test(text)) {
    const value = Number(text);
    return Number.isFinite(value) ? value : Number.NaN;
  }
  return NOT_FINITE.test(text) ? Number.NaN : undefined;
};

/**
 * A number in ASCII, as exact as `Number(text)` and several times faster for short ones. NaN for one that is missing or not finite (empty, `NaN`,
 * `Infinity`, 1e999); undefined for what is no number.
 */
export const parseDecimalField = (bytes: Uint8Array, start: number, end: number): number | undefined => {
  let i = start;
  const first = bytes[i];
  if (first === MINUS || first === PLUS) i++;
  let mantissa = 0;
  let digits = 0;
  let decimals = -1;
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (byte >= ZERO && byte <= NINE) {
      mantissa = mantissa * 10 + (byte - ZERO);
      if (mantissa > 0) digits++;
      if (decimals >= 0) decimals++;
    } else if (byte === POINT && decimals < 0) decimals = 0;
    else break;
  }
  let power = decimals > 0 ? -decimals : 0;
  const isWhole = i - start > (decimals >= 0 ? 1 : 0) + (first === MINUS || first === PLUS ? 1 : 0);
  if (i < end) {
    if ((bytes[i]! | LOWER_CASE) !== LOWER_E || !isWhole) return slow(bytes, start, end);
    const exponent = smallInteger(bytes, i + 1, end);
    if (exponent === undefined) return slow(bytes, start, end);
    power += exponent;
  }
  if (!isWhole || digits > EXACT_DIGITS || power > 22 || power < -22) return slow(bytes, start, end);
  const size = power < 0 ? mantissa / POWERS[-power]! : mantissa * POWERS[power]!;
  return first === MINUS ? -size : size;
};

/** An exponent of at most two digits. */
const smallInteger = (bytes: Uint8Array, start: number, end: number): number | undefined => {
  const isNegative = bytes[start] === MINUS;
  const from = isNegative || bytes[start] === PLUS ? start + 1 : start;
  if (end - from < 1 || end - from > 2) return undefined;
  let value = 0;
  for (let i = from; i < end; i++) {
    const digit = bytes[i]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  return isNegative ? -value : value;
};
