import { SCORE_METRICS } from '../../conventions/index.ts';
import type { RuleSettings } from '../options/bundle.ts';
import { formatDuration } from '../options/duration.ts';

const SCORE = SCORE_METRICS.score.name;

/** The workload rule: the highest score of the window reaches the threshold. */
export const anomalousExpr = ({ workload }: RuleSettings, matchers = ''): string =>
  `max_over_time(${SCORE}${matchers}[${formatDuration(workload.windowSeconds)}]) >= ${workload.threshold}`;

/**
 * The stricter rule: a share of all instants of the window is at or above the threshold; an instant without a score counts as quiet.
 * `stepSeconds` is the scrape interval.
 */
export const sustainedExpr = (
  sustained: { readonly windowSeconds: number; readonly share: number },
  threshold: number,
  stepSeconds: number,
): string => {
  const instants = Math.floor(sustained.windowSeconds / stepSeconds);
  const window = `${formatDuration(sustained.windowSeconds)}:${formatDuration(stepSeconds)}`;
  return `sum_over_time((${SCORE} >= bool ${threshold})[${window}]) / ${instants} >= ${sustained.share}`;
};

/** Namespaces in which many workloads are anomalous at the same time. Nodes have no namespace. */
export const stormExpr = (rules: RuleSettings): string =>
  `count by (cluster, namespace) (${anomalousExpr(rules, '{namespace!=""}')}) >= ${rules.stormWorkloads}`;
