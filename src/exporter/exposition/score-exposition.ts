import { ALERT_BOUNDARY, type Contributor, SCORE_METRICS, workloadLabels } from '../../conventions/index.ts';
import type { BoardEntry, ScoreBoard } from '../board/score-board.ts';

/** Metrics named beside a score. */
const CONTRIBUTIONS_PER_WORKLOAD = 3;

export interface ExpositionOptions {
  /** Contribution series over all workloads; the highest scores keep theirs. */
  readonly maxContributions: number;
}

export interface ExpositionState {
  /** Too many cycles failed: nothing but reasons is exposed. */
  readonly withdrawn: boolean;
  /** The back-fill still runs: no score counts yet. */
  readonly backfilling: boolean;
}

export interface Exposition {
  readonly text: string;
  readonly series: Readonly<Record<'score' | 'contribution' | 'not_ready', number>>;
  readonly cappedContributions: number;
}

/** Text format 0.0.4: backslash, double quote and line feed are escaped inside label values. */
export const escapeLabelValue = (value: string): string =>
  /[\\"\n]/.test(value) ? value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n') : value;

const labelText = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabelValue(value)}"`)
    .join(',');

const header = ({ name, type, help }: { name: string; type: string; help: string }): string =>
  `# HELP ${name} ${help.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')}\n# TYPE ${name} ${type}\n`;

/** The largest shares by metric; a metric that two detectors name is one series with the sum of both. */
export const topContributions = (contributors: readonly Contributor[]): readonly (readonly [metric: string, share: number])[] => {
  const shares = new Map<string, number>();
  for (const { metric, contribution } of contributors) shares.set(metric, (shares.get(metric) ?? 0) + contribution);
  return [...shares].sort(([, a], [, b]) => b - a).slice(0, CONTRIBUTIONS_PER_WORKLOAD);
};

/**
 * Renders the scores port. Label strings are made once per workload and kept while it is on the board;
 * numbers are written in full, so that a score just below the boundary is never rounded up to it.
 */
export const createScoreExposition = (board: Pick<ScoreBoard, 'entries'>, options: () => ExpositionOptions) => {
  const labelCache = new WeakMap<BoardEntry['key'], string>();

  const labelsOf = ({ key }: BoardEntry): string => {
    let text = labelCache.get(key);
    if (text === undefined) {
      text = labelText(workloadLabels(key));
      labelCache.set(key, text);
    }
    return text;
  };
  const contributionsOf = (loud: BoardEntry[]): { text: string; count: number; capped: number } => {
    const { maxContributions } = options();
    let [text, count, capped] = ['', 0, 0];
    for (const entry of loud.sort((a, b) => b.score.value - a.score.value)) {
      for (const [metric, share] of topContributions(entry.score.contributors)) {
        if (count >= maxContributions) capped++;
        else {
          count++;
          text += `${SCORE_METRICS.contribution.name}{${labelsOf(entry)},metric="${escapeLabelValue(metric)}"} ${share}\n`;
        }
      }
    }
    return { text, count, capped };
  };

  /** Three series for each alarm with an overload; bounded like contributions. */
  const overloadsOf = (loud: readonly BoardEntry[]): string => {
    let left = options().maxContributions;
    let text = '';
    for (const entry of loud) {
      const { overload } = entry.score;
      if (!overload || left < 3) continue;
      left -= 3;
      for (const [kind, probability] of Object.entries(overload.probabilities))
        text += `${SCORE_METRICS.overload.name}{${labelsOf(entry)},kind="${kind}"} ${probability}\n`;
    }
    return text;
  };

  /** One pass and one growing string: arrays of lines cost twice as much as the lines. */
  const scoresOf = (entries: readonly BoardEntry[], { backfilling, withdrawn }: ExpositionState) => {
    const silent = backfilling || withdrawn;
    const loud: BoardEntry[] = [];
    let [scores, scored, notReady, unready] = ['', 0, '', 0];
    for (const entry of entries) {
      const { score } = entry;
      if (!silent && score.ready) {
        scored++;
        scores += `${SCORE_METRICS.score.name}{${labelsOf(entry)}} ${score.value}\n`;
        if (score.contributors.length > 0) loud.push(entry);
        continue;
      }
      unready++;
      const reason = backfilling ? 'backfill_running' : withdrawn ? 'stale_data' : (score.reason ?? 'no_data');
      notReady += `${SCORE_METRICS.notReady.name}{${labelsOf(entry)},reason="${reason}"} 1\n`;
    }
    return { scores, scored, notReady, unready, loud };
  };

  return {
    render: (state: ExpositionState): Exposition => {
      const { scores, scored, notReady, unready, loud } = scoresOf(board.entries(), state);
      const contributions = contributionsOf(loud);
      return {
        text: [
          header(SCORE_METRICS.threshold),
          `${SCORE_METRICS.threshold.name} ${ALERT_BOUNDARY}\n`,
          header(SCORE_METRICS.score),
          scores,
          header(SCORE_METRICS.contribution),
          contributions.text,
          header(SCORE_METRICS.overload),
          overloadsOf(loud),
          header(SCORE_METRICS.notReady),
          notReady,
        ].join(''),
        series: { score: scored, contribution: contributions.count, not_ready: unready },
        cappedContributions: contributions.capped,
      };
    },
  };
};
