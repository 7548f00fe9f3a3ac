/** One step of a JSON Pointer (RFC 6901), escaped. */
export const pointerToken = (key: string): string => (/[~/]/.test(key) ? key.replaceAll('~', '~0').replaceAll('/', '~1') : key);

/** `/spec/containers` and `0`, `image` to `/spec/containers/0/image`. */
export const joinPointer = (base: string, ...keys: readonly (string | number)[]): string =>
  keys.reduce<string>((path, key) => `${path}/${typeof key === 'number' ? key : pointerToken(key)}`, base);

/** The key that a step of a JSON Pointer means. */
export const unescapeToken = (token: string): string => (token.includes('~') ? token.replaceAll('~1', '/').replaceAll('~0', '~') : token);

/** The steps of a JSON Pointer, unescaped; none for the whole document. */
export const parsePointer = (pointer: string): string[] => (pointer === '' ? [] : pointer.split('/').slice(1).map(unescapeToken));

/** What lies under a pointer; undefined where nothing does. */
export const valueAt = (root: unknown, pointer: string): unknown => {
  let value = root;
  for (const key of parsePointer(pointer)) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
};
