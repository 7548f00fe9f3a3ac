import { createHash } from 'node:crypto';
import { load } from 'js-yaml';
import { createTableBuilder, type FlowTable, type LabelSet, parseLabelSet, readFlows } from '../flows/index.ts';
import { BellwetherError, pathKind, readFile, walkFiles } from '../platform/index.ts';
import { createProblemLog } from './problem-log.ts';

export interface LoadTableOptions {
  readonly files: readonly string[];
  /** Column with the family; absent = all flows are benign. */
  readonly labelColumn?: string | undefined;
  /** More columns whose text goes along. */
  readonly textColumns?: readonly string[];
  /** What the texts of the label column mean. */
  readonly labelSet?: LabelSet | undefined;
}

export interface LoadedTable {
  readonly table: FlowTable;
  readonly files: readonly string[];
  /** SHA-256 over the bytes that were read as flows: names, rows, numbers. */
  readonly sha256: string;
}

const FLOW_FILE = /\.csv(\.gz)?$/i;

/** The flow files that paths stand for: files as they are, folders as the `.csv` and `.csv.gz` in them, by name. */
export const findFlowFiles = async (paths: readonly string[]): Promise<string[]> => {
  const found: string[] = [];
  for (const path of paths) {
    if ((await pathKind(path)) !== 'folder') found.push(path);
    else for await (const file of walkFiles(path, { enter: () => true })) if (FLOW_FILE.test(file)) found.push(file);
  }
  return found;
};

const MAX_LABEL_SET_BYTES = 4 * 2 ** 20;

/** A label set from a YAML or JSON file; undefined without a path. */
export const loadLabelSet = async (path: string | undefined): Promise<LabelSet | undefined> => {
  if (path === undefined) return undefined;
  const text = new TextDecoder().decode(await readFile(path, { maxBytes: MAX_LABEL_SET_BYTES }));
  let value: unknown;
  try {
    value = load(text);
  } catch (error) {
    throw new BellwetherError('invalid_input', `${path} is not YAML`, error);
  }
  return parseLabelSet(value, path);
};

/** Flows by the label of their file beside what they are by the rules, for people to see how far apart the two lie. */
export const describeLabels = ({ families, texts }: FlowTable, labelSet: LabelSet): string[] => {
  const counts = new Map<string, Map<string, number>>();
  families.forEach((family, row) => {
    const label = texts[row]![0]!;
    const own = counts.get(label) ?? new Map<string, number>();
    counts.set(label, own);
    own.set(family || 'benign', (own.get(family || 'benign') ?? 0) + 1);
  });
  return [...counts].map(([label, own]) => {
    const { name, references = [] } = labelSet.find(label)!;
    const known = [name, ...references].join(', ');
    return `label ${label} (${known}): ${[...own].map(([family, count]) => `${count} ${family}`).join(', ')}`;
  });
};

/** Reads files into one table. Problems are told. */
export const loadTable = async (options: LoadTableOptions, tell: (line: string) => void): Promise<LoadedTable> => {
  const { labelColumn, textColumns = [] } = options;
  const columns = labelColumn === undefined ? textColumns : [labelColumn, ...textColumns];
  const builder = createTableBuilder(labelColumn === undefined ? {} : { family: 0, relabel: options.labelSet?.familyOf });
  const problems = createProblemLog(tell);
  const files = await findFlowFiles(options.files);
  const hash = createHash('sha256');
  for (const file of files) {
    const reader = await readFlows(file, columns, {
      flow: (flow) => {
        hash.update(flow.statistics);
        builder.add(flow);
      },
      problem: (problem) => problems.add(file, problem),
    });
    problems.finish(file, reader);
  }
  if (builder.stride > 1) tell(`more benign flows than fit in memory: one in ${builder.stride} was kept`);
  return { table: builder.table(), files, sha256: hash.digest('hex') };
};
