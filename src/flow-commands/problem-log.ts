import { describeAbsent, type FlowProblem, type FlowReader } from '../flows/index.ts';

/** Told one by one up to here; then their number: a million lines help nobody. */
const MOST_TOLD = 200;

const groupGaps = (gaps: ReadonlyMap<string, number>): Map<number, string[]> => {
  const columns = new Map<number, string[]>();
  for (const [column, missing] of gaps) columns.set(missing, [...(columns.get(missing) ?? []), column]);
  return columns;
};

export interface ProblemLog {
  add(file: string, problem: FlowProblem): void;
  /** Says how many there were, which columns had gaps, and which are not there at all. */
  finish(file: string, reader: Pick<FlowReader, 'rows' | 'gaps' | 'header'>): void;
  /** Of a file that goes on: says how many more there were than were told one by one. */
  sum(): void;
}

/** No row is lost without a word: each one that could not be read is told with line, column and reason. */
export const createProblemLog = (tell: (line: string) => void): ProblemLog => {
  let inFile = 0;
  let name = '';
  const sum = (): void => {
    if (inFile > MOST_TOLD) tell(`${name}: and ${inFile - MOST_TOLD} more rows that could not be read`);
    inFile = 0;
  };
  return {
    add: (file, { line, column, reason }) => {
      inFile++;
      name = file;
      if (inFile <= MOST_TOLD) tell(`${file}:${line}: ${column === undefined ? '' : `column ${column}: `}${reason}`);
    },
    sum,
    finish: (file, { rows, gaps, header }) => {
      const unreadable = inFile;
      sum();
      if (unreadable > 0) tell(`${file}: ${unreadable} of ${rows} rows could not be read`);
      if (header) for (const note of describeAbsent(header)) tell(`${file}: ${note}`);
      for (const [missing, columns] of groupGaps(gaps))
        tell(`${file}: ${missing} rows have no finite number in ${columns.join(', ')}: scored with 0 there`);
    },
  };
};
