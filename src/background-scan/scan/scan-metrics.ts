import { Registry } from 'prom-client';
import { BACKGROUND_SCAN_METRICS, PROCESS_METRICS, VERSION } from '../../conventions/index.ts';
import { createInstruments, type Instruments, type ProcessInstruments } from '../../web/index.ts';
import type { ClusterScan } from './scan-cluster.ts';
import type { Tally } from './tally.ts';

export type BackgroundScanInstruments = Instruments<typeof BACKGROUND_SCAN_METRICS> & ProcessInstruments;

const WEEK_MS = 7 * 86_400_000;

export const createScanMetrics = (
  nodeVersion: string,
): { readonly registry: Registry; readonly instruments: BackgroundScanInstruments } => {
  const registry = new Registry();
  const instruments = createInstruments({ ...PROCESS_METRICS, ...BACKGROUND_SCAN_METRICS }, registry);
  instruments.buildInfo.set({ version: VERSION, nodeversion: nodeVersion }, 1);
  return { registry, instruments };
};

/** What a scan found takes the place of what the one before found. */
export const showScan = (m: BackgroundScanInstruments, scan: ClusterScan, tally: Tally, maxSeries: number, nowMs: number): void => {
  m.backgroundScanFindings.reset();
  for (const { policy, severity, namespace, count } of tally.series(maxSeries))
    m.backgroundScanFindings.set({ policy, severity, object_namespace: namespace }, count);
  m.backgroundScanObjects.set(scan.objects);
  m.backgroundScanUnread.set(scan.unread.length);
  for (const [bound, count] of Object.entries(tally.leftOut())) m.backgroundScanLeftOut.set({ bound }, count);
  const states = { used: 0, unused: 0, expired: 0, expiring: 0, invalid: scan.invalidExceptions.length };
  for (const { exception, findings } of scan.exceptions) {
    const { expiresAtMs } = exception;
    if (expiresAtMs <= nowMs) states.expired += 1;
    else {
      states[findings > 0 ? 'used' : 'unused'] += 1;
      if (expiresAtMs - nowMs < WEEK_MS) states.expiring += 1;
    }
  }
  for (const [state, count] of Object.entries(states)) m.backgroundScanExceptions.set({ state }, count);
};

/** A replica that does not lead says nothing about the cluster: another one does. */
export const hideScan = (m: BackgroundScanInstruments): void => {
  for (const gauge of [m.backgroundScanFindings, m.backgroundScanLeftOut, m.backgroundScanExceptions]) gauge.reset();
  for (const gauge of [m.backgroundScanObjects, m.backgroundScanUnread, m.backgroundScanDuration, m.backgroundScanReports]) gauge.set(0);
  // The age of the last scan is told by whoever leads.
  m.cycleLastSuccess.reset();
};
