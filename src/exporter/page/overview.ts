import { ALERT_BOUNDARY } from '../../conventions/index.ts';
import { type Html, html, NOTHING } from '../../web/index.ts';
import type { WorkloadPage, WorkloadQuery, WorkloadView } from '../api/list-workloads.ts';
import { formatScore } from '../api/rule-verdict.ts';
import type { StatusView } from '../api/status-view.ts';
import type { HistoryPoint } from '../board/score-history.ts';
import { formatAge } from './format.ts';
import { sparkline } from './score-chart.ts';

export interface OverviewInput {
  readonly status: StatusView;
  readonly query: WorkloadQuery;
  readonly list: WorkloadPage;
  /** Workloads that would alert now, whatever the filter. */
  readonly alerting: number;
  readonly points: (workload: WorkloadView) => readonly HistoryPoint[];
  readonly sparkMs: number;
  readonly stepMs: number;
  readonly nowMs: number;
}

const tile = (label: string, value: string | number, kind = ''): Html =>
  html`<div class="${`tile ${kind}`.trim()}"><span class="value">${value}</span><span class="label">${label}</span></div>`;

const tiles = ({ status, alerting }: OverviewInput): Html => {
  const { workloads, dataAgeSeconds, source } = status;
  return html`<section class="tiles">
${tile('alerting now', alerting, alerting > 0 ? 'hot' : '')}
${tile('at or above 1 this cycle', workloads.anomalous, workloads.anomalous > 0 ? 'hot' : '')}
${tile('workloads scored', `${workloads.scored} of ${workloads.expected}`)}
${tile('age of the newest sample', dataAgeSeconds === null ? '–' : formatAge(dataAgeSeconds * 1000))}
${tile('way of reading', source.rung ?? '–')}
</section>`;
};

const STATES = [
  ['', 'All'],
  ['alerting', 'Alerting'],
  ['anomalous', 'Anomalous'],
  ['not_ready', 'Without a score'],
] as const;

const SORTS = [
  ['peak', 'Highest of 15 min'],
  ['score', 'Score now'],
  ['name', 'Name'],
] as const;

const option = (value: string, label: string, chosen: string | undefined): Html =>
  value === (chosen ?? '') ? html`<option value="${value}" selected>${label}</option>` : html`<option value="${value}">${label}</option>`;

const filters = ({ q, state, sort, namespace }: WorkloadQuery): Html => html`<form class="filters" method="get" action="/">
<input type="search" name="q" value="${q ?? ''}" placeholder="Filter by name, namespace or kind" aria-label="Filter">
<select name="state" aria-label="State">${STATES.map(([value, label]) => option(value, label, state))}</select>
<select name="sort" aria-label="Order">${SORTS.map(([value, label]) => option(value, label, sort))}</select>
${namespace !== undefined && html`<input type="hidden" name="namespace" value="${namespace}">`}
<button type="submit">Show</button>
</form>`;

/** Half of the bar is the way to the boundary, the other half what lies above, up to three times. */
const meter = (score: number): Html => {
  const width = score <= ALERT_BOUNDARY ? score * 60 : 60 + Math.min(1, Math.log(score) / Math.log(3)) * 60;
  return html`<svg class="meter" viewBox="0 0 120 10" aria-hidden="true"><rect class="track" x="0" y="3" width="120" height="4" rx="2"/><rect class="${score >= ALERT_BOUNDARY ? 'fill hot' : 'fill'}" x="0" y="3" width="${width.toFixed(1)}" height="4" rx="2"/><line class="boundary" x1="60" x2="60" y1="0" y2="10"/></svg>`;
};

const badge = ({ alerting, score, ready, reason, damped }: WorkloadView): Html => {
  if (!ready) return html`<span class="badge muted">${(reason ?? '').replaceAll('_', ' ')}</span>`;
  if (alerting) return html`<span class="badge hot">alerting</span>`;
  if (damped) return html`<span class="badge">rollout</span>`;
  return score !== null && score > 0.5 ? html`<span class="badge warm">unusual</span>` : NOTHING;
};

const nameOf = ({ workload, namespace, workloadKind, labels }: WorkloadView): readonly [name: string, rest: string] =>
  workload !== '' && (namespace !== '' || workloadKind !== '')
    ? [workload, [namespace, workloadKind].filter((part) => part !== '').join(' · ')]
    : [Object.values(labels).join(' / '), Object.keys(labels).join(', ')];

const row = (workload: WorkloadView, { points, sparkMs, stepMs, nowMs }: OverviewInput): Html => {
  const [name, rest] = nameOf(workload);
  const { score, peak, topMetrics } = workload;
  return html`<tr>
<td><a class="workload" href="/workloads/${workload.id}">${name}</a><span class="sub">${rest}</span></td>
<td class="number">${score === null ? html`<span class="muted">–</span>` : html`<span class="${score >= ALERT_BOUNDARY ? 'score hot' : 'score'}">${formatScore(score)}</span>${meter(score)}`}</td>
<td class="number">${peak === null ? '–' : html`<span class="${peak >= ALERT_BOUNDARY ? 'score hot' : 'score'}">${formatScore(peak)}</span>`}</td>
<td class="wide">${sparkline(points(workload), nowMs - sparkMs, nowMs, stepMs)}</td>
<td class="wide">${topMetrics.map((metric) => html`<span class="chip">${metric}</span>`)}</td>
<td>${badge(workload)}</td>
</tr>`;
};

const table = (input: OverviewInput): Html => html`<div class="card"><table>
<thead><tr><th>Workload</th><th class="number">Score now</th><th class="number">Highest of 15 min</th><th class="wide">Last hour</th><th class="wide">What stands out</th><th>State</th></tr></thead>
<tbody>${input.list.items.map((workload) => row(workload, input))}</tbody>
</table></div>`;

const pageLink = (query: WorkloadQuery, offset: number, label: string): Html => {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries({ ...query, offset })) if (value !== undefined) parameters.set(name, String(value));
  return html`<a class="button" href="${`/?${parameters}`}">${label}</a>`;
};

const paging = ({ list, query }: OverviewInput): Html => {
  const { offset, limit, total, nextOffset } = list;
  if (total <= limit && offset === 0) return NOTHING;
  return html`<nav class="paging">${offset > 0 && pageLink(query, Math.max(0, offset - limit), 'Previous')}<span>${`${offset + 1}–${Math.min(total, offset + limit)} of ${total}`}</span>${nextOffset !== null && pageLink(query, nextOffset, 'Next')}</nav>`;
};

const empty = ({ status, query }: OverviewInput): Html => {
  if (query.q !== undefined || query.state !== undefined || query.namespace !== undefined) {
    return html`<section class="empty"><h1>No workload matches</h1><p><a class="button" href="/">Show all</a></p></section>`;
  }
  if (!status.ready)
    return html`<section class="empty"><h1>No workloads yet</h1><p>They appear here as soon as the first samples were read.</p></section>`;
  return html`<section class="empty"><h1>Nothing to score</h1><p>Prometheus answers, but has no series that a feature reads. <code>features.preset</code> wants cAdvisor and kube-state-metrics (<code>raw</code>) or the recording rules (<code>recorded</code>); metrics of your own go under <code>features.selectors</code>.</p></section>`;
};

/** All workloads, what stands out first. */
export const overview = (input: OverviewInput): Html =>
  html`${tiles(input)}${filters(input.query)}${input.list.items.length > 0 ? html`${table(input)}${paging(input)}` : empty(input)}`;
