import { createHash } from 'node:crypto';
import { createTableBuilder, type FlowTable, readFlows } from '../flows/index.ts';
import { pathKind, walkFiles } from '../platform/index.ts';
import { createProblemLog } from './problem-log.ts';

export interface LoadTableOptions {
  readonly files: readonly string[];
  /** Column with the family; absent = all flows are benign. */
  readonly labelColumn?: string | undefined;
  /** More columns whose text goes along. */
  readonly textColumns?: readonly string[];
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

/** Reads files into one table. Problems are told. */
export const loadTable = async (options: LoadTableOptions, tell: (line: string) => void): Promise<LoadedTable> => {
  const { labelColumn, textColumns = [] } = options;
  const columns = labelColumn === undefined ? textColumns : [labelColumn, ...textColumns];
  const builder = createTableBuilder(labelColumn === undefined ? {} : { family: 0 });
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
