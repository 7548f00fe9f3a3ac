// Powers of ten that a double holds exactly: with at most 15 digits before them, one multiplication or division is correctly rounded
// (W. D. Clinger, How to Read Floating Point Numbers Accurately, 1990, section 3).
const EXACT_POWERS = Float64Array.from({ length: 23 }, (_, k) => Number(`1e${k}`));
const EXACT_DIGITS = 15;

// What OpenMetrics calls a real number, and its words for those that have no digits.
const REAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const INFINITE = /^[+-]?inf(inity)?$/i;

const MINUS = 45;
const PLUS = 43;
const DOT = 46;
const ZERO = 48;
const NINE = 57;

/**
 * The number written in `bytes[from, to)`, exactly as `Number` would read it.
 * Undefined where it is not a number of the exposition format (hexadecimal, blanks, empty).
 */
export const decodeDecimal = (bytes: Uint8Array, from: number, to: number): number | undefined => {
  let i = from;
  const first = bytes[i];
  if (first === MINUS || first === PLUS) i++;
  let digits = 0;
  let decimals = 0;
  let seenDot = false;
  let mantissa = 0;
  for (; i < to; i++) {
    const c = bytes[i] as number;
    if (c >= ZERO && c <= NINE) {
      mantissa = mantissa * 10 + (c - ZERO);
      digits++;
      if (seenDot) decimals++;
    } else if (c === DOT && !seenDot) seenDot = true;
    else return decodeRare(bytes, from, to);
  }
  if (digits === 0 || digits > EXACT_DIGITS) return decodeRare(bytes, from, to);
  const value = mantissa / (EXACT_POWERS[decimals] as number);
  return first === MINUS ? -value : value;
};

/** Exponents, long numbers, NaN and Inf. */
const decodeRare = (bytes: Uint8Array, from: number, to: number): number | undefined => {
  let text = '';
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i] as number);
  if (REAL.test(text)) return Number(text);
  if (text.toLowerCase() === 'nan') return Number.NaN;
  if (INFINITE.test(text)) return text.startsWith('-') ? -Infinity : Infinity;
  return undefined;
};
