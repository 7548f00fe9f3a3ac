import type { FamilyType, RecordedFamily } from './recording.ts';

// Sample names of a family are its name plus one of these (OpenMetrics 1.0, "Suffixes").
const SUFFIXES: Readonly<Partial<Record<FamilyType, readonly string[]>>> = {
  counter: ['_total', '_created'],
  info: ['_info'],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  gaugehistogram: ['_bucket', '_gcount', '_gsum'],
  summary: ['', '_count', '_sum', '_created'],
};
const TYPES: ReadonlySet<string> = new Set(['gauge', 'counter', 'stateset', 'info', 'histogram', 'gaugehistogram', 'summary', 'unknown']);
// `# TYPE name gauge`: keyword, name (bare or quoted), rest.
const META = /^# (TYPE|HELP|UNIT) ("(?:[^"\\]|\\.)*"|[^ ]+)(?: (.*))?$/;
const HELP_ESCAPED = /\\([\\n"])/g;

/** The families of a text, filled by its `# TYPE`, `# HELP` and `# UNIT` lines. */
export interface FamilyTable {
  readonly families: readonly RecordedFamily[];
  /** Takes a line that starts with `#`; other comments carry nothing. Gives what is wrong with it, and the 1-based column. */
  addMeta(line: string): { readonly column: number; readonly message: string } | undefined;
  /** Index of the family that a sample of this name belongs to; a new one where no line spoke of it. */
  indexOf(sampleName: string): number;
}

export const createFamilyTable = (): FamilyTable => {
  const families: { -readonly [K in keyof RecordedFamily]: RecordedFamily[K] }[] = [];
  const byFamilyName = new Map<string, number>();
  const bySampleName = new Map<string, number>();

  const open = (name: string): number => {
    const known = byFamilyName.get(name);
    if (known !== undefined) return known;
    families.push({ name, type: 'unknown', help: '', unit: '' });
    byFamilyName.set(name, families.length - 1);
    bySampleName.set(name, families.length - 1);
    return families.length - 1;
  };

  return {
    families,
    indexOf: (sampleName) => bySampleName.get(sampleName) ?? open(sampleName),
    addMeta: (line) => {
      const hit = META.exec(line);
      if (!hit) return undefined;
      const [, keyword, name = '', rest = ''] = hit;
      const index = open(name.startsWith('"') ? name.slice(1, -1) : name);
      const family = families[index]!;
      if (keyword === 'HELP') family.help = rest.replace(HELP_ESCAPED, (_, c: string) => (c === 'n' ? '\n' : c));
      else if (keyword === 'UNIT') family.unit = rest;
      else if (!TYPES.has(rest)) return { column: line.length - rest.length + 1, message: `unknown type "${rest}"` };
      else {
        family.type = rest as FamilyType;
        for (const suffix of SUFFIXES[family.type] ?? []) bySampleName.set(family.name + suffix, index);
      }
      return undefined;
    },
  };
};
