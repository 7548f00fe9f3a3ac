import { VERDICT_WORDS } from '../../feedback/index.ts';
import { formatTime } from '../../platform/index.ts';
import { type Html, html, NOTHING } from '../../web/index.ts';
import type { AlertPage } from '../store/alert-query.ts';
import type { StoredEvent } from '../store/event-store.ts';
import type { StoredAlert } from '../store/stored-alert.ts';
import type { StoredVerdict } from '../store/verdict-store.ts';

const WORDS: Readonly<Record<string, readonly [label: string, meaning: string]>> = {
  false_alarm: ['False alarm', 'it should not have come'],
  expected: ['Expected', 'known and wanted; silent until it expires'],
  new_trend: ['New trend', 'this is how the workload behaves from now on'],
  confirmed: ['Confirmed', 'the alert was right'],
  missed: ['Missed', 'no alert came, but one should have'],
};
const labelOf = (word: string): string => WORDS[word]?.[0] ?? word;

const nameOf = ({ labels }: StoredAlert): string =>
  [labels.namespace, labels.workload].filter(Boolean).join('/') || (labels.instance ?? '');
const time = (ms: number | undefined): string =>
  ms === undefined
    ? ''
    : formatTime(ms - (ms % 1000))
        .replace('T', ' ')
        .replace('Z', '');

const statusPill = ({ status, silencedBy }: StoredAlert): Html => {
  if (status === 'resolved') return html`<span class="pill good">resolved</span>`;
  return silencedBy.length > 0 ? html`<span class="pill busy">silenced</span>` : html`<span class="pill bad">firing</span>`;
};

const row = (alert: StoredAlert): Html => html`<tr>
<td>${statusPill(alert)}</td>
<td><a href="/alerts/${alert.id}">${alert.labels.alertname ?? 'alert'}</a><br><span class="quiet">${nameOf(alert)}</span></td>
<td>${alert.annotations.summary ?? ''}</td>
<td>${time(alert.startsMs)}<br><span class="quiet">${alert.endsMs === undefined ? '' : `to ${time(alert.endsMs)}`}</span></td>
<td>${alert.verdict === undefined ? '' : labelOf(alert.verdict)}</td>
</tr>`;

const option = (value: string, label: string, chosen: string): Html =>
  value === chosen ? html`<option value="${value}" selected>${label}</option>` : html`<option value="${value}">${label}</option>`;

/** The list, narrowed by `query` as the API takes it. */
export const alertListPage = (
  { alerts, next }: AlertPage,
  query: Readonly<Record<string, string>>,
  link: (change: Readonly<Record<string, string>>) => string,
): Html => html`<h1>Alerts</h1>
<form method="get" action="/" class="inline"><label>Namespace <input type="text" name="namespace" value="${query.namespace ?? ''}"></label>
<label>Workload <input type="text" name="workload" value="${query.workload ?? ''}"></label>
<label>State <select name="status">${['', 'firing', 'resolved'].map((one) => option(one, one || 'any', query.status ?? ''))}</select></label>
<label>Verdict <select name="verdict">${['', 'none', ...VERDICT_WORDS].map((one) => option(one, one === '' ? 'any or none' : one === 'none' ? 'none yet' : labelOf(one), query.verdict ?? ''))}</select></label>
<label>Text <input type="text" name="text" maxlength="200" value="${query.text ?? ''}"></label>
<button type="submit">Show</button></form>
${
  alerts.length === 0
    ? html`<section class="empty"><p>${next === undefined ? 'No alert is like this.' : 'None of the newest alerts is like this. Older ones have not been looked at.'}</p></section>`
    : html`<table class="list"><thead><tr><th>State</th><th>Alert</th><th>What</th><th>When</th><th>Verdict</th></tr></thead><tbody>${alerts.map(row)}</tbody></table>`
}
${next === undefined ? NOTHING : html`<p><a class="button" href="${link({ after: next })}">Older</a></p>`}
<p><a href="/missed">Something happened and no alert came</a></p>`;

const list = (title: string, entries: Readonly<Record<string, string>>): Html =>
  Object.keys(entries).length === 0
    ? NOTHING
    : html`<h2>${title}</h2><table class="list"><tbody>${Object.entries(entries).map(([name, value]) => html`<tr><td>${name}</td><td>${value}</td></tr>`)}</tbody></table>`;

const words = (chosen: string | undefined): Html =>
  html`<fieldset>${VERDICT_WORDS.filter((word) => word !== 'missed').map(
    (word) =>
      html`<label>${word === chosen ? html`<input type="radio" name="word" value="${word}" checked required>` : html`<input type="radio" name="word" value="${word}" required>`} <strong>${labelOf(word)}</strong>: ${WORDS[word]?.[1] ?? ''}</label>`,
  )}</fieldset>`;

/** The form of a verdict on an alert; `action` is where it goes. */
export const verdictForm = (
  action: string,
  csrf: string,
  chosen?: string,
): Html => html`<form method="post" action="${action}" class="card">
<input type="hidden" name="csrf" value="${csrf}">${words(chosen)}
<label>Why <input type="text" name="reason" maxlength="1000" value=""></label>
<button type="submit">Give verdict</button></form>`;

const verdictRow =
  (csrf: string, mayUndo: boolean) =>
  ({ verdict, undone }: StoredVerdict): Html =>
    html`<tr><td>${labelOf(verdict.word)}</td>
<td>${verdict.by}<br><span class="quiet">${verdict.source.replaceAll('_', ' ')}, weight ${verdict.weight}</span></td><td>${verdict.reason ?? ''}</td><td>${time(verdict.givenSeconds * 1000)}</td>
<td>${
      undone
        ? html`taken back by ${undone.by}`
        : mayUndo
          ? html`<form method="post" action="/verdicts/${verdict.id}/undo" class="inline"><input type="hidden" name="csrf" value="${csrf}"><button type="submit" class="plain">Take back</button></form>`
          : NOTHING
    }</td></tr>`;

const SHOWN_EVENTS = 50;
const eventRow = (event: StoredEvent): Html => html`<tr>
<td>${event.time}</td><td>${event.type}</td><td>${event.pod || event.workload || event.node}</td>
<td>${event.subject}<br><span class="quiet">${event.detail.slice(0, 300)}</span></td><td>${event.policy}${event.count > 1 ? ` x${event.count}` : ''}</td></tr>`;

/** What happened in the workload around the alert; nothing where nobody collects events. */
const eventTable = (events: readonly StoredEvent[]): Html =>
  events.length === 0
    ? NOTHING
    : html`<h2>Runtime events</h2><table class="list"><thead><tr><th>Time</th><th>Type</th><th>Where</th><th>What</th><th>Policy</th></tr></thead><tbody>${events.slice(0, SHOWN_EVENTS).map(eventRow)}</tbody></table>`;

interface Contribution {
  readonly metric?: unknown;
  readonly observed?: unknown;
  readonly expected?: unknown;
  readonly contribution?: unknown;
}

const contributorsOf = (evidence: unknown): Readonly<Record<string, string>> => {
  const { contributors } = (evidence ?? {}) as { readonly contributors?: unknown };
  if (!Array.isArray(contributors)) return {};
  return Object.fromEntries(
    (contributors as readonly Contribution[]).map(({ metric, observed, expected, contribution }) => [
      String(metric),
      `${String(observed)}, expected ${String(expected)} (share ${String(contribution)})`,
    ]),
  );
};

/** What an alert says, without anything that can be pressed. */
export const alertFacts = (alert: StoredAlert): Html => html`<h1>${alert.labels.alertname ?? 'Alert'} ${nameOf(alert)}</h1>
<p>${statusPill(alert)} since ${time(alert.startsMs)}${alert.endsMs === undefined ? '' : ` until ${time(alert.endsMs)}`}</p>
<p>${alert.annotations.summary ?? ''}</p><p class="quiet">${alert.annotations.description ?? ''}</p>
${list('Metrics behind it', contributorsOf(alert.evidence))}${list('Labels', alert.labels)}`;

/** One alert with its verdicts. */
export const alertPage = (
  alert: StoredAlert,
  verdicts: readonly StoredVerdict[],
  {
    csrf,
    mayJudge,
    children,
    events,
  }: {
    readonly csrf: string;
    readonly mayJudge: boolean;
    readonly children: readonly StoredVerdict[];
    readonly events: readonly StoredEvent[];
  },
): Html => html`${alertFacts(alert)}
${mayJudge && alert.labels.workload ? html`<h2>Your verdict</h2>${verdictForm(`/alerts/${alert.id}/verdict`, csrf)}` : NOTHING}
${
  verdicts.length === 0
    ? NOTHING
    : html`<h2>Verdicts</h2><table class="list"><thead><tr><th>Word</th><th>Who</th><th>Why</th><th>When</th><th></th></tr></thead><tbody>${verdicts.map(verdictRow(csrf, mayJudge))}</tbody></table>`
}
${
  children.length === 0
    ? NOTHING
    : html`<h2>Given to alerts that look the same</h2><p class="quiet">With the weight of a guess; taking back the verdict above takes them back as well.</p><table class="list"><tbody>${children.map(
        ({ verdict, alertId }) =>
          html`<tr><td>${labelOf(verdict.word)}</td><td><a href="/alerts/${alertId ?? ''}">${verdict.workload.namespace}/${verdict.workload.workload}</a></td><td>weight ${verdict.weight}</td></tr>`,
      )}</tbody></table>`
}
${eventTable(events)}`;

/** The form for what no alert told of. */
export const missedForm = (
  csrf: string,
): Html => html`<h1>No alert came</h1><p>Tell of a stretch in which a workload misbehaved and nothing fired. Like events will be found earlier.</p>
<form method="post" action="/missed" class="card"><input type="hidden" name="csrf" value="${csrf}">
<label>Namespace <input type="text" name="namespace" maxlength="253"></label><label>Workload <input type="text" name="workload" required maxlength="253"></label>
<label>Kind <input type="text" name="workloadKind" value="Deployment" maxlength="63"></label>
<label>From (UTC) <input type="datetime-local" name="from" required></label><label>To (UTC) <input type="datetime-local" name="to" required></label>
<label>What happened <input type="text" name="reason" maxlength="1000"></label><button type="submit">Send</button></form>`;

export const loginForm = (
  failed: boolean,
): Html => html`<h1>Log in</h1>${failed ? html`<p class="pill bad">This token is not known.</p>` : NOTHING}
<form method="post" action="/login" class="card"><label>Token <input type="password" name="token" required autocomplete="current-password"></label><button type="submit">Log in</button></form>`;
