import { KINDS as KINDS_35, TYPES as TYPES_35 } from './types-1-35.generated.ts';
import { KINDS as KINDS_36, TYPES as TYPES_36 } from './types-1-36.generated.ts';
import { KINDS as KINDS_37, TYPES as TYPES_37 } from './types-1-37.generated.ts';

/**
 * What a field may hold: `string`, `bytes` (base64), `time`, `int32`, `int64`, `number`, `boolean`, `quantity`, `intOrString`, `object`,
 * `any`, `#x` (type x), `[code` (a list), `{code` (a map).
 */
export type TypeCode = string;

/** The fields of a type; `any` where it may hold anything. */
export interface TypeEntry {
  readonly fields: ReadonlyMap<string, TypeCode> | 'any';
  readonly required: readonly string[];
}

/** The API of one Kubernetes version. */
export interface TypeTable {
  readonly minor: number;
  /** `apps/v1 Deployment` to the id of its type. */
  readonly kinds: ReadonlyMap<string, string>;
  /** `apps/v1`, for every API version that is served. */
  readonly versions: ReadonlySet<string>;
  readonly groups: ReadonlySet<string>;
  readonly typeOf: (id: string) => TypeEntry;
}

const SOURCES = [
  { minor: 35, kinds: KINDS_35, types: TYPES_35 },
  { minor: 36, kinds: KINDS_36, types: TYPES_36 },
  { minor: 37, kinds: KINDS_37, types: TYPES_37 },
] as const;

const tables = new Map<number, TypeTable>();

/** The table of a version; of the nearest known one for versions before and after. Read when first asked for. */
export const typeTable = (minor: number): TypeTable => {
  const source = SOURCES.findLast((candidate) => candidate.minor <= minor) ?? SOURCES[0];
  let table = tables.get(source.minor);
  if (!table) {
    table = readTable(source);
    tables.set(source.minor, table);
  }
  return table;
};

const readTable = ({ minor, kinds, types }: (typeof SOURCES)[number]): TypeTable => {
  const kindMap = new Map(Object.entries(JSON.parse(kinds) as Record<string, string>));
  const raw = new Map(types.map((line) => JSON.parse(line) as [string, Record<string, TypeCode> | 'any']));
  const entries = new Map<string, TypeEntry>();
  const versions = new Set([...kindMap.keys()].map((key) => key.slice(0, key.indexOf(' '))));
  return {
    minor,
    kinds: kindMap,
    versions,
    groups: new Set([...versions].map((version) => (version.includes('/') ? version.slice(0, version.indexOf('/')) : ''))),
    typeOf: (id) => {
      let entry = entries.get(id);
      if (!entry) {
        entry = readEntry(raw.get(id) ?? 'any');
        entries.set(id, entry);
      }
      return entry;
    },
  };
};

const readEntry = (fields: Record<string, TypeCode> | 'any'): TypeEntry => {
  if (fields === 'any') return { fields, required: [] };
  const names = Object.keys(fields);
  return {
    fields: new Map(names.map((name) => [name.replace(/!$/, ''), fields[name]!])),
    required: names.filter((name) => name.endsWith('!')).map((name) => name.slice(0, -1)),
  };
};
