import { createTableBuilder, FOLLOW_DEPS, followFolder, readFollowState, writeFollowState } from '../flows/index.ts';
import { BellwetherError, fileState, systemClock, writeFrom } from '../platform/index.ts';
import type { OpenModel } from './open-model.ts';
import { createProblemLog } from './problem-log.ts';
import { scoreLine } from './score-line.ts';

export interface FollowScoresOptions {
  readonly folder: string;
  readonly scoresOut: string;
  /** Ends when nothing is new. */
  readonly isOnce: boolean;
  readonly intervalMs: number;
}

const HEADER = 'file,row,score,family\n';

/**
 * Scores the flows of a folder as they come. Scores are written before the state that says so, and cut back to it at the next start: a kill at any moment
 * neither loses a score nor writes one twice. Gives the number of flows.
 */
export const followScores = async (
  detector: OpenModel,
  { folder, scoresOut, isOnce, intervalMs }: FollowScoresOptions,
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<number> => {
  const statePath = `${scoresOut}.state.json`;
  const state = await readFollowState(statePath);
  const written = (await fileState(scoresOut))?.bytes ?? 0;
  if (state.outputBytes > written)
    throw new BellwetherError('conflict', `${scoresOut} is shorter than ${statePath} says: remove both to begin anew`);
  let outputBytes = state.outputBytes;
  if (outputBytes === 0) outputBytes = await writeFrom(scoresOut, 0, new TextEncoder().encode(HEADER));
  const builder = createTableBuilder();
  const names: string[] = [];
  const problems = createProblemLog(tell);
  let count = 0;
  await followFolder(
    { ...FOLLOW_DEPS, clock: systemClock, tell },
    { folder, intervalMs, isOnce },
    state,
    {
      flow: ({ file, flow }) => {
        names.push(file);
        builder.add(flow);
      },
      problem: (file, problem) => problems.add(file, problem),
      commit: async (files) => {
        problems.sum();
        const table = builder.table();
        const text = (await detector.judge(table)).map((judgement, i) => `${scoreLine(table, i, judgement, names[i])}\n`).join('');
        count += table.matrix.count;
        builder.clear();
        names.length = 0;
        outputBytes = await writeFrom(scoresOut, outputBytes, new TextEncoder().encode(text));
        await writeFollowState(statePath, { format: 1, outputBytes, files: [...files] });
      },
    },
    signal,
  );
  return count;
};
