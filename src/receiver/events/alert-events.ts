import type { Queryable } from '../../platform/index.ts';
import { findEvents, type StoredEvent } from '../store/event-store.ts';
import { type StoredAlert, workloadOfLabels } from '../store/stored-alert.ts';

/** What happened shortly before an alert is most often its cause: rules wait some minutes until they fire. */
const BEFORE_MS = 15 * 60_000;
const AFTER_MS = 5 * 60_000;
const MOST = 200;

/** Events of an alert's workload (or namespace, where it names none) around the time in which it fired, newest first. */
export const alertEvents = async (tx: Queryable, alert: StoredAlert, nowMs: number): Promise<readonly StoredEvent[]> => {
  const about = workloadOfLabels(alert.labels);
  const namespace = about?.namespace ?? alert.labels.namespace ?? '';
  const node = alert.labels.node ?? '';
  const filter = about ? { namespace, workload: about.workload } : namespace !== '' ? { namespace } : node !== '' ? { node } : undefined;
  if (!filter) return [];
  const span = { fromMs: alert.startsMs - BEFORE_MS, toMs: (alert.endsMs ?? nowMs) + AFTER_MS };
  return (await findEvents(tx, { ...filter, ...span }, { limit: MOST })).events;
};
