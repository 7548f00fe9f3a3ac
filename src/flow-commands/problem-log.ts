import type { FlowProblem, FlowReader } from '../flows/index.ts';

/** Told one by one up to here; then their number. */
const MOST_TOLD = 50;

const groupGaps = (gaps: ReadonlyMap<string, number>): Map<number, string[]> => {
  const columns = new Map<number, string[]>();
  for (const [column, missing] of gaps) columns.set(missing, [...(columns.get(missing) ?? []), column]);
  return columns;
};

export interface ProblemLog {
  add(file: string, problem: FlowProblem): void;
  /** Says how many there were, and which columns had gaps. */
  finish(file: string, reader: Pick<FlowReader, 'rows' | 'gaps'>): void;
  readonly count: number;
}

/** No row is lost without a word: each one that could not be read is told with line, column and reason. */
export const createProblemLog = (tell: (line: string) => void): ProblemLog => {
  let count = 0;
  let inFile = 0;
  return {
    add: (file, { line, column, reason }) => {
      count++;
      inFile++;
      if (inFile <= MOST_TOLD) tell(`${file}:${line}: ${column === undefined ? '' : `column ${column}: `}${reason}`);
    },
    finish: (file, { rows, gaps }) => {
      if (inFile > MOST_TOLD) tell(`${file}: and ${inFile - MOST_TOLD} more rows that could not be read`);
      if (inFile > 0) tell(`${file}: ${inFile} of ${rows} rows could not be read`);
      for (const [missing, columns] of groupGaps(gaps))
        tell(`${file}: ${missing} rows have no finite number in ${columns.join(', ')}: scored with 0 there`);
      inFile = 0;
    },
    get count() {
      return count;
    },
  };
};
