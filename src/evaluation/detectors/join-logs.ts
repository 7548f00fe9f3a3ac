import { BellwetherError } from '../../platform/index.ts';
import { createAgreement } from '../../scoring/index.ts';
import { createScoreLog, type ScoreLog } from '../replay/score-log.ts';

/** The scores of a replay joined, sample by sample, with those of a model for the same frames. The margin is the score's own, or the joint score where that is an alarm. */
export const joinLogs = (scores: ScoreLog, model: ScoreLog): ScoreLog => {
  const joined = createScoreLog();
  for (const { name, times, scores: values, margins, ready } of scores.entities()) {
    const other = model.get(name);
    if (other && other.times.length !== times.length)
      throw new BellwetherError(
        'internal',
        `${name.namespace}/${name.workload} has ${times.length} scores and ${other.times.length} of the model`,
      );
    const agree = createAgreement();
    times.forEach((time, i) => {
      const isReady = ready[i] === 1;
      const value = isReady ? agree(values[i]!, margins[i]!, other?.scores[i] ?? Number.NaN) : values[i]!;
      joined.add(name, time * 1000, value, isReady, value >= 1 ? Math.max(margins[i]!, value) : margins[i]!);
    });
  }
  return joined;
};
