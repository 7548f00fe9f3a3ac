import { type Html, html, pageFrame } from '../../web/index.ts';
import type { StatusView } from '../api/status-view.ts';
import { formatAge } from './format.ts';

const REASONS: Readonly<Record<string, string>> = {
  starting: 'Starting',
  restoring_snapshot: 'Restoring the snapshot',
  backfill_running: 'Learning from the past',
  backfill_waiting: 'Waiting for Prometheus',
  stopping: 'Stopping',
};

const percent = (ratio: number): string => `${Math.floor(ratio * 100)} %`;

const statePill = ({ ready, reason, withdrawn, source }: StatusView): Html => {
  if (!ready) return html`<span class="pill busy">${REASONS[reason ?? ''] ?? reason ?? ''}</span>`;
  if (withdrawn) return html`<span class="pill bad">Scores withdrawn</span>`;
  return source.up ? html`<span class="pill good">Live</span>` : html`<span class="pill warn">Reading fails</span>`;
};

/** What stands above everything else while something is not as it should be. */
const banner = ({ ready, withdrawn, backfill, source, workloads, lastSuccessSeconds }: StatusView, nowMs: number): Html => {
  const trouble = source.error !== null && html`<p class="detail"><code>${source.code ?? ''}</code> ${source.error}</p>`;
  if (!ready) {
    const waiting = source.error !== null;
    return html`<section class="${waiting ? 'banner warn' : 'banner busy'}" role="status">
<h2>${waiting ? 'Prometheus does not answer; the exporter keeps trying' : 'Learning from the past before the first score'}</h2>
<progress max="1" value="${backfill.progress.toFixed(3)}">${percent(backfill.progress)}</progress>
<p class="detail">${percent(backfill.progress)} of the back-fill is done. Scores are given once it has ended, so that a restart neither forgets nor alarms.</p>${trouble}</section>`;
  }
  if (withdrawn) {
    const age =
      lastSuccessSeconds === null ? '' : ` The last cycle that succeeded was ${formatAge(nowMs - lastSuccessSeconds * 1000)} ago.`;
    return html`<section class="banner bad" role="alert"><h2>Scores are withdrawn: the data are too old</h2><p class="detail">${`Alerts resolve or go stale rather than repeat an old judgement.${age}`}</p>${trouble}</section>`;
  }
  if (!source.up)
    return html`<section class="banner warn" role="alert"><h2>The last read failed; the scores below are those from before</h2>${trouble}</section>`;
  if (workloads.capped > 0)
    return html`<section class="banner warn" role="status"><h2>${workloads.capped} workloads are left out</h2><p class="detail">The limit <code>exposition.maxWorkloads</code> is reached.</p></section>`;
  return html``;
};

export interface PageInput {
  readonly title: string;
  readonly status: StatusView;
  readonly nowMs: number;
  /** Seconds between two looks for something new; 0 for a page about the past. */
  readonly refreshSeconds: number;
  readonly content: Html;
}

/** The frame of every page. The script only exchanges the content for a newer one; without it the page works the same. */
export const page = ({ title, status, nowMs, refreshSeconds, content }: PageInput): string =>
  pageFrame({
    title,
    brand: 'Bellwether',
    top: html`<span class="spacer"></span><span id="live-state">${statePill(status)}</span><a class="quiet" href="/api/v1/openapi.json">API</a>`,
    content: html`${banner(status, nowMs)}${content}`,
    footer: `Bellwether ${status.version}, model ${status.modelVersion}. Times are UTC. A score of 1 or more is an anomaly, for every workload alike.`,
    script: { src: '/assets/page.js', refreshSeconds },
  });

/** A page that says what went wrong. */
export const messagePage = (title: string, message: string): Html =>
  html`<section class="empty"><h1>${title}</h1><p>${message}</p><p><a class="button" href="/">All workloads</a></p></section>`;
