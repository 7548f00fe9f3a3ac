import type { Queryable } from '../../platform/index.ts';
import { findEvents, type StoredEvent } from '../store/event-store.ts';
import { type StoredAlert, workloadOfLabels } from '../store/stored-alert.ts';

/** What happened shortly before an alert is most often its cause: rules wait some minutes until they fire. */
const BEFORE_MS = 15 * 60_000;
const AFTER_MS = 5 * 60_000;
const MOST = 200;
const DECOY = { source: 'decoy' };

/** Events of an alert's workload (or namespace, where it names none) around the time in which it fired, and requests to decoys of that time, newest first. */
export const alertEvents = async (tx: Queryable, alert: StoredAlert, nowMs: number): Promise<readonly StoredEvent[]> => {
  const about = workloadOfLabels(alert.labels);
  const namespace = about?.namespace ?? alert.labels.namespace ?? '';
  const node = alert.labels.node ?? '';
  const filter = about ? { namespace, workload: about.workload } : namespace !== '' ? { namespace } : node !== '' ? { node } : undefined;
  const span = { fromMs: alert.startsMs - BEFORE_MS, toMs: (alert.endsMs ?? nowMs) + AFTER_MS };
  // Whoever asked a decoy meanwhile is evidence, whichever workload it is about.
  const wanted = [...(filter ? [filter] : []), DECOY];
  const found: StoredEvent[] = [];
  for (const one of wanted) found.push(...(await findEvents(tx, { ...one, ...span }, { limit: MOST })).events);
  return found.sort((a, b) => b.timeMs - a.timeMs).slice(0, MOST);
};
