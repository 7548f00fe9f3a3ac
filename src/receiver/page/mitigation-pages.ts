import { Router } from 'express';
import type { Mitigation } from '../../mitigation/index.ts';
import { BellwetherError } from '../../platform/index.ts';
import { type Html, html, NOTHING } from '../../web/index.ts';
import { identityOf } from '../auth/guard.ts';
import { mayAct } from '../auth/identity.ts';
import type { MitigationDesk } from '../mitigation/mitigation-desk.ts';
import type { ReceiverParts } from '../receiver-parts.ts';
import { answerWithPage } from './error-page.ts';
import { field, formBody, type Show } from './forms.ts';
import { page } from './layout.ts';

const MOST_SHOWN = 200;

const button = (action: string, csrf: string, label: string): Html =>
  html`<form method="post" action="${action}" class="inline"><input type="hidden" name="csrf" value="${csrf}"><button type="submit">${label}</button></form>`;

const row =
  (csrf: string, mayChange: boolean) =>
  ({ metadata, spec, status = {} }: Mitigation): Html => {
    const path = `/mitigations/${metadata.namespace}/${metadata.name}`;
    const numbers = status.numbers
      ? `${status.numbers.requestsPerSecond}/s, burst ${status.numbers.burst}${status.numbers.perClient ? ', by client' : ''}`
      : '';
    return html`<tr><td>${metadata.namespace}/${spec.target.name}<br><span class="quiet">${metadata.name}</span></td>
<td>${status.phase ?? 'Pending'}<br><span class="quiet">${status.mode ?? ''}</span></td><td>${numbers}</td>
<td>${spec.reason}<br><span class="quiet">${spec.requestedBy ?? ''}${spec.approval ? `, approved by ${spec.approval.by}` : ''}</span></td>
<td>${status.message ?? ''}<br><span class="quiet">${status.expiresAt ? `until ${status.expiresAt}` : ''}</span></td>
<td>${mayChange && status.phase === 'AwaitingApproval' ? button(`${path}/approve`, csrf, 'Approve') : NOTHING}
${mayChange && status.phase !== 'Ended' ? button(`${path}/revert`, csrf, 'Take back') : NOTHING}</td></tr>`;
  };

/** The page of mitigations: what is in force, what waits, and the buttons to approve, take back, and take everything back. */
export const createMitigationPages = ({ guard, mitigations, notReady }: ReceiverParts): Router => {
  const router = Router();
  const show: Show = (request, response, title, content) => {
    response
      .type('html')
      .set('Cache-Control', 'no-store')
      .send(page({ title, identity: guard.session(request), csrf: guard.csrfToken(request), content }));
  };
  const desk = (): MitigationDesk => {
    const reason = notReady();
    if (reason !== undefined) throw new BellwetherError('not_ready', reason);
    if (!mitigations) throw new BellwetherError('not_ready', 'mitigations are not configured: mitigation.enabled');
    return mitigations;
  };
  const form = [guard.require('responder', { form: true }), formBody] as const;

  router.get('/mitigations', guard.require('viewer'), async (request, response) => {
    const found = [...(await desk().list())].sort((a, b) =>
      (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1,
    );
    const csrf = guard.csrfToken(request);
    const mayChange = mayAct(identityOf(request).role, 'responder');
    const { switchReason } = desk();
    show(
      request,
      response,
      'Mitigations – Bellwether',
      html`<h1>Mitigations</h1>
<p>${switchReason === undefined ? html`<span class="pill good">on</span>` : html`<span class="pill bad">off</span> ${switchReason}`}</p>
${mayChange ? button('/mitigations/revert-all', csrf, 'Take everything back') : NOTHING}
${
  found.length === 0
    ? html`<section class="empty"><p>There is no mitigation.</p></section>`
    : html`<table class="list"><thead><tr><th>Target</th><th>State</th><th>Limit</th><th>Why</th><th>What it says</th><th></th></tr></thead><tbody>${found.slice(0, MOST_SHOWN).map(row(csrf, mayChange))}</tbody></table>`
}`,
    );
  });

  router.post('/mitigations/revert-all', ...form, async (request, response) => {
    guard.checkForm(request, field(request, 'csrf'));
    await desk().setSwitch('revert', identityOf(request));
    response.redirect(303, '/mitigations');
  });

  router.post('/mitigations/:namespace/:name/approve', ...form, async (request, response) => {
    guard.checkForm(request, field(request, 'csrf'));
    await desk().approve(String(request.params.namespace), String(request.params.name), identityOf(request).name);
    response.redirect(303, '/mitigations');
  });

  router.post('/mitigations/:namespace/:name/revert', ...form, async (request, response) => {
    guard.checkForm(request, field(request, 'csrf'));
    await desk().revoke(String(request.params.namespace), String(request.params.name), identityOf(request).name, 'by form');
    response.redirect(303, '/mitigations');
  });

  router.use(answerWithPage(show));
  return router;
};
