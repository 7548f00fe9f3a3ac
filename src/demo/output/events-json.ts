import { workloadLabels } from '../../conventions/index.ts';
import type { SimulatedEvent } from '../simulator/scenarios.ts';
import { SIGNALS, type Signal } from '../simulator/signals.ts';
import type { RecordedEntity } from './gauge-recording.ts';

export interface EventsHead {
  readonly name: string;
  readonly seed: number;
  readonly stepSeconds: number;
  readonly cleanUntilMs: number;
  readonly entities: readonly RecordedEntity[];
  /** Families that are in the recording: only these can be named as true metrics. */
  readonly families: ReadonlySet<string>;
}

const seconds = (timeMs: number): number => timeMs / 1000;
const metricsOf = (signals: readonly Signal[], families: ReadonlySet<string>): string[] =>
  signals.flatMap((signal) => SIGNALS[signal].features.filter((name) => families.has(name)));

const entry = (event: SimulatedEvent, families: ReadonlySet<string>) => ({
  id: event.id,
  namespace: event.namespace,
  workload: event.workload,
  workload_kind: event.workloadKind,
  start: seconds(event.startMs),
  end: seconds(event.endMs),
  kind: event.kind,
  ...(event.variant ? { variant: event.variant } : {}),
  ...(event.pods.length > 0 ? { pods: event.pods } : {}),
  visible_from: event.visibleFromMs === undefined ? null : seconds(event.visibleFromMs),
  ...(event.benign ? {} : { metrics: metricsOf(event.metrics, families) }),
  ...(event.affects.length > 0 ? { also_affected: event.affects.map(workloadLabels) } : {}),
  strength: event.strength,
});

const NOTES = [
  'Simulated: no line of it was measured on a real system.',
  'benign_events look like faults from afar and must not alert; traffic_shift and nightly_batch also come before clean_until.',
  'also_affected names others that an event legitimately moves: nodes under its pods, workloads downstream, neighbours on a full node.',
  'visible_from is the start of everything sudden; for a leak the time when memory leaves the band of the last 24 h; null = it never did.',
];

/** The ground truth of a recording: events as `evaluate` reads them, and what surrounds them. */
export const eventsJson = (head: EventsHead, truth: readonly SimulatedEvent[]): string => {
  const value = {
    set: 'simulated',
    split: head.name,
    licence: 'Apache-2.0',
    source: `bellwether demo --write-openmetrics, seed ${head.seed}`,
    step_seconds: head.stepSeconds,
    entities: head.entities,
    clean_until: seconds(head.cleanUntilMs),
    events: truth.filter(({ benign }) => !benign).map((event) => entry(event, head.families)),
    benign_events: truth.filter(({ benign }) => benign).map((event) => entry(event, head.families)),
    notes: NOTES,
  };
  return `${JSON.stringify(value, null, 2)}\n`;
};
