import { type Html, html, NOTHING } from '../../web/index.ts';
import type { MitigationRecord } from '../store/mitigation-store.ts';

/** What was done about an alert, as it is kept; the list of what is in force is a page of its own. */
export const mitigationsOfAlert = (done: readonly MitigationRecord[]): Html =>
  done.length === 0
    ? NOTHING
    : html`<h2>Mitigations</h2><table class="list"><thead><tr><th>Name</th><th>State</th><th>Limit</th><th>Effect</th><th>What it says</th></tr></thead><tbody>${done.map(
        ({
          id,
          phase,
          status = {},
        }) => html`<tr><td><a href="/mitigations">${id}</a></td><td>${phase}<br><span class="quiet">${status.mode ?? ''}</span></td>
<td>${status.numbers ? `${status.numbers.requestsPerSecond}/s, burst ${status.numbers.burst}` : ''}</td>
<td>${status.effect?.peakRejectedPerSecond === undefined ? '' : `at most ${Math.round(status.effect.peakRejectedPerSecond * 10) / 10} turned away per second`}</td><td>${status.message ?? ''}</td></tr>`,
      )}</tbody></table>`;
