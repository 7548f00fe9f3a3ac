import { type Clock, type Database, type Logger, toBellwetherError } from '../../platform/index.ts';
import type { ReceiverConfig } from '../config/schema.ts';
import { findAlerts } from '../store/alert-query.ts';
import type { MitigationDesk } from './mitigation-desk.ts';
import { mitigationOfAlert } from './requests.ts';

/** An alert that began longer ago than this is old news: after a stop the receiver does not act on what it missed. */
const FRESH_MS = 600_000;
const MOST = 100;

/** Asks for a mitigation for each alert that began lately, fires, is not silenced, and is one of those that may. Gives how many were new. */
export const createAlertProposer =
  (deps: {
    readonly database: Database;
    readonly desk: Pick<MitigationDesk, 'create'>;
    readonly clock: Pick<Clock, 'nowMs'>;
    readonly log: Pick<Logger, 'warn'>;
    readonly config: () => ReceiverConfig;
  }) =>
  async (): Promise<number> => {
    const { database, desk, clock, log, config } = deps;
    const { alerts: names, ttlMinutes, namespaces } = config().mitigation;
    let made = 0;
    for (const alertname of names) {
      const { alerts } = await findAlerts(database, { alertname, status: 'firing' }, { limit: MOST });
      for (const alert of alerts) {
        // Somebody has looked at it already.
        if (alert.silencedBy.length > 0 || alert.verdict === 'false_alarm' || alert.verdict === 'expected') continue;
        if (clock.nowMs() - alert.receivedMs > FRESH_MS) continue;
        const mitigation = mitigationOfAlert(alert, { ttlSeconds: Math.round(ttlMinutes * 60) });
        if (!mitigation) continue;
        // Nobody may act there, so nothing is asked for.
        if (namespaces.length > 0 && !namespaces.includes(mitigation.metadata.namespace ?? '')) continue;
        try {
          if (await desk.create(mitigation)) made++;
        } catch (thrown) {
          const error = toBellwetherError(thrown);
          // The namespace of a recorded or renamed workload is not there; others wait for their turn.
          if (error.retryable) throw error;
          log.warn({ err: error, alert: alert.id }, 'no mitigation could be asked for');
        }
      }
    }
    return made;
  };
