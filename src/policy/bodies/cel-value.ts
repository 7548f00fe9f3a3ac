/** JSON as CEL sees it: whole numbers are int (BigInt here), others double. Converted once per object. */
export const celValue = (value: unknown): unknown => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : value;
  if (typeof value !== 'object' || value === null) return value;
  let converted = cache.get(value);
  if (converted === undefined) {
    converted = convert(value);
    cache.set(value, converted);
  }
  return converted;
};

const cache = new WeakMap<object, unknown>();

const convert = (value: object): unknown => {
  if (Array.isArray(value)) return value.map(celValue);
  const result: Record<string, unknown> = {};
  // defineProperty: a key `__proto__` must become a key.
  for (const [key, child] of Object.entries(value)) {
    if (key === '__proto__') Object.defineProperty(result, key, { value: celValue(child), enumerable: true });
    else result[key] = celValue(child);
  }
  return result;
};
