import { DEFAULT_MITIGATION_OPTIONS, type MitigationOptions } from '../../mitigation/index.ts';
import type { ReceiverConfig } from '../config/schema.ts';

const MINUTE = 60_000;

/** The configuration as the engine takes it. */
export const mitigationOptionsOf = ({ mitigation: given }: ReceiverConfig): MitigationOptions => ({
  ...DEFAULT_MITIGATION_OPTIONS,
  backEnds: given.backEnds,
  budget: {
    ...DEFAULT_MITIGATION_OPTIONS.budget,
    global: given.budget.global,
    perNamespace: given.budget.perNamespace,
    routeShare: given.budget.routeShare,
    cooldownMs: given.budget.cooldownMinutes * MINUTE,
    flapCycles: given.budget.flapCycles,
  },
  numbers: given.numbers,
  approval: { expiresMs: given.approval.expireMinutes * MINUTE, autoScore: given.approval.autoScore },
  effectMs: given.effectMinutes * MINUTE,
  breaker: {
    ...DEFAULT_MITIGATION_OPTIONS.breaker,
    failureRise: given.failureRise,
    latencyFactor: given.latencyFactor,
    alertsPerMinute: given.alertsPerMinute,
  },
  staleMs: given.staleMinutes * MINUTE,
  protectedNamespaces: given.protectedNamespaces,
  namespaces: given.namespaces,
  allowedClients: given.allowedClients,
  clientRates: given.clientRates,
});
