/** A JSON object from outside: any field may be absent or of any type. */
export type JsonRecord = Readonly<Record<string, unknown>>;

const EMPTY: JsonRecord = Object.freeze({});
const NONE: readonly unknown[] = Object.freeze([]);

export const isRecord = (value: unknown): value is JsonRecord => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The value as an object, empty where it is none. */
export const recordOf = (value: unknown): JsonRecord => (isRecord(value) ? value : EMPTY);

/** The value as a list, empty where it is none. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : NONE);

/** The value as text, undefined where it is none. */
export const stringOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The value as a finite number, undefined where it is none. */
export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

/** Only the texts of a list. */
export const stringsOf = (value: unknown): readonly string[] => listOf(value).filter((item): item is string => typeof item === 'string');

/** Kubernetes treats null as absent. */
export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

/** A value under a key that users choose (labels, annotations, data): never what objects inherit. */
export const own = (record: JsonRecord, key: string): unknown => (Object.hasOwn(record, key) ? record[key] : undefined);

/** JSON of any value of an object; undefined for none. Objects may be nested deeper than `JSON.stringify` can follow, which must stop nobody. */
export const jsonOf = (value: unknown): string | undefined => {
  try {
    return JSON.stringify(value);
  } catch {
    return Array.isArray(value) ? 'a list nested too deep to be shown' : 'an object nested too deep to be shown';
  }
};
