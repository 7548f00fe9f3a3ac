import { ALERT_BOUNDARY, type Contributor, type OverloadVerdict } from '../../conventions/index.ts';
import { formatTime } from '../../platform/index.ts';
import { type Html, html, NOTHING } from '../../web/index.ts';
import type { Explanation, MetricHistory } from '../api/explanation.ts';
import { formatScore } from '../api/rule-verdict.ts';
import { identityView } from '../api/views.ts';
import { bandChart } from './band-chart.ts';
import { dateTime, formatRange, formatValue } from './format.ts';
import { scoreChart } from './score-chart.ts';

export interface WorkloadPageInput {
  readonly explanation: Explanation;
  /** What a metric measures, where the catalogue says it. */
  readonly describe: (metric: string) => string | undefined;
  /** Whether the page follows the clock. */
  readonly live: boolean;
}

const DETECTORS: Readonly<Record<string, string>> = {
  level: 'far from its usual level',
  change: 'a sudden change',
  change3: 'a change over three samples',
  plateau: 'stays where it has never been',
  cpu_limit: 'close to its CPU limit',
  throttling: 'throttled',
  peer: 'one pod unlike its siblings',
  lifecycle: 'containers fail',
};

const HOUR_MS = 3_600_000;

const heading = ({ explanation }: WorkloadPageInput): Html => {
  const { workload, labels, namespace, workloadKind } = identityView(explanation.key);
  const plain = explanation.key.entity === undefined;
  return html`<p class="path"><a href="/">Workloads</a>${plain && namespace !== '' && html` / <a href="/?namespace=${encodeURIComponent(namespace)}">${namespace}</a>`}</p>
<h1>${plain ? workload : Object.values(labels).join(' / ')} <span class="kind">${plain ? workloadKind : Object.keys(labels).join(', ')}</span></h1>`;
};

const OVERLOADS = {
  dos: 'a flood from outside',
  attack: 'taken by an intruder',
  natural: 'natural: more demand, or less to serve it with',
} as const;
const overloadLine = ({ kind, probabilities, reasons }: OverloadVerdict): string =>
  `Overload, ${Math.round(100 * probabilities[kind])} % ${OVERLOADS[kind]}: ${reasons.map(({ reason, factor }) => `${reason} (x ${factor.toPrecision(2)})`).join(', ')}.`;

const verdict = ({ explanation }: WorkloadPageInput): Html => {
  const { score, rule, reason, source, timeMs, detector, damped, overload } = explanation;
  const hot = score !== undefined && score >= ALERT_BOUNDARY;
  return html`<section class="${rule.firing ? 'verdict hot' : 'verdict'}">
<div class="figure"><span class="${hot ? 'big hot' : 'big'}">${score === undefined ? '–' : formatScore(score)}</span><span class="sub">${score === undefined ? (reason ?? 'no_data').replaceAll('_', ' ') : 'score'}</span></div>
<div><p class="why">${rule.why}</p>
<p class="sub">${`${rule.name}: `}<code>${rule.expr}</code></p>
<p class="sub">${`As of ${dateTime(timeMs)}, ${source === 'memory' ? 'from memory' : 'worked out anew from Prometheus'}${detector ? `, decided by ${detector.replaceAll('_', ' ')}` : ''}.`}${damped && ' A rollout or change of size was seen: deviations count half for ten minutes.'}</p>${overload && html`<p class="sub">${overloadLine(overload)}</p>`}</div>
</section>`;
};

const times = ({ explanation, live }: WorkloadPageInput): Html => {
  const { id } = identityView(explanation.key);
  const at = (ms: number): string => `/workloads/${id}?time=${formatTime(Math.floor(ms / 1000) * 1000)}`;
  const { timeMs } = explanation;
  return html`<nav class="times"><a class="button" href="${at(timeMs - HOUR_MS)}">An hour earlier</a>${!live && html`<a class="button" href="/workloads/${id}">Now</a>`}
<form method="get" action="/workloads/${id}"><input name="time" value="${formatTime(Math.floor(timeMs / 1000) * 1000)}" aria-label="Time, RFC 3339 or unix seconds" size="22"><button type="submit">Explain this time</button></form>
<a class="quiet" href="/api/v1/workloads/${id}/explain?series=true&amp;time=${formatTime(timeMs)}">as JSON</a></nav>`;
};

const contributorCard = (one: Contributor, { explanation, describe }: WorkloadPageInput): Html => {
  const metric = explanation.metrics.find((series) => series.metric === one.metric);
  const share = Math.round(one.contribution * 100);
  return html`<article class="card metric">
<h3>${one.metric} <span class="share">${share} %</span></h3>
<svg class="meter share-bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true"><rect class="track" x="0" y="0" width="100" height="4"/><rect class="fill hot" x="0" y="0" width="${share}" height="4"/></svg>
<p class="observed"><strong>${formatValue(one.observed, one.unit)}</strong> observed, ${formatValue(one.expected, one.unit)} expected, band ${formatRange(one.lower, one.upper, one.unit)}</p>
<p class="sub">${DETECTORS[one.detector] ?? one.detector}${one.pod !== undefined && ` in pod ${one.pod}`}${describe(one.metric) && ` · ${describe(one.metric) ?? ''}`}</p>
${metric ? chartOf(metric, explanation) : NOTHING}
</article>`;
};

const chartOf = (metric: MetricHistory, { window, timeMs }: Explanation): Html =>
  bandChart({ metric, fromMs: window.fromMs, toMs: window.toMs, atMs: timeMs, stepMs: window.stepMs });

const contributors = (input: WorkloadPageInput): Html => {
  const { explanation } = input;
  const { id } = identityView(explanation.key);
  if (explanation.contributors.length > 0) {
    return html`<h2>What made the score</h2><div class="metrics">${explanation.contributors.map((one) => contributorCard(one, input))}</div>`;
  }
  if (!explanation.ready) return NOTHING;
  const time = formatTime(Math.floor(explanation.timeMs / 1000) * 1000);
  return html`<h2>What made the score</h2><p class="sub">Nothing stands out: for scores up to 0.5 no metric is singled out. <a href="/workloads/${id}?time=${time}&amp;replay=true">Work out the expected bands for this time</a></p>`;
};

const others = (input: WorkloadPageInput): Html => {
  const { explanation, describe } = input;
  const named = new Set(explanation.contributors.map(({ metric }) => metric));
  const rest = explanation.metrics.filter(({ metric }) => !named.has(metric));
  if (rest.length === 0) return NOTHING;
  const card = (metric: MetricHistory): Html => {
    const newest = metric.points.findLast(([timeMs, value]) => timeMs <= explanation.timeMs && !Number.isNaN(value));
    return html`<article class="card metric"><h3>${metric.metric}</h3><p class="observed"><strong>${formatValue(newest?.[1], metric.unit)}</strong></p><p class="sub">${describe(metric.metric) ?? ''}</p>${chartOf(metric, explanation)}</article>`;
  };
  return html`<h2>${named.size > 0 ? 'The other metrics' : 'Metrics'}</h2><div class="metrics">${rest.map(card)}</div>`;
};

/** Why one workload has its score. */
export const workloadPage = (input: WorkloadPageInput): Html => {
  const { history, rule, window, timeMs } = input.explanation;
  return html`${heading(input)}${verdict(input)}
<section class="card"><h2>Score</h2>${scoreChart({ points: history, spans: rule.spans, fromMs: window.fromMs, toMs: window.toMs, atMs: timeMs, stepMs: window.stepMs })}<p class="legend"><span class="key boundary-key"></span>alert boundary <span class="key firing-key"></span>the shipped rule fires</p></section>
${times(input)}${contributors(input)}${others(input)}`;
};
