// What Kubernetes' own YAML reader (sigs.k8s.io/yaml, YAML 1.1) makes of unquoted text.
const WORDS: ReadonlyMap<string, boolean | null> = new Map<string, boolean | null>([
  ...['', '~', 'null', 'Null', 'NULL'].map((word) => [word, null] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON'].map((word) => [word, true] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF'].map((word) => [word, false] as const),
]);
const LONGEST_WORD = 5;
const INTEGER = /^([-+]?)(?:0[bB]([01]+)|0[xX]([0-9a-fA-F]+)|0[oO]?([0-7]+)|(0|[1-9]\d*))$/;
const FLOAT = /^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/;
// No number that means anything is longer.
const MAX_NUMBER_LENGTH = 128;

/** The value of unquoted text. Dates stay text, as in Kubernetes; so do infinity and NaN, which JSON cannot say. */
export const plainScalar = (text: string): unknown => {
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text);
    if (word !== undefined) return word;
  }
  const first = text.charCodeAt(0);
  // Only a digit, a sign or a dot begins a number.
  const mayBeNumber = (first >= 0x30 && first <= 0x39) || first === 0x2b || first === 0x2d || first === 0x2e;
  return mayBeNumber && text.length <= MAX_NUMBER_LENGTH ? numberOrText(text) : text;
};

const numberOrText = (text: string): unknown => {
  const digits = text.includes('_') ? text.replaceAll('_', '') : text;
  const match = INTEGER.exec(digits);
  if (match) {
    const [, sign, binary, hexadecimal, octal, decimal] = match;
    const value =
      binary !== undefined
        ? Number.parseInt(binary, 2)
        : hexadecimal !== undefined
          ? Number.parseInt(hexadecimal, 16)
          : octal !== undefined
            ? Number.parseInt(octal, 8)
            : Number(decimal);
    return sign === '-' ? 0 - value : value;
  }
  return FLOAT.test(digits) ? Number(digits) : text;
};
