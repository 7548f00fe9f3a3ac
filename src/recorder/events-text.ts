import type { Labels } from '../conventions/index.ts';
import type { Phases } from './phases-file.ts';

export interface EventsHead {
  readonly name: string;
  readonly stepSeconds: number;
  /** Where the samples came from, without credentials. */
  readonly source: string;
  readonly recordedFrom: string;
  readonly recordedTo: string;
}

/** The `.events.json` of a recording: its workloads, and the phases as events. */
export const formatEvents = (head: EventsHead, units: readonly Labels[], phases: Phases): string => {
  const value = {
    set: head.name,
    split: head.name,
    source: head.source,
    recorded: { from: head.recordedFrom, to: head.recordedTo },
    step_seconds: head.stepSeconds,
    entities: entitiesOf(units),
    ...(phases.cleanUntil === undefined ? {} : { clean_until: phases.cleanUntil }),
    ...(phases.faultFreeSpans.length === 0 ? {} : { fault_free_spans: phases.faultFreeSpans }),
    events: [...phases.phases]
      .sort((a, b) => a.start - b.start)
      .map(({ id, namespace, workload, start, end, kind, metrics }) => ({
        id,
        namespace,
        workload,
        start,
        end,
        kind,
        ...(metrics ? { metrics } : {}),
      })),
    notes: phases.notes,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
};

interface RecordedEntity {
  readonly namespace: string;
  readonly workload: string;
  readonly workload_kind?: string;
  pods?: string[];
}

/** Units are sorted, so entities come in order. */
const entitiesOf = (units: readonly Labels[]): readonly RecordedEntity[] => {
  const byName = new Map<string, RecordedEntity>();
  for (const { namespace = '', workload = '', workload_kind: kind, pod } of units) {
    const id = JSON.stringify([namespace, workload]);
    const entity: RecordedEntity = byName.get(id) ?? { namespace, workload, ...(kind ? { workload_kind: kind } : {}) };
    if (pod) entity.pods = [...(entity.pods ?? []), pod];
    byName.set(id, entity);
  }
  return [...byName.values()];
};

/** Phases that name what is not in the recording, or lie outside it: as sentences. */
export const phaseWarnings = (phases: Phases, units: readonly Labels[], fromSeconds: number, toSeconds: number): string[] => {
  const known = new Set(units.map(({ namespace = '', workload = '' }) => JSON.stringify([namespace, workload])));
  return phases.phases.flatMap(({ id, namespace, workload, start, end }) => [
    ...(known.has(JSON.stringify([namespace, workload])) ? [] : [`phase ${id}: ${namespace}/${workload} is not in the recording`]),
    ...(end <= fromSeconds || start >= toSeconds ? [`phase ${id} lies outside the recorded time`] : []),
  ]);
};
