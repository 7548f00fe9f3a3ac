import { Router } from 'express';
import { describeChange, type Mitigation, type ProposalOutcome } from '../../mitigation/index.ts';
import { BellwetherError, validate } from '../../platform/index.ts';
import { checked, jsonBody } from '../../web/index.ts';
import { identityOf } from '../auth/guard.ts';
import type { MitigationDesk } from '../mitigation/mitigation-desk.ts';
import { MITIGATION_BODY, mitigationOfRequest, REVOKE_BODY, SWITCH_BODY } from '../mitigation/requests.ts';
import type { ReceiverParts } from '../receiver-parts.ts';
import { findAlert } from '../store/alert-query.ts';
import { BODY_LIMITS } from './verdict-routes.ts';

/** A mitigation as the API gives it: what the cluster holds. */
const mitigationView = ({ metadata, spec, status }: Mitigation) => ({
  namespace: metadata.namespace ?? '',
  name: metadata.name,
  created: metadata.creationTimestamp ?? null,
  spec,
  status: status ?? {},
});

/** What would be done, or why not. */
const planView = (outcome: ProposalOutcome) => {
  if (!outcome.ok) return { allowed: false, guard: outcome.guard, reason: outcome.reason };
  const { route, numbers, changes, notes, trigger, approval, askReason, intent } = outcome.proposal;
  return {
    allowed: true,
    backEnd: route.backEnd.declaration.name,
    mode: route.mode,
    target: route.target,
    numbers: numbers ?? null,
    expiresSeconds: intent.expiresAtMs / 1000,
    changes: changes.map(describeChange),
    objects: changes.map((change) => (change.style === 'object' ? change.object : change)),
    notes,
    trigger,
    approval,
    askReason,
  };
};

/** Mitigations: asked for, approved, taken back, and the emergency switch. */
export const createMitigationRoutes = ({ guard, database, mitigations, clock, notReady }: ReceiverParts): Router => {
  const router = Router();
  const [viewer, responder, admin] = [guard.require('viewer'), guard.require('responder'), guard.require('admin')];
  const json = jsonBody(() => BODY_LIMITS);
  const desk = (): MitigationDesk => {
    const reason = notReady();
    if (reason !== undefined) throw new BellwetherError('not_ready', reason);
    if (!mitigations) throw new BellwetherError('not_ready', 'mitigations are not configured: mitigation.enabled');
    return mitigations;
  };
  const where = (params: Readonly<Record<string, unknown>>): [namespace: string, name: string] => [
    String(params.namespace),
    String(params.name),
  ];

  router.get('/api/v1/mitigations', viewer, async (_request, response) => {
    const found = await desk().list();
    response.json({
      switch: desk().switchState,
      switchReason: desk().switchReason ?? null,
      mitigations: found.map(mitigationView).sort((a, b) => ((a.created ?? '') < (b.created ?? '') ? 1 : -1)),
    });
  });

  router.get('/api/v1/mitigations/:namespace/:name', viewer, async (request, response) => {
    const [namespace, name] = where(request.params);
    const found = await desk().find(namespace, name);
    if (!found) throw new BellwetherError('not_found', `there is no mitigation ${name} in ${namespace}`);
    response.json(mitigationView(found));
  });

  router.post('/api/v1/mitigations', responder, json, async (request, response) => {
    const result = validate(MITIGATION_BODY, request.body, { defaults: true });
    const body = checked(result);
    const alert = body.alert === undefined ? undefined : await findAlert(database, body.alert);
    if (body.alert !== undefined && !alert) throw new BellwetherError('not_found', `there is no alert ${body.alert}`);
    const mitigation = mitigationOfRequest(body, identityOf(request).name, alert, clock.nowMs());
    // The answer to a person comes at once, and not from a status that somebody has to look up.
    const outcome = await desk().preview(mitigation);
    if (body.planOnly) {
      response.json({ plan: planView(outcome) });
      return;
    }
    if (!outcome.ok) throw new BellwetherError('conflict', `${outcome.reason} (${outcome.guard})`);
    await desk().create(mitigation);
    response.status(201).json({ ...mitigationView(mitigation), plan: planView(outcome) });
  });

  router.post('/api/v1/mitigations/revert-all', responder, json, async (request, response) => {
    await desk().setSwitch('revert', identityOf(request));
    response.json({ switch: desk().switchState, switchReason: desk().switchReason ?? null });
  });

  // Who may stop everything need not be who may start it again.
  router.post('/api/v1/mitigations/switch', admin, json, async (request, response) => {
    const result = validate(SWITCH_BODY, request.body);
    const { state } = checked(result);
    await desk().setSwitch(state, identityOf(request));
    response.json({ switch: desk().switchState, switchReason: desk().switchReason ?? null });
  });

  router.post('/api/v1/mitigations/:namespace/:name/approve', responder, json, async (request, response) => {
    response.json(mitigationView(await desk().approve(...where(request.params), identityOf(request).name)));
  });

  router.post('/api/v1/mitigations/:namespace/:name/revert', responder, json, async (request, response) => {
    const result = validate(REVOKE_BODY, request.body ?? {});
    const { reason = '' } = checked(result);
    response.json(mitigationView(await desk().revoke(...where(request.params), identityOf(request).name, reason)));
  });
  return router;
};
