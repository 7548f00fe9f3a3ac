import type { WorkloadKey } from '../conventions/index.ts';

/** A stretch in which a workload's score was at or above the boundary. */
export interface Alarm {
  readonly key: WorkloadKey;
  readonly fromMs: number;
  readonly toMs: number;
  readonly peak: number;
}

/** Alarms that are taken for one thing. */
export interface Incident {
  readonly fromMs: number;
  readonly toMs: number;
  readonly peak: number;
  /** The one that was there first, the higher one among equals: where to look first. */
  readonly lead: Alarm;
  /** All of them, by their start. */
  readonly alarms: readonly Alarm[];
}

/** A fault reaches those who call each other within minutes; ten are two windows of the shipped rule. */
export const LINK_MS = 600_000;

/** Where an alarm belongs: workloads of one namespace share their faults, and so do all nodes; entities of chosen labels stand alone. */
const placeOf = ({ namespace, workloadKind, workload, entity }: WorkloadKey): string =>
  entity ? `entity ${workload}` : workloadKind === 'Node' ? 'nodes' : `namespace ${namespace}`;

const byStart = (a: Alarm, b: Alarm): number => a.fromMs - b.fromMs || b.peak - a.peak;

/**
 * Groups alarms of one place that overlap, or of which one begins within `linkMs` of the end of what came before. A chain of such alarms is one incident.
 */
export const groupIncidents = (alarms: readonly Alarm[], linkMs: number = LINK_MS): Incident[] => {
  const places = new Map<string, Alarm[]>();
  for (const alarm of alarms) {
    const place = placeOf(alarm.key);
    const list = places.get(place);
    if (list) list.push(alarm);
    else places.set(place, [alarm]);
  }
  const incidents: Incident[] = [];
  for (const list of places.values()) {
    let running: { alarms: Alarm[]; toMs: number } | undefined;
    const close = (): void => {
      if (!running) return;
      const { alarms: own, toMs } = running;
      incidents.push({ fromMs: own[0]!.fromMs, toMs, peak: Math.max(...own.map(({ peak }) => peak)), lead: own[0]!, alarms: own });
    };
    for (const alarm of list.sort(byStart)) {
      if (running && alarm.fromMs <= running.toMs + linkMs) {
        running.alarms.push(alarm);
        running.toMs = Math.max(running.toMs, alarm.toMs);
      } else {
        close();
        running = { alarms: [alarm], toMs: alarm.toMs };
      }
    }
    close();
  }
  return incidents.sort((a, b) => b.peak - a.peak || a.fromMs - b.fromMs);
};
