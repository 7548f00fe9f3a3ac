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
  const contributionsOf = (scored: readonly BoardEntry[]): { lines: string[]; capped: number } => {
    const { maxContributions } = options();
    const lines: string[] = [];
    let capped = 0;
    const loudestFirst = scored.filter((entry) => entry.score.contributors.length > 0).sort((a, b) => b.score.value - a.score.value);
    for (const entry of loudestFirst) {
      for (const [metric, share] of topContributions(entry.score.contributors)) {
        if (lines.length >= maxContributions) capped++;
        else lines.push(`${SCORE_METRICS.contribution.name}{${labelsOf(entry)},metric="${escapeLabelValue(metric)}"} ${share}\n`);
      }
    }
    return { lines, capped };
  };

  return {
    render: (state: ExpositionState): Exposition => {
      const entries = board.entries();
      const silent = state.backfilling || state.withdrawn;
      const scored = silent ? [] : entries.filter((entry) => entry.score.ready);
      const scores = scored.map((entry) => `${SCORE_METRICS.score.name}{${labelsOf(entry)}} ${entry.score.value}\n`);
      const { lines: contributions, capped } = contributionsOf(scored);
      const notReady: string[] = [];
      for (const entry of entries) {
        if (!silent && entry.score.ready) continue;
        const reason = state.backfilling ? 'backfill_running' : state.withdrawn ? 'stale_data' : (entry.score.reason ?? 'no_data');
        notReady.push(`${SCORE_METRICS.notReady.name}{${labelsOf(entry)},reason="${reason}"} 1\n`);
      }
      return {
        text: [
          header(SCORE_METRICS.threshold),
          `${SCORE_METRICS.threshold.name} ${ALERT_BOUNDARY}\n`,
          header(SCORE_METRICS.score),
          ...scores,
          header(SCORE_METRICS.contribution),
          ...contributions,
          header(SCORE_METRICS.notReady),
          ...notReady,
        ].join(''),
        series: { score: scores.length, contribution: contributions.length, not_ready: notReady.length },
        cappedContributions: capped,
      };
    },
  };
};
